// The times in a procedure's paragraphs about escalation: "not recovered in 15 minutes: escalate to a senior engineer".
import { type Span, spansIn } from './amounts.ts'
import type { Block } from './markdown.ts'
import { lineOf, textOf } from './markdown.ts'

export type Escalation = {
  /** Milliseconds after the opening. */
  after: number
  /** What makes it needless: that somebody has answered, or that it is over. */
  unless: 'acknowledged' | 'resolved'
  /** The sentence, for people. */
  text: string
  line: number
}

/** A sentence that says a time and was not understood as a clock. */
export type UnclearTime = { text: string; line: number }

export type Escalations = { found: Escalation[]; unclear: UnclearTime[] }

/** Longer ones belong to the days after. */
const longest = 24 * 36e5

/** What the blocks of an "Escalation" part say, each sentence, item or row by itself. */
export function escalationsIn(blocks: Block[]): Escalations {
  return collect(blocks.flatMap(sayings), () => true)
}

/** The same for prose that is about something else: only sentences that speak of escalating. */
export function escalationsBeside(blocks: Block[]): Escalations {
  return collect(blocks.flatMap(sayings), ({ text }) => /\bescalat|\bpage (the|your|a) /i.test(text))
}

type Saying = { text: string; line: number }

function collect(sayings: Saying[], counts: (saying: Saying) => boolean): Escalations {
  const result: Escalations = { found: [], unclear: [] }
  for (const saying of sayings) {
    const spans = spansIn(saying.text).filter((span) => !isRhythm(saying.text, span))
    const [span] = spans
    if (span === undefined || !counts(saying)) continue
    if (spans.length > 1 || isForbidden(saying.text) || span.length > longest || span.length < 6e4) {
      result.unclear.push(saying)
      continue
    }
    result.found.push({ after: span.length, unless: unlessOf(saying.text), text: saying.text, line: saying.line })
  }
  return result
}

/** "Update the channel every 30 minutes" is no deadline; "for the last 10 minutes" looks back. */
function isRhythm(text: string, { index, text: said }: Span): boolean {
  const before = /\b(every|each|per|last|past|previous|next)(?: (?:full|other))?[\s~]*$/i.test(text.slice(0, index))
  return (
    before ||
    /^\s*(each\b|apart\b|ago\b|intervals?\b|since the (last|previous)\b)/i.test(text.slice(index + said.length))
  )
}

/** "Do not escalate before 45 minutes" says when not to; whether it says when to is for a person to decide. */
function isForbidden(text: string): boolean {
  return /\b(do not|don[’']t|never|must not)\b[^.]*\b(escalat|page|call|wake)/i.test(text)
}

function unlessOf(text: string): Escalation['unless'] {
  return /\b(acknowledg|answer|respond(s|ed|ing)?\b|responses?\b|react|reply|replies|pick(s|ed)? up|no ack)/i.test(text)
    ? 'acknowledged'
    : 'resolved'
}

/** Sentences of paragraphs, items of lists, rows of tables. */
function sayings(block: Block): Saying[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return sentencesOf(textOf(block), lineOf(block))
    case 'table':
      return block.children.slice(1).map((row) => ({
        text: row.children
          .map((cell) => textOf(cell).trim())
          .filter((cell) => cell !== '')
          .join(' – '),
        line: lineOf(row),
      }))
    case 'list':
      return block.children.flatMap((item) => item.children.flatMap(sayings))
    case 'blockquote':
      return block.children.flatMap((child) => sayings(child))
    default:
      return []
  }
}

/** A sentence of several lines is told by its first. */
function sentencesOf(text: string, line: number): Saying[] {
  return [...text.matchAll(/[^.!?;]+(?:\.(?=\d)[^.!?;]*)*[.!?;]*(?:\s+|$)/g)].flatMap((found) => {
    const says = found[0].replace(/\s+/g, ' ').trim()
    const lead = found[0].length - found[0].trimStart().length
    const before = text.slice(0, found.index + lead)
    return says === '' ? [] : [{ text: says, line: line + (before.match(/\n/g)?.length ?? 0) }]
  })
}
