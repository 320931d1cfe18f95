// How fast somebody has to answer at each severity, and which alert has which: from tables, from lists, from headings.
import { type Severity, severities } from '../core/severity.ts'
import { isNextBusinessDay, spansIn } from '../runbooks/amounts.ts'
import { readHeading, severityOfWord } from '../runbooks/title.ts'
import type { ClockFact, Facts } from './facts.ts'
import type { Chapter, Grid, Saying } from './sayings.ts'

const kinds: [ClockFact['name'], RegExp][] = [
  ['postmortem', /post-?\s?mortem|post-?\s?incident|retrospective|\brca\b|root cause report|lessons learned/i],
  ['investigate', /investigat|diagnos|triage|analy[sz]/i],
  ['resolve', /resol(?!ver)|\bfix|restor|recover|mitigat|workaround|\bttr\b/i],
  [
    'respond',
    /respon[ds]|acknowledg|\back\b|react|immediate|first (?:reply|touch|contact|look|answer)|pick(?:ed)?[ -]?up|\btta\b/i,
  ],
]

/** Times at which something is said again and again are no deadlines. */
const rhythm = /\b(updates?|every|each|cadence|status|communicat\w+|refresh|interval)\b/i

export function readSeverities(chapters: Chapter[], facts: Facts): void {
  for (const chapter of chapters.filter(({ isProcedure }) => !isProcedure)) {
    for (const grid of chapter.grids) readGrid(grid, chapter, facts)
    readSayings(chapter, facts)
  }
}

/** A severity in a text: `P1`, `SEV-2`, `[Critical]`, or such a word at its beginning. Null: none, or several. */
function severityIn(text: string): Severity | null {
  const named = new Set([...text.matchAll(/\b(?:P|sev(?:erity)?[ -]?)([1-4])\b/gi)].map((found) => `P${found[1]}`))
  if (named.size > 1) return null
  const [only] = named
  if (only !== undefined) return severities.find((severity) => severity === only) ?? null
  const [, word = ''] =
    /^\W*(critical|high|major|warning|medium|minor|low|info|informational)\b(?=\s*(?:[:(–·|-]|alerts?|incidents?|issues?|priority|severity|$))/i.exec(
      text,
    ) ?? []
  return word === '' ? readHeading(text.slice(0, 120)).severity : severityOfWord(word)
}

function readGrid({ head, rows }: Grid, { titles }: Chapter, facts: Facts): void {
  const named = head.findIndex((name) => /^(severity|priority|level|sev|class|p-level|impact level)\b/i.test(name))
  const first = rows.length > 0 && rows.every(({ cells }) => severityIn(cells[0] ?? '') !== null) ? 0 : named
  if (first < 0) return
  const about = titles.at(-1) ?? ''
  for (const { cells, line, alerts } of rows) {
    const severity = severityIn(cells[first] ?? '') ?? severityOfWord((cells[first] ?? '').trim())
    if (severity === null) continue
    facts.alerts.push(...alerts.map((alert) => ({ alert, severity, line })))
    for (const [column, cell] of cells.entries()) {
      if (column === first || rhythm.test(head[column] ?? '')) continue
      const isDone = readTime({ text: cell, about: head[column] ?? about, severity, line }, facts)
      if (!isDone && isPromise(cell) && /respon|sla\b|severit|priorit|targets?\b|\btimes?\b/i.test(titles.join(' ')))
        facts.questions.push({ line, text: `a time for ${severity}, but for what? “${cut(cell)}” (${head[column]})` })
    }
  }
}

type Told = { text: string; about: string; severity: Severity; line: number }

/** A text that says one time; what it is for stands in it or above it. Answers whether it was understood. */
function readTime({ text, about, severity, line }: Told, facts: Facts): boolean {
  const span = spansIn(text)[0]
  const within = span?.length ?? (isNextBusinessDay(text) ? 'next business day' : null)
  if (within === null || rhythm.test(text)) return false
  const said = kinds.find(([, words]) => words.test(text))?.[0] ?? kinds.find(([, words]) => words.test(about))?.[0]
  // The next business day is hardly promised for anything but an answer.
  const name = said ?? (span === undefined ? 'respond' : undefined)
  if (name === undefined) return false
  put({ severity, name, within, line }, facts)
  return true
}

function put(clock: ClockFact, facts: Facts): void {
  const same = facts.clocks.find(({ severity, name }) => severity === clock.severity && name === clock.name)
  if (same === undefined) facts.clocks.push(clock)
  else if (same.within === clock.within) facts.repeats.push({ line: clock.line })
  else
    facts.questions.push({
      line: clock.line,
      text: `another time to ${clock.name} for ${clock.severity} than on line ${same.line}, which was taken. Which is right?`,
    })
}

function readSayings(chapter: Chapter, facts: Facts): void {
  readTitle(chapter, facts)
  const told = new Set<Saying>()
  const about = chapter.titles.at(-1) ?? ''
  const isAboutTimes = /respon|sla\b|acknowledg|\btimes?\b/i.test(about)
  for (const saying of chapter.sayings.filter(({ kind }) => kind !== 'row')) {
    const severity = severityAround(saying, chapter)
    if (severity === null) continue
    facts.alerts.push(...saying.alerts.map((alert) => ({ alert, severity, line: saying.line })))
    if (saying.under.some((above) => told.has(above))) continue
    for (const clause of clausesOf(saying.text)) {
      // Below "P2 (Response: 1 hour)", "p95 > 2 s" is what makes it a P2, and no promise.
      const purpose = isAboutTimes && !isSymptom(clause) ? about : ''
      const isDone = readTime({ text: clause, about: purpose, severity, line: saying.line }, facts)
      if (isDone) told.add(saying)
    }
    if (!told.has(saying) && isUnclear(saying, chapter))
      facts.questions.push({ line: saying.line, text: `a time for ${severity}, but for what? “${cut(saying.text)}”` })
  }
}

/** What the heading itself promises. */
function readTitle({ raw, line }: Chapter, facts: Facts): void {
  const severity = severityIn(raw)
  if (severity === null) return
  for (const clause of clausesOf(raw)) readTime({ text: clause, about: '', severity, line }, facts)
}

/** Its own, or that of the nearest thing above it. */
function severityAround(saying: Saying, chapter: Chapter): Severity | null {
  const above = [saying.text, ...saying.under.map(({ text }) => text).reverse(), saying.label?.text ?? '', chapter.raw]
  for (const text of above) {
    const severity = severityIn(text)
    if (severity !== null) return severity
  }
  return chapter.titles.map((title) => severityIn(title)).findLast((severity) => severity !== null) ?? null
}

/** Where the chapter is about severities, a time without a purpose is a question; elsewhere it is about something else. */
function isUnclear(saying: Saying, { titles }: Chapter): boolean {
  if (!/severit|priorit|sla\b|classification|incident level/i.test(titles.join(' '))) return false
  return isPromise(saying.text) && saying.alerts.length === 0
}

/** A time beside a mark such as `<` is a threshold, and one that comes again and again a rhythm. */
function isPromise(text: string): boolean {
  return (
    spansIn(text).length > 0 &&
    !/[<>≤≥]|\b(?:above|below|exceed\w*)\b/i.test(text) &&
    !rhythm.test(text) &&
    !/\bfor \d/i.test(text)
  )
}

/** "Above 2 s", "down for 5m": what is measured, with its time. */
function isSymptom(text: string): boolean {
  return /[>≥]|\b(?:above|over|(?:longer|older|more) than|exceed\w*)\b|\bfor \d/i.test(text)
}

/** "respond in 5 minutes, resolve in 1 hour" says two things. */
function clausesOf(text: string): string[] {
  const parts = text.split(/[,;•|·]|\s–\s|\.\s|\band\b|(?<=\))\s/)
  const withTime = parts.filter((part) => spansIn(part).length > 0 || isNextBusinessDay(part))
  // What the time is for may stand before a comma.
  return withTime.length === 1 ? [text] : withTime
}

function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79).trimEnd()}…`
}
