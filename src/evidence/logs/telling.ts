// Of many log lines the few that tell most: one for each pattern, those first that were not there before.
import type { Level, LogLine } from './line.ts'
import { patternOf } from './patterns.ts'

export type Group = {
  pattern: string
  count: number
  first: Date
  last: Date
  /** The latest of them, as it was written. */
  example: LogLine
  weight: Weight
  /** As many times as in the time before, by the minute; null: it was not there then. */
  growth: number | null
}

/** Patterns that are worked out of all the lines of one answer. */
const mostPatterns = 1_000

/** Characters of a line that are compared. */
const compared = 300

/** 3: an error by its own account; 2: a warning, or it sounds like trouble; 0: neither. */
type Weight = 0 | 2 | 3

/** Lines of a span of time. `capped`: there were more than were read. */
export type Lines = { lines: LogLine[]; from: Date; until: Date; capped: boolean }

/** Words that lines about trouble have, for stores to look for and for lines that do not say their level. */
export const trouble = [
  ...[
    'error',
    'exception',
    'fatal',
    'panic',
    'critical',
    'traceback',
    'timeout',
    'timed out',
    'refused',
    'unavailable',
  ],
  ...['failed', 'failure', 'denied', 'out of memory', 'oomkilled', 'killed', 'deadlock', 'unreachable', 'segfault'],
]
const sounds = new RegExp(`\\b(?:${trouble.join('|').replaceAll(' ', '[ _-]?')})`, 'i')

const weights: Record<Level, Weight> = { fatal: 3, error: 3, warn: 2, info: 0, debug: 0 }

/** So many times as often is worth a word. */
export const grown = 3

/** One group for each pattern, the most telling first. */
export function tellingGroups(now: Lines, before: Lines): Group[] {
  const keyOf = keys()
  const groups = new Map<string, Group>()
  for (const line of now.lines) {
    const key = keyOf(line)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, groupOf(line, key))
    else add(known, line)
  }
  const usual = new Map<string, number>()
  for (const line of before.lines) {
    const key = keyOf(line)
    usual.set(key, (usual.get(key) ?? 0) + 1)
  }
  const often = minutesOf(before) / minutesOf(now)
  for (const [key, group] of groups) {
    const count = usual.get(key)
    group.growth = count === undefined ? null : (group.count / count) * often
  }
  return [...groups.values()].sort(byWhatTheyTell)
}

function byWhatTheyTell(a: Group, b: Group): number {
  return rank(b) - rank(a) || b.weight - a.weight || b.count - a.count || a.first.getTime() - b.first.getTime()
}

/** What is wrong and was not before comes before what has always been wrong. */
function rank({ weight, growth }: Group): number {
  if (weight === 0) return 0
  return growth === null ? 3 : growth >= grown ? 2 : 1
}

function groupOf(line: LogLine, pattern: string): Group {
  const weight = line.level === null ? (sounds.test(line.text) ? 2 : 0) : weights[line.level]
  return { pattern, count: 1, first: line.at, last: line.at, example: line, weight, growth: null }
}

function add(group: Group, line: LogLine): void {
  group.count += 1
  if (line.at < group.first) group.first = line.at
  if (line.at < group.last) return
  group.last = line.at
  group.example = line
}

/**
 * The pattern of a line; of lines that differ in nothing but digits it is only worked out once, because most do, and the bot
 * has other things to do meanwhile.
 */
function keys(): (line: LogLine) => string {
  const known = new Map<string, string>()
  return ({ text }) => {
    const start = tellingPart(text).replace(/\d/g, '0')
    // Where every line is another there is nothing to group, and no end to the work.
    const key = known.get(start) ?? (known.size < mostPatterns ? patternOf(start) : start)
    known.set(start, key)
    return key
  }
}

/** The first line says what happened; of Python's tracebacks it is the last one. */
function tellingPart(text: string): string {
  const first = text.slice(0, compared).split('\n', 1)[0] ?? ''
  const traceback = text.indexOf('Traceback (most recent call last)')
  if (traceback < 0) return first
  const last = text
    .slice(traceback)
    .split('\n')
    .findLast((one) => /^\S/.test(one))
  return `${first} ${(last ?? '').slice(0, compared)}`
}

function minutesOf({ from, until }: Lines): number {
  return Math.max(1, (until.getTime() - from.getTime()) / 60_000)
}
