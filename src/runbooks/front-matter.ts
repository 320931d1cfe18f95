// The YAML block at the head of a runbook file, for teams that would rather say than be read.
import { LineCounter, parseDocument } from 'yaml'
import { parseSeverity, type Severity } from '../core/severity.ts'
import { RunbookProblem } from './problem.ts'

export type FrontMatter = {
  title: string | null
  alerts: string[]
  labels: Record<string, string>
  service: string | null
  severity: Severity | null
}

const nothing: FrontMatter = { title: null, alerts: [], labels: {}, service: null, severity: null }

/** The block and the Markdown after it; lines keep their numbers. Throws RunbookProblem. Keys not known here are the team's own. */
export function takeFrontMatter(file: string): { matter: FrontMatter; markdown: string } {
  const [block, yaml = ''] = /^---[ \t]*\r?\n([\s\S]*?)^(?:---|\.\.\.)[ \t]*$/m.exec(file) ?? []
  if (block === undefined || !file.startsWith(block)) return { matter: nothing, markdown: file }
  const markdown = block.replace(/[^\n]/g, '') + file.slice(block.length)
  return { matter: readMatter(yaml), markdown }
}

function readMatter(yaml: string): FrontMatter {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false })
  const error = document.errors[0]
  // The block begins on the second line of the file.
  if (error) throw new RunbookProblem(`front matter: ${error.message}`, lines.linePos(error.pos[0]).line + 1)
  const data: unknown = document.toJS()
  if (data === null || data === undefined) return nothing
  if (!isRecord(data)) throw new RunbookProblem('front matter: expected `key: value` lines', 2)
  const lineOf = (key: string) =>
    yaml.slice(0, Math.max(0, yaml.search(new RegExp(`^${key}\\s*:`, 'm')))).split('\n').length + 1
  const wrong = (key: string, expected: string) => new RunbookProblem(`\`${key}\` must be ${expected}`, lineOf(key))
  const word = (key: string): string | null => {
    const value = data[key]
    if (value === undefined || value === null) return null
    if (typeof value === 'string' || typeof value === 'number') return String(value)
    throw wrong(key, 'one word or line')
  }
  return {
    title: word('title'),
    service: word('service'),
    alerts: wordList(data.alerts, () => wrong('alerts', 'a list of alert names, such as [HighErrorRate]')),
    labels: wordMap(data.match, () => wrong('match', 'labels with their values, such as `team: payments`')),
    severity: severityOf(word('severity'), () => wrong('severity', 'P1, P2, P3 or P4')),
  }
}

function wordList(value: unknown, wrong: () => RunbookProblem): string[] {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? value : [value]
  if (!list.every((item) => typeof item === 'string' && item !== '')) throw wrong()
  return list
}

function wordMap(value: unknown, wrong: () => RunbookProblem): Record<string, string> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) throw wrong()
  const entries = Object.entries(value).map(([key, label]) => {
    if (typeof label === 'object') throw wrong()
    return [key, String(label)] as const
  })
  return Object.fromEntries(entries)
}

function severityOf(text: string | null, wrong: () => RunbookProblem): Severity | null {
  if (text === null) return null
  const severity = parseSeverity(text)
  if (severity === null) throw wrong()
  return severity
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
