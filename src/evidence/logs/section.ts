// Log lines as a section: the few patterns that tell most, each with how often, since when, and what it said last.
import type { Item, Section } from '../evidence.ts'
import { cutBlock, cutLine, printable } from '../text.ts'
import { clockTime } from '../times.ts'
import type { LogLine } from './line.ts'
import { maskSecrets } from './secrets.ts'
import { type Group, grown, type Lines, tellingGroups } from './telling.ts'

/** More patterns than this are not read in a chat; the link has them all. */
const shown = 4
const shownLines = 4

export type Found = {
  now: Lines
  before: Lines
  /** Only lines that sound like trouble were looked for; false: there were none, these are any. */
  filtered: boolean
}

/** Null: there was not a single line. */
export function logSection(found: Found, zone: string, links: Section['links']): Section | null {
  const { now, before, filtered } = found
  if (now.lines.length === 0) return null
  const groups = tellingGroups(now, before)
  const telling = filtered ? groups.filter(({ weight }) => weight > 0) : []
  const items = (telling.length > 0 ? telling : groups.slice(0, 2)).slice(0, shown)
  const more = telling.length - items.length
  return {
    summary: summaryOf(found, telling),
    items: [
      ...items.map((group) => itemOf(group, found, zone)),
      ...(more > 0 ? [{ text: `… and ${plural(more, 'more pattern', 'more patterns')}`, code: null, url: null }] : []),
    ],
    links,
  }
}

function summaryOf({ now, before, filtered }: Found, telling: Group[]): string {
  const read = `${now.capped ? 'the last ' : ''}${plural(now.lines.length, 'line', 'lines')}`
  if (!filtered || telling.length === 0) return `nothing sounds like trouble in ${read}`
  const count = telling.reduce((sum, group) => sum + group.count, 0)
  const fresh = telling.filter(({ growth }) => growth === null).length
  const isNew = before.capped ? 'not among the lines before' : 'new'
  const kinds = telling.length === 1 ? 'one pattern' : `${telling.length} patterns`
  const what = telling.every(({ weight }) => weight === 3)
    ? ['error line', 'error lines']
    : ['line of trouble', 'lines of trouble']
  const all = `${now.capped ? 'at least ' : ''}${plural(count, what[0] ?? '', what[1] ?? '')} in ${kinds}`
  if (fresh === 0) return telling.length === 1 ? `${all}, which is not new` : `${all}, none of them new`
  if (telling.length === 1) return `${all}, which is ${isNew}`
  return `${all}, ${fresh === telling.length ? 'all' : fresh} of them ${isNew}`
}

function itemOf(
  { count, first, last, growth, weight, example }: Group,
  { before, filtered }: Found,
  zone: string,
): Item {
  const isNew = !before.capped && filtered && weight > 0 && growth === null
  const often = growth !== null && growth >= grown && !before.capped ? `${Math.round(growth)}× as often as before` : ''
  const span =
    last.getTime() - first.getTime() < 1000
      ? `at ${clockTime(last, zone)}`
      : `${clockTime(first, zone)} to ${clockTime(last, zone)}`
  const parts = [`${count}×`, isNew ? 'NEW' : '', often, span]
  return { text: parts.filter(Boolean).join(' · '), code: codeOf(example), url: null }
}

/** Its first lines: what follows of a stack trace is behind the link. */
function codeOf({ text, context }: LogLine): string {
  const said = maskSecrets(text).replaceAll('\t', '  ')
  const about = context.length === 0 ? [] : [cutLine(maskSecrets(printable(context.join(' '))), 250)]
  return [cutBlock(said, { lines: shownLines, width: 240 }), ...about].join('\n')
}

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
