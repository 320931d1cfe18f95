// What a post-mortem still lacks before it is of use to anybody: read from the text itself, and from what is on record.
// It never guesses what a sentence means; it sees what nobody has touched.
import type { ActionItem } from '../core/action.ts'

export type Missing =
  /** As Markdown, without its citations. */
  | { kind: 'question'; question: string }
  /** Nobody wrote a number into the section about the impact. */
  | { kind: 'impact' }
  /** Nobody wrote anything into the section about the detection, and there was a gap. */
  | { kind: 'detection' }
  | { kind: 'factors' }
  | { kind: 'lead' }
  | { kind: 'owner'; item: number; action: string }
  | { kind: 'date'; item: number; action: string }

export type Examined = {
  markdown: string
  /** What the template gave: what is in both was written by nobody. */
  base: string
  lead: string | null
  /** Whether there is anything about the detection that wants a word. */
  hasDetectionGap: boolean
  actions: Pick<ActionItem, 'item' | 'text' | 'owner' | 'due' | 'status'>[]
}

/** In the order of the document, then what is not in it. */
export function missingIn({ markdown, base, lead, hasDetectionGap, actions }: Examined): Missing[] {
  const given = new Set(base.split('\n').map((line) => line.trim()))
  const lines = withoutCode(markdown)
  const wanted = actions.filter(({ status }) => status === 'open')
  const needs = (topic: Topic) => {
    const section = sectionOf(lines, topic)
    if (section === null || openQuestions(section, given).length > 0) return false
    const written = section.filter((line) => line.trim() !== '' && !given.has(line.trim()))
    return topic === 'impact' ? !written.some((line) => /\d/.test(withoutMarks(line))) : written.length === 0
  }
  return [
    ...openQuestions(lines, given).map((question) => ({ kind: 'question', question }) as const),
    ...(needs('impact') ? [{ kind: 'impact' } as const] : []),
    ...(hasDetectionGap && needs('detection') ? [{ kind: 'detection' } as const] : []),
    ...(needs('factors') ? [{ kind: 'factors' } as const] : []),
    ...(lead === null ? [{ kind: 'lead' } as const] : []),
    ...wanted
      .filter(({ owner }) => owner === null)
      .map((a) => ({ kind: 'owner', item: a.item, action: a.text }) as const),
    ...wanted.filter(({ due }) => due === null).map((a) => ({ kind: 'date', item: a.item, action: a.text }) as const),
  ]
}

const box = /^\s*[-+*] \[ \] /

/**
 * Boxes nobody ticked. One whose words somebody changed, struck out, or wrote something below (further in than the box) is
 * answered: people forget to tick.
 */
function openQuestions(lines: string[], given: Set<string>): string[] {
  return lines.flatMap((line, i) => {
    if (!box.test(line) || /^\s*[-+*] \[ \] ~~/.test(line)) return []
    // Changed words are an answer; a question of somebody's own is none.
    if (!given.has(line.trim()) && isAsked(line, given)) return []
    const depth = line.search(/\S/)
    const next = lines.slice(i + 1).find((below) => below.trim() !== '') ?? ''
    const isAnswered = next.search(/\S/) > depth && !next.trim().startsWith('>')
    return isAnswered ? [] : [withoutMarks(line.replace(box, ''))]
  })
}

/** Whether the document asked what the line asks by itself. */
function isAsked(line: string, given: Set<string>): boolean {
  const question = /\*\*.+?\*\*/.exec(line)?.[0]
  return question !== undefined && [...given].some((other) => other.includes(question))
}

/** Without what only says where it comes from. */
function withoutMarks(line: string): string {
  return line
    .replace(/ ?_\(no entry\)_/g, '')
    .replace(/ ?\[#\d+\]/g, '')
    .trim()
}

type Topic = 'impact' | 'detection' | 'factors'

/** By its heading; a template in another language says it with a comment, as in `<!-- impact -->`. */
const headings: Record<Topic, RegExp> = {
  impact: /\bimpact\b/i,
  detection: /\bdetect/i,
  factors: /\b(contributing|factors|root cause)\b/i,
}

/** The lines below the heading, to the next one of its depth or above; null when the document has no such section. */
function sectionOf(lines: string[], topic: Topic): string[] | null {
  const depthOf = (line: string) => /^(#{1,6}) /.exec(line)?.[1]?.length ?? 7
  const marked = lines.findIndex((line) => line.trim() === `<!-- ${topic} -->`)
  const before = marked < 0 ? -1 : lines.slice(0, marked).findLastIndex((line) => depthOf(line) < 7)
  const start = before >= 0 ? before : lines.findIndex((line) => depthOf(line) < 7 && headings[topic].test(line))
  const heading = lines[start]
  if (heading === undefined) return null
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => depthOf(line) <= depthOf(heading))
  return rest.slice(0, end < 0 ? rest.length : end).filter((line) => !line.trim().startsWith('<!--'))
}

function withoutCode(markdown: string): string[] {
  let fence: string | null = null
  return markdown.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? null
    if (fence === null) {
      fence = mark
      return mark === null ? line : ''
    }
    if (mark?.startsWith(fence)) fence = null
    return ''
  })
}
