// Reads the team's runbook files and folders. A file that cannot be used costs that file, and is told.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../errors.ts'
import { parseFile } from './parse.ts'
import { RunbookProblem } from './problem.ts'
import type { Runbook } from './runbook.ts'
import { mostBytes, readBytes } from './text.ts'

export type LoadedRunbooks = {
  runbooks: Runbook[]
  /** `path:line: what is wrong`. */
  problems: string[]
}

/** What one file holds. `broken`: it could not be read as a whole, so an earlier version of it may be better. */
export type LoadedFile = LoadedRunbooks & { broken: boolean }

/** `paths` are Markdown files, and folders that are read with all below them. */
export function loadRunbooks(paths: string[]): LoadedRunbooks {
  const { files, problems } = filesBehind(paths)
  const read = files.map(loadFile)
  return {
    runbooks: read.flatMap(({ runbooks }) => runbooks),
    problems: [...problems, ...read.flatMap((one) => one.problems)],
  }
}

/** Never throws. */
export function loadFile(file: string): LoadedFile {
  try {
    const { size } = statSync(file)
    if (size > mostBytes) throw new RunbookProblem(tooLarge(size), 1)
    const { text, written, notes } = readBytes(Uint8Array.from(readFileSync(file)))
    const told = notes
      .filter(({ what }) => what.startsWith('not UTF-8'))
      .map(({ line, what }) => `${file}:${line}: ${what}`)
    const { runbooks, problem } = parseFile(file, text, written)
    if (problem !== null) told.push(`${file}:${problem.line}: ${problem.message}`)
    else if (runbooks.length === 0)
      told.push(`${file}:1: no steps found; number them (1., 2., …) below a heading such as “Steps”`)
    return { runbooks, problems: told, broken: problem !== null }
  } catch (error) {
    const line = error instanceof RunbookProblem ? error.line : 1
    return { runbooks: [], problems: [`${file}:${line}: ${reasonOf(error)}`], broken: true }
  }
}

export function tooLarge(bytes: number): string {
  const megabytes = (size: number) => `${(size / 1e6).toFixed(1).replace('.0', '')} MB`
  return `${megabytes(bytes)} are too large to be read (${megabytes(mostBytes)} at most): split it into a file for each service`
}

/** The Markdown files that paths of files and folders lead to, in order, each once. */
export function filesBehind(paths: string[]): { files: string[]; problems: string[] } {
  const problems: string[] = []
  const files = paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path]
      const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.(md|markdown)$/i.test(name),
      )
      // A mounted ConfigMap has every file three times, two of them behind folders that begin with a dot.
      const plain = names.filter((name) => !name.split(/[\\/]/).some((part) => part.startsWith('.')))
      return plain.sort().map((name) => join(path, name))
    } catch (error) {
      problems.push(`${path}:1: cannot be read: ${reasonOf(error)}`)
      return []
    }
  })
  return { files: [...new Set(files)], problems }
}
