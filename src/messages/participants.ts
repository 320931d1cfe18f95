// Who took part in an incident and how, read off the timeline.
import type { Entry, Fact } from '../core/timeline.ts'

type Part =
  | 'opened'
  | 'acknowledged'
  | 'led'
  | 'noted'
  | 'worked the runbook'
  | 'escalated'
  | 'paged others'
  | 'changed the severity'
  | 'gave updates'
  | 'silenced alerts'
  | `was ${string}`
  | 'resolved'

export type Participant = { person: string; parts: { part: Part; ids: number[] }[] }

/** In the order they appeared. The bot itself took no part: it only kept the record. */
export function participants(timeline: Entry[]): Participant[] {
  const found = new Map<string, Map<Part, number[]>>()
  for (const { id, by, fact } of timeline) {
    for (const [person, part] of partsIn(fact, by)) {
      const parts = found.get(person) ?? new Map<Part, number[]>()
      parts.set(part, [...(parts.get(part) ?? []), id])
      found.set(person, parts)
    }
  }
  return [...found].map(([person, parts]) => ({ person, parts: [...parts].map(([part, ids]) => ({ part, ids })) }))
}

function partsIn(fact: Fact, by: string | null): [string, Part][] {
  if (fact.kind === 'page_sent') return [[fact.person, 'was paged']]
  if (fact.kind === 'lead_taken') return [[fact.lead, 'led']]
  if (fact.kind === 'role_given') return [[fact.person, `was ${fact.role}`]]
  const part = partOf(fact)
  return part === null || by === null ? [] : [[by, part]]
}

/** Null: what the bot does by itself. */
function partOf(fact: Fact): Part | null {
  switch (fact.kind) {
    case 'incident_opened':
      return 'opened'
    case 'incident_acknowledged':
    case 'acknowledgement_taken_over':
      return 'acknowledged'
    case 'incident_escalated':
      return 'escalated'
    case 'incident_resolved':
      return 'resolved'
    case 'severity_changed':
      return 'changed the severity'
    case 'note_added':
      return 'noted'
    case 'update_given':
      return 'gave updates'
    case 'alerts_silenced':
      return 'silenced alerts'
    case 'people_paged':
      return 'paged others'
    case 'runbook_chosen':
    case 'runbook_step_done':
    case 'runbook_step_skipped':
    case 'runbook_step_reopened':
    case 'runbook_step_assigned':
    case 'runbook_step_noted':
    case 'runbook_timer_started':
    case 'runbook_query_ran':
      return 'worked the runbook'
    default:
      return null
  }
}
