// tocsin runbook import: shows what is understood of the documents a team has, and proposes the configuration in them.
// Exit codes: 0, understood; 1, a file cannot be read, or nothing was found in any of them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { propose } from '../documents/proposal.ts'
import { type Document, readDocument } from '../documents/read.ts'
import { isUnderstood, proposalLines, reportLines } from '../documents/report.ts'
import { reasonOf, UserError } from '../errors.ts'
import { bytesOf, filesBehind } from '../runbooks/load.ts'
import { RunbookProblem } from '../runbooks/problem.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'
import { runbookStats } from './runbook-stats.ts'

const proposalFile = 'tocsin-proposal.yaml'

export function addRunbook(program: Command, add: Add): void {
  const runbook = program.command('runbook').description('runbooks from the documents that you have')
  const help =
    'show what is understood of Markdown files (and folders of them) and what is not, line by line, and propose the configuration in them'
  const write: [string, string] = [
    '--write <folder>',
    `write the documents there as runbooks, as UTF-8, and the proposal as ${proposalFile}; nothing is overwritten`,
  ]
  add(runbook, 'import <files...>', help, [write], async ({ write: folder }, around, words) =>
    importDocuments(words, typeof folder === 'string' ? folder : null, around),
  )
  const days: [string, string] = ['--days <number>', 'how far the figures go back; 90 when left out']
  const url: [string, string] = ['--url <address>', 'where the bot is; default: where the configuration says']
  const stats = 'show which runbooks are used, what becomes of their steps, and which are stale'
  add(runbook, 'stats', stats, [days, url], (options, around) =>
    runbookStats(around, options as { days?: string; url?: string }),
  )
}

function importDocuments(paths: string[], folder: string | null, { cwd }: Surroundings): Outcome {
  const { files, unread } = filesBehind(paths.map((path) => resolve(cwd, path)))
  const shown = (path: string) => relative(cwd, path) || path
  const unreadable = unread.map(({ problem }) => problem.replaceAll(`${cwd}/`, ''))
  const documents: Document[] = []
  for (const file of files) {
    try {
      documents.push(readFile(file, shown(file)))
    } catch (error) {
      unreadable.push(`${shown(file)}:${error instanceof RunbookProblem ? error.line : 1}: ${reasonOf(error)}`)
    }
  }
  const proposal = propose(documents, folder ?? 'runbooks')
  const found = documents.some(isUnderstood)
  const written = folder === null || !found ? [] : writeAll(documents, proposalLines(proposal), resolve(cwd, folder))
  const nothing =
    files.length === 0
      ? 'There is no Markdown file (*.md) in what was named.'
      : 'Nothing in these files was understood. Procedures are numbered steps below a heading; README, “Runbooks”, shows the forms.'
  return {
    lines: [
      ...documents.flatMap((document) => [...reportLines(document), '']),
      ...(unreadable.length === 0 ? [] : ['Not read:', ...unreadable.map((one) => `  ${one}`), '']),
      ...(found ? ['Proposed for tocsin.yaml:', '', ...proposalLines(proposal)] : [nothing]),
      ...(written.length === 0 ? [] : ['', 'Written:', ...written.map((path) => `  ${shown(path)}`)]),
      ...(found && folder === null
        ? [
            '',
            'Nothing was written. With --write <folder> the documents become runbooks there; they work as they are, too.',
          ]
        : []),
    ],
    data: {
      documents: documents.map(({ text, ...document }) => ({
        ...document,
        runbooks: document.runbooks.map(({ words, ...runbook }) => runbook),
      })),
      ...{ unreadable, proposal: found ? proposalLines(proposal).join('\n') : null, questions: proposal.questions },
      written: written.map(shown),
    },
    code: unreadable.length > 0 || !found ? 1 : 0,
  }
}

function readFile(file: string, name: string): Document {
  return readDocument(name, bytesOf(file))
}

/** All or nothing: what is there already is somebody's work. Answers the paths. Throws UserError. */
function writeAll(documents: Document[], proposal: string[], folder: string): string[] {
  const names = uniqueNames(documents.map(({ path }) => path))
  const files = documents.map(({ text }, i): [string, string] => [join(folder, names[i] ?? ''), text])
  files.push([join(folder, proposalFile), `${proposal.join('\n')}\n`])
  const taken = files
    .filter(([path, text]) => existsSync(path) && readFileSync(path, 'utf8') !== text)
    .map(([path]) => path)
  if (taken.length > 0)
    throw new UserError(
      `Nothing was written: ${taken.join(', ')} exists and says something else. Name another folder, or move it away.`,
    )
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of files) writeFileSync(path, text)
  return files.map(([path]) => path)
}

/** Documents of one name from several folders keep the folder in front of it. */
function uniqueNames(paths: string[]): string[] {
  const names = paths.map((path) => basename(path))
  return paths.map((path, i) =>
    names.filter((name) => name === names[i]).length === 1
      ? (names[i] ?? '')
      : path.replace(/^[./\\]+/, '').replace(/[\\/]+/g, '-'),
  )
}
