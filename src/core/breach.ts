// What a clock that runs out sets in motion. While nobody has the incident, the policy goes on at once; while somebody has
// it, others are called to help, and it stays theirs.
import { breachOf, type ResponseClock } from './clocks.ts'
import type { Incident } from './incident.ts'
import { pagingTime } from './terms.ts'
import type { BreachEffect } from './timeline.ts'

/** Milliseconds: who was paged less than this ago was paged because of this, too. */
const justNow = 60_000

/** The incident after `clock` ran out at `now`, and what that leads to; null: nothing but the telling. */
export function afterBreach(
  incident: Incident,
  clock: ResponseClock,
  now: Date,
): { incident: Incident; effect: BreachEffect | null } {
  const { position } = incident
  const term = incident.terms.severities[incident.severity].clocks.find(({ name }) => name === clock.name) ?? clock
  const nothing = { incident, effect: null }
  if (breachOf(term) === 'tell' || position === null || position.at === 'rest') return nothing
  const opening = pagingTime(incident, now)
  // Nobody is woken for what is about to end by itself; what falls due meanwhile is done when an alert comes back.
  const told = (effect: BreachEffect) => (incident.quietUntil !== null ? null : opening > now ? 'opening' : effect)
  switch (incident.status) {
    case 'open': {
      const isPaged = position.takenAt !== undefined && now.getTime() - position.takenAt.getTime() < justNow
      if (isPaged) return nothing
      const dueAt = position.dueAt < now ? position.dueAt : now
      return { incident: { ...incident, position: { ...position, dueAt } }, effect: told('next step') }
    }
    case 'acknowledged':
      return { incident: { ...incident, help: { clock: clock.name, dueAt: now } }, effect: told('help') }
    case 'resolved':
      return nothing
    default:
      return incident satisfies never
  }
}

/** When help is to be called. Like the policy's steps it waits while all alerts are clear. */
export function helpDueAt(incident: Incident): Date | null {
  return incident.status === 'acknowledged' && incident.quietUntil === null ? (incident.help?.dueAt ?? null) : null
}
