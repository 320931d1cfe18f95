// Whether somebody still has an incident: its holder is asked in time, and paged again when they do not say so.
import type { Rules } from '../bot.ts'
import { askHolder, lapse, leaseDueAt, sleepOver } from '../core/acknowledgement.ts'
import type { Draft } from '../core/change.ts'
import type { PageKind } from '../core/page.ts'
import { secondsSince } from './paging.ts'
import { callOn, dayAndTime, put, quietEnd } from './ways.ts'

/** Asks the holder, or ends the acknowledgement, when that is due. It never ends without having been asked about. */
export function keepHold(bot: Rules, draft: Draft, now: Date): void {
  const { incident } = draft
  const dueAt = leaseDueAt(incident)
  if (incident.status !== 'acknowledged' || incident.lease === null || dueAt === null || dueAt > now) return
  const { acknowledgedBy: holder, lease } = incident
  // Whoever is not in the configuration can only be asked in the room.
  const reachable = bot.config.people[holder] !== undefined
  const page = (kind: PageKind) => {
    const place = { kind, round: incident.position?.round ?? 0, step: secondsSince(incident, now) }
    if (reachable) put(draft, callOn(bot, incident, place, holder, { now }), now)
  }
  const quiet = quietEnd(bot, holder, incident.severity, now)
  if (quiet !== null) {
    draft.apply(sleepOver(incident, lease, quiet, { time: dayAndTime(quiet, incident.terms.zone), now }))
    return
  }
  if (lease.askAt !== null) {
    draft.apply(askHolder(incident, lease, reachable, now))
    page('a')
    return
  }
  draft.apply(lapse(incident, reachable, now))
  page('r')
}
