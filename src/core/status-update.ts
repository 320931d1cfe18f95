// A status update: how things are, what is done about it, what is needed, and when the next one comes.
import type { Severity } from './severity.ts'
import type { SeverityTerms } from './terms.ts'

const minute = 60_000

/** Milliseconds from one update to the next when nothing else is said; null: nobody is reminded. */
export const usualUpdates: Record<Severity, number | null> = { P1: 30 * minute, P2: 60 * minute, P3: null, P4: null }

/** What was not said is empty. */
export type UpdateText = { conditions: string; actions: string; needs: string }

/** `next`: milliseconds until the next one; null: none is promised; absent: as the severity has it. */
export type StatusUpdate = UpdateText & { next?: number | null }

/** When the next update is due, in milliseconds from now; null: nobody waits for one. */
export function nextUpdate(
  { next }: StatusUpdate,
  { terms, severity }: { terms: { severities: Record<Severity, SeverityTerms> }; severity: Severity },
): number | null {
  if (next !== undefined) return next
  const { updateEvery } = terms.severities[severity]
  return updateEvery === undefined ? usualUpdates[severity] : updateEvery
}

/** Milliseconds between two reminders of an update that does not come: half of what it was given, at least five minutes. */
export function reminderPace(next: number): number {
  return Math.max(next / 2, 5 * minute)
}

const parts = ['conditions', 'actions', 'needs', 'next'] as const
type Part = (typeof parts)[number]

/** How people write them, in the singular too. */
const label = /(?:^|[\s;,|])(conditions?|actions?|needs?|next)\s*:/gi

/**
 * Reads `conditions: … actions: … needs: … next: 30m`, in any order; what stands before the first of these words are the
 * conditions. A line that cannot be read answers what is wrong with it, for whoever wrote it.
 */
export function readUpdate(line: string, spanOf: (text: string) => number | null): StatusUpdate | { problem: string } {
  const found: Partial<Record<Part, string>> = {}
  const marks = [...line.matchAll(label)]
  const before = trimmed(line.slice(0, marks[0]?.index ?? line.length))
  if (before !== '') found.conditions = before
  for (const [i, mark] of marks.entries()) {
    const part = partOf(mark[1] ?? '')
    const text = trimmed(line.slice(mark.index + mark[0].length, marks[i + 1]?.index ?? line.length))
    if (found[part] !== undefined)
      return {
        problem: `“${part}:” is there twice. Say it once; what stands before the first word of these counts as conditions.`,
      }
    if (text === '') return { problem: `“${part}:” has nothing after it. Write something, or leave it out.` }
    found[part] = text
  }
  const { conditions = '', actions = '', needs = '', next } = found
  if (conditions === '' && actions === '' && needs === '')
    return { problem: 'An update says something: conditions:, actions: or needs:.' }
  if (next === undefined) return { conditions, actions, needs }
  if (/^(none|never|no)$/i.test(next)) return { conditions, actions, needs, next: null }
  const span = spanOf(next.replace(/^in\s+/i, ''))
  if (span === null || span < minute || span > 7 * 24 * 60 * minute)
    return { problem: `“next: ${next}” is not a time from 1m to 7d. Write next: 30m, next: 2h or next: none.` }
  return { conditions, actions, needs, next: span }
}

function partOf(word: string): Part {
  const small = word.toLowerCase()
  return parts.find((part) => part === small || part === `${small}s`) ?? 'conditions'
}

function trimmed(text: string): string {
  return text.replace(/^[\s;,|]+|[\s;,|]+$/g, '')
}
