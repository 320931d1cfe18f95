// What follows from a decision: when its rooms hear of it, and the charts and drafts that are to be made.
import type { Bot } from '../bot.ts'
import type { Change, Draft } from '../core/change.ts'
import type { Fact } from '../core/timeline.ts'

/** Milliseconds in which alerts that join or clear are gathered for one edit of the card. */
export const gathering = 1_000

/** What nobody waits to see on the card. */
const unhurried: readonly Fact['kind'][] = ['alert_fired', 'alert_cleared', 'page_sent', 'room_opened']

/** Completes a draft with what its entries call for. Null: there was nothing to decide. */
export function withEffects(bot: Pick<Bot, 'clock'>, draft: Draft): Change | null {
  const change = draft.change()
  if (change === null) return null
  const incident = change.incident.number
  const happened = (...kinds: Fact['kind'][]) => change.entries.some((e) => kinds.includes(e.fact.kind))
  const { presence } = change.incident.terms.severities[change.incident.severity]
  // One that has no room now may have had one before; nobody counts its alerts any more.
  if (presence !== 'none' || (!change.isNew && !isBookkeeping(change)))
    change.tellAt = new Date(bot.clock.now().getTime() + (isBookkeeping(change) ? gathering : 0))
  if (presence === 'room') {
    if (happened('incident_opened', 'incident_reopened'))
      change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'opened' })
    if (happened('incident_resolved')) {
      change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'resolved' })
      change.jobs.push({ task: 'draft_postmortem', platform: null, incident })
    }
  }
  return change
}

function isBookkeeping({ entries }: Change): boolean {
  return entries.every(({ fact }) => unhurried.includes(fact.kind))
}
