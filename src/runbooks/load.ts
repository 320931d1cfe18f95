// Reads the team's runbook files and folders. A file that cannot be used costs that file, and is told.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../errors.ts'
import { parseRunbooks } from './parse.ts'
import { RunbookProblem } from './problem.ts'
import type { Runbook } from './runbook.ts'

export type LoadedRunbooks = {
  runbooks: Runbook[]
  /** `path:line: what is wrong`. */
  problems: string[]
}

/** `paths` are Markdown files, and folders that are read with all below them. */
export function loadRunbooks(paths: string[]): LoadedRunbooks {
  const runbooks: Runbook[] = []
  const problems: string[] = []
  for (const file of filesBehind(paths, problems)) {
    try {
      const found = parseRunbooks(file, readText(file, problems))
      if (found.length === 0)
        problems.push(`${file}:1: no steps found; number them (1., 2., …) below a heading such as “Steps”`)
      runbooks.push(...found)
    } catch (error) {
      problems.push(`${file}:${error instanceof RunbookProblem ? error.line : 1}: ${reasonOf(error)}`)
    }
  }
  return { runbooks, problems }
}

function filesBehind(paths: string[], problems: string[]): string[] {
  const files = paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path]
      const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.md$/i.test(name))
      // A mounted ConfigMap has every file three times, two of them behind folders that begin with a dot.
      const plain = names.filter((name) => !name.split(/[\\/]/).some((part) => part.startsWith('.')))
      return plain.sort().map((name) => join(path, name))
    } catch (error) {
      problems.push(`${path}:1: cannot be read: ${reasonOf(error)}`)
      return []
    }
  })
  return [...new Set(files)]
}

/** Bytes that are not UTF-8 become �, and the first of them is told: a command with a wrong character in it is a trap. */
function readText(file: string, problems: string[]): string {
  const text = new TextDecoder('utf-8').decode(Uint8Array.from(readFileSync(file)))
  const wrong = text.indexOf('\u{FFFD}')
  if (wrong >= 0) {
    const line = text.slice(0, wrong).split('\n').length
    problems.push(`${file}:${line}: not UTF-8 here; read with \u{FFFD} for what is unreadable, save the file as UTF-8`)
  }
  return text
}
