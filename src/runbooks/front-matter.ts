// The block at the head of a runbook file, for teams that would rather say than be read.
import { type Raw, Tree } from '../config/tree.ts'
import { parseSeverity, type Severity } from '../core/severity.ts'
import { RunbookProblem } from './problem.ts'
import { severityOfWord } from './title.ts'

export type FrontMatter = {
  title: string | null
  alerts: string[]
  labels: Record<string, string>
  service: string | null
  severity: Severity | null
  /** What the last part of its address is on a site that is made of it, where that is not the file's name. */
  addresses: string[]
  /** Keys that are nearly one of ours. */
  slips: Slip[]
}

/** `line`: in the file. */
export type Slip = { line: number; key: string; meant: string }

const ours = ['title', 'alerts', 'match', 'service', 'severity']

/** Docusaurus, Jekyll, Hugo and Obsidian. */
const addressKeys = ['id', 'slug', 'permalink', 'url', 'aliases']

const nothing: FrontMatter = {
  title: null,
  alerts: [],
  labels: {},
  service: null,
  severity: null,
  addresses: [],
  slips: [],
}

/** The block and the Markdown after it; lines keep their numbers. Throws RunbookProblem. Keys not known here are the team's own. */
export function takeFrontMatter(file: string): { matter: FrontMatter; markdown: string } {
  const hugo = takeToml(file)
  if (hugo !== null) return hugo
  const [block, yaml = ''] = /^---[ \t]*\r?\n([\s\S]*?)^(?:---|\.\.\.)[ \t]*$/m.exec(file) ?? []
  if (block === undefined && /^---[ \t]*\r?\n[\w-]+:/.test(file))
    throw new RunbookProblem('front matter is never closed: end it with a line ---', 1)
  if (block === undefined || !file.startsWith(block)) return { matter: nothing, markdown: file }
  const markdown = block.replace(/[^\n]/g, '') + file.slice(block.length)
  return { matter: readMatter(yaml), markdown }
}

/** Hugo's other way to write it. Of its TOML only plain words and lists of them are read, also of the tables below it. */
function takeToml(file: string): { matter: FrontMatter; markdown: string } | null {
  const [block, toml] = /^\+\+\+[ \t]*\n([\s\S]*?)^\+\+\+[ \t]*$/m.exec(file) ?? []
  if (block === undefined || toml === undefined || !file.startsWith(block)) return null
  const found = new Map<string, string[]>()
  for (const [, key = '', value = ''] of toml.matchAll(
    /^[ \t]*([\w-]+)[ \t]*=[ \t]*(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*')/gm,
  ))
    if (!found.has(key))
      found.set(
        key,
        [...value.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, a, b]) => a ?? b ?? ''),
      )
  const word = (key: string) => found.get(key)?.[0] || null
  const severity = word('severity')
  const alerts = found.get('alerts') ?? []
  const matter: FrontMatter = {
    title: word('title'),
    alerts: (alerts.length === 1 ? alerts.flatMap(namesIn) : alerts).filter((name) => name !== ''),
    labels: {},
    service: word('service'),
    severity: severity === null ? null : (parseSeverity(severity) ?? severityOfWord(severity)),
    addresses: addressKeys.flatMap((key) => (found.get(key) ?? []).map(lastPart)).filter(Boolean),
    slips: [],
  }
  return { matter, markdown: block.replace(/[^\n]/g, '') + file.slice(block.length) }
}

function readMatter(yaml: string): FrontMatter {
  const tree = new Tree(yaml, '', {})
  const problem = tree.problems[0]
  // The block begins on the second line of the file.
  if (problem) throw new RunbookProblem(`front matter: ${problem.message}`, (problem.line ?? 1) + 1)
  const data = tree.root
  if (data === null) return nothing
  if (!isMap(data)) throw new RunbookProblem('front matter: expected `key: value` lines', 2)
  const wrong = (key: string, expected: string) => () =>
    new RunbookProblem(`\`${key}\` must be ${expected}`, tree.place([key]).line + 1)
  const word = (key: string) => wordOf(data[key], wrong(key, 'one word or line'))
  return {
    title: word('title'),
    service: word('service'),
    alerts: wordList(data.alerts, wrong('alerts', 'a list of alert names, such as [HighErrorRate]')),
    labels: wordMap(data.match, wrong('match', 'labels with their values, such as `team: payments`')),
    severity: severityOf(word('severity'), wrong('severity', 'P1, P2, P3 or P4')),
    // Keys of other tools: whatever else they hold is not ours to refuse.
    addresses: addressKeys
      .flatMap((key) => data[key] ?? [])
      .flatMap((value) => (typeof value === 'string' ? lastPart(value) : []))
      .filter(Boolean),
    slips: Object.keys(data).flatMap((key) => {
      const meant = ours.find((one) => !(one in data) && isSlip(key, one))
      return meant === undefined ? [] : [{ line: tree.place([key]).line + 1, key, meant }]
    }),
  }
}

/** A letter too many, too few, another one, or two in the wrong order. Other tools have keys of their own that are hardly longer apart. */
function isSlip(key: string, meant: string): boolean {
  const [a, b] = [key.toLowerCase(), meant]
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const [x, y] = [a.slice(same), b.slice(same)]
  const isSwapped = x.length > 1 && x.slice(2) === y.slice(2) && x[0] === y[1] && x[1] === y[0]
  return same > 0 && (x.slice(1) === y || x === y.slice(1) || x.slice(1) === y.slice(1) || isSwapped)
}

/** `/ops/db-failover/` is `db-failover`; a number alone may be the end of any address. */
function lastPart(address: string): string {
  const last = (address.replace(/\/+$/, '').split('/').at(-1) ?? '').replace(/\.html?$/i, '').toLowerCase()
  return /\p{L}{2}/u.test(last) ? last : ''
}

type Wrong = () => RunbookProblem

function wordOf(value: Raw | undefined, wrong: Wrong): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw wrong()
  return value
}

function wordList(value: Raw | undefined, wrong: Wrong): string[] {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? value : typeof value === 'string' ? namesIn(value) : [value]
  return list.map((item) => {
    const word = wordOf(item, wrong)
    if (!word) throw wrong()
    return word
  })
}

/** `HighErrorRate, HighLatency` are two; a name with blanks in it may have a comma as well. */
function namesIn(line: string): string[] {
  const names = line.split(',').map((name) => name.trim())
  return names.some((name) => name === '' || /\s/.test(name)) ? [line] : names
}

function wordMap(value: Raw | undefined, wrong: Wrong): Record<string, string> {
  if (value === undefined || value === null) return {}
  if (!isMap(value)) throw wrong()
  return Object.fromEntries(Object.entries(value).map(([label, text]) => [label, wordOf(text, wrong) ?? '']))
}

function severityOf(text: string | null, wrong: Wrong): Severity | null {
  if (text === null) return null
  const severity = parseSeverity(text) ?? severityOfWord(text)
  if (severity === null) throw wrong()
  return severity
}

function isMap(value: Raw): value is { [key: string]: Raw } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
