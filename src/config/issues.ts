// From what zod found to what a person can repair: the key as it stands in the file, its value, its line, the fix.
import type { z } from 'zod'
import { type Problem, showPath } from './problem.ts'
import type { IssueParams } from './schema/parts.ts'
import type { Path, Tree } from './tree.ts'

type Issue = z.core.$ZodIssue

/** Every issue as a problem, in the order of the file. Values that could not be expanded have been told already. */
export function problemsOf(issues: readonly Issue[], tree: Tree, file: string): Problem[] {
  return issues.flatMap((issue) => fromIssue(issue, [], tree, file))
}

function fromIssue(issue: Issue, above: Path, tree: Tree, file: string): Problem[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union') {
    return likeliest(issue.errors).flatMap((inner) => fromIssue(inner, path, tree, file))
  }
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, i) => problem([...path, key], messages[i] ?? issue.message, {}, tree, file))
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => problem(path, `the name ${inner.message}`, {}, tree, file))
  }
  const found = tree.find(path)
  if (found?.failed) return []
  const params: IssueParams = issue.code === 'custom' ? (issue.params ?? {}) : {}
  const subject = found === null || issue.message.startsWith('has no value') ? '' : `${shown(tree, path, params)} `
  return [problem(path, `${subject}${issue.message}`, params, tree, file)]
}

/** Of a union's members, the one whose shape the value has: its complaints are those that help. */
function likeliest(members: readonly Issue[][]): readonly Issue[] {
  const fits = members.find(
    (issues) => !issues.some((i) => i.path.length === 0 && (i.code === 'invalid_type' || otherShape(i))),
  )
  return fits ?? members[0] ?? []
}

function otherShape(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.otherShape === true
}

function shown(tree: Tree, path: Path, params: IssueParams): string {
  const found = tree.find(path)
  if (params.secret) return 'this value'
  if (typeof found?.raw === 'string') return JSON.stringify(cut(found.written ?? found.raw))
  if (Array.isArray(found?.raw)) return 'a list'
  return found?.raw === null ? 'an empty value' : 'a set of keys'
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function problem(path: Path, message: string, params: IssueParams, tree: Tree, file: string): Problem {
  const example = params.example
  return { file, ...tree.place(path), path: showPath(path), message, ...(example && { example }) }
}
