// Reads the team's runbook files and folders. A file that cannot be used costs that file, and is told.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { checklistsIn } from '../documents/checklists.ts'
import { chaptersOf } from '../documents/sayings.ts'
import { reasonOf } from '../errors.ts'
import { filesBelow, type Unread, unreadAt } from '../folders.ts'
import { type ParsedFile, parseFile } from './parse.ts'
import { RunbookProblem } from './problem.ts'
import type { RecurringChecklist, Runbook } from './runbook.ts'
import { mostBytes, readBytes } from './text.ts'

export type LoadedRunbooks = {
  runbooks: Runbook[]
  checklists: RecurringChecklist[]
  /** `path:line: what is wrong`. */
  problems: string[]
}

/**
 * What one file holds. `broken`: it could not be read as a whole, so an earlier version of it may be better. `digest`: of its
 * bytes; of nothing when they could not be had.
 */
export type LoadedFile = LoadedRunbooks & { file: string; broken: boolean; digest: string }

/** `paths` are Markdown files, and folders that are read with all below them. */
export function loadRunbooks(paths: string[]): LoadedRunbooks {
  const { files, unread } = filesBehind(paths)
  const { problems: inFiles, ...rest } = joined(files.map(loadFile))
  return { ...rest, problems: [...unread.map(({ problem }) => problem), ...inFiles] }
}

export function joined(files: LoadedRunbooks[]): LoadedRunbooks {
  return {
    runbooks: files.flatMap((one) => one.runbooks),
    checklists: files.flatMap((one) => one.checklists),
    problems: files.flatMap((one) => one.problems),
  }
}

/** Never throws. */
export function loadFile(file: string): LoadedFile {
  const nothing = { file, runbooks: [], checklists: [], digest: '' }
  try {
    const bytes = bytesOf(file)
    const digest = createHash('sha256').update(bytes).digest('hex')
    try {
      return { file, digest, ...readFile(file, bytes) }
    } catch (error) {
      return { ...nothing, digest, problems: [problemText(file, error)], broken: true }
    }
  } catch (error) {
    return { ...nothing, problems: [problemText(file, error)], broken: true }
  }
}

/** Throws RunbookProblem for what is no file: whoever reads a pipe waits until somebody writes into it. */
export function bytesOf(file: string): Uint8Array<ArrayBuffer> {
  const is = statSync(file)
  if (!is.isFile()) throw new RunbookProblem('is no file, but a pipe or a device', 1)
  if (is.size > mostBytes) throw new RunbookProblem(tooLarge(is.size), 1)
  return Uint8Array.from(readFileSync(file))
}

function readFile(file: string, bytes: Uint8Array): LoadedRunbooks & { broken: boolean } {
  const { text, written, notes } = readBytes(bytes)
  const told = notes
    .filter(({ what }) => what.startsWith('not UTF-8'))
    .map(({ line, what }) => `${file}:${line}: ${what}`)
  const parsed = parseFile(file, text, written)
  const { runbooks, problem, slips } = parsed
  for (const { line, key, meant } of slips)
    told.push(`${file}:${line}: \`${key}\` in the front matter is not read; did you mean ${meant}?`)
  const checklists = checklistsOf(file, parsed, text)
  // What keeps it from being read comes first: it is what people are told.
  if (problem !== null) told.unshift(`${file}:${problem.line}: ${problem.message}`)
  else if (runbooks.length === 0 && checklists.length === 0)
    told.push(`${file}:1: no steps found; number them (1., 2., …) below a heading such as “Steps”`)
  return { runbooks, checklists, problems: told, broken: problem !== null }
}

function checklistsOf(path: string, { document, procedures }: ParsedFile, text: string): RecurringChecklist[] {
  const lines = text.split('\n').length
  return checklistsIn(chaptersOf(document, procedures, lines)).found.map((one) => ({ ...one, path }))
}

function problemText(file: string, error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return `${file}:1: is a link that leads nowhere, or was removed meanwhile`
  return `${file}:${error instanceof RunbookProblem ? error.line : 1}: ${reasonOf(error)}`
}

function tooLarge(bytes: number): string {
  const megabytes = (size: number) => `${(size / 1e6).toFixed(1).replace('.0', '')} MB`
  return `${megabytes(bytes)} are too large to be read (${megabytes(mostBytes)} at most): split it into a file for each service`
}

/** The Markdown files that paths of files and folders lead to, in order, each once; and what could not be looked into. */
export function filesBehind(paths: string[]): { files: string[]; unread: Unread[] } {
  const unread: Unread[] = []
  const files = paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path]
    } catch (error) {
      unread.push(unreadAt(path, error))
      return []
    }
    const found = filesBelow(path)
    unread.push(...found.unread)
    return runbookFiles(found.files)
  })
  return { files: [...new Set(files)], unread }
}

/** Those that are runbooks, in order. */
export function runbookFiles(files: string[]): string[] {
  return files.filter((file) => /\.(mdx?|markdown)$/i.test(file)).sort()
}
