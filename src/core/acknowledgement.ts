// An acknowledgement is a lease: whoever has an incident is asked now and then whether that is still so. Who fell asleep
// over it is paged again, and then the policy goes on from where it stood.
import type { Acknowledged, Incident, Lease, Step } from './incident.ts'
import { waitBefore } from './policy.ts'
import type { Severity } from './severity.ts'
import { pagingTime } from './terms.ts'
import { entry } from './timeline.ts'

const minute = 60_000

/** Milliseconds an acknowledgement holds when nothing else is said. Null: until the end. */
export const usualLease: Record<Severity, number | null> = { P1: 30 * minute, P2: 120 * minute, P3: null, P4: null }

/** The lease of whoever acknowledges or renews at `now`. It is asked for, and ends, when this incident may page. */
export function leaseFrom(incident: Pick<Incident, 'terms' | 'severity'>, now: Date): Lease | null {
  const { paging, ackLease } = incident.terms.severities[incident.severity]
  const length = ackLease === undefined ? usualLease[incident.severity] : ackLease
  if (length === null || paging === 'never') return null
  const lead = leadOf(length)
  const askAt = pagingTime(incident, new Date(now.getTime() + length - lead))
  return { askAt, until: new Date(askAt.getTime() + lead) }
}

/** Milliseconds between the question and the end: a sixth, at least two minutes, at most half. */
function leadOf(length: number): number {
  return Math.min(Math.max(length / 6, 2 * minute), length / 2)
}

/** When the lease next needs a decision. Nobody is asked about what is about to end by itself. */
export function leaseDueAt(incident: Incident): Date | null {
  if (incident.status !== 'acknowledged' || incident.lease === null || incident.quietUntil !== null) return null
  return incident.lease.askAt ?? incident.lease.until
}

/** Whatever its holder does to an incident shows that they still have it. Anybody else's deeds say nothing about that. */
export function renewedBy(incident: Incident, by: string | null, now: Date): Incident {
  if (incident.status !== 'acknowledged' || incident.acknowledgedBy !== by || incident.lease === null) return incident
  return { ...incident, lease: leaseFrom(incident, now) }
}

/** Its holder says so. Pressed twice, it is said once. Null: there is nothing to renew. */
export function renew(incident: Acknowledged, now: Date): Step | null {
  const renewed = leaseFrom(incident, now)
  if (incident.lease === null || renewed === null) return null
  const gained = renewed.until.getTime() - incident.lease.until.getTime()
  const isNews = incident.lease.askAt === null || gained >= minute
  const fact = { kind: 'acknowledgement_renewed', until: renewed.until.toISOString() } as const
  return {
    incident: { ...incident, lease: renewed },
    clocks: [],
    entries: isNews ? [entry(fact, now, incident.acknowledgedBy)] : [],
  }
}

/** The holder is asked, directly where they are `reachable`. However late that is, they have the same time to answer. */
export function askHolder(incident: Acknowledged, lease: Lease, reachable: boolean, now: Date): Step {
  const lead = lease.askAt === null ? 0 : lease.until.getTime() - lease.askAt.getTime()
  const until = new Date(Math.max(lease.until.getTime(), now.getTime() + lead))
  const fact = {
    kind: 'acknowledgement_questioned',
    holder: incident.acknowledgedBy,
    until: until.toISOString(),
    ...(!reachable && { unpaged: true as const }),
  } as const
  return { incident: { ...incident, lease: { until, askAt: null } }, clocks: [], entries: [entry(fact, now)] }
}

/** Whoever has quiet hours for this is asked, or loses it, after them: nobody is asked what they cannot hear. */
export function sleepOver(incident: Acknowledged, lease: Lease, until: Date, told: { time: string; now: Date }): Step {
  const lead = lease.askAt === null ? 0 : lease.until.getTime() - lease.askAt.getTime()
  const later: Lease = { askAt: lease.askAt && until, until: new Date(until.getTime() + lead) }
  const about = { holder: incident.acknowledgedBy, until: until.toISOString(), time: told.time }
  const entries = [entry({ kind: 'question_postponed', ...about }, told.now)]
  return { incident: { ...incident, lease: later }, clocks: [], entries }
}

/**
 * Nobody said that they still have it: it is open again, its holder is paged (`reachable`) and has the time of the step
 * that paged last; then the policy goes on, never from the start.
 */
export function lapse({ lease: _, help: __, ...held }: Acknowledged, reachable: boolean, now: Date): Step {
  const { acknowledgedAt: ___, acknowledgedBy: holder, ...rest } = held
  const { policy } = rest.terms.severities[rest.severity]
  const standing = rest.position
  const wait = (rung: Parameters<typeof waitBefore>[1]) => (reachable ? waitBefore(policy, rung) : 0)
  const position =
    standing === null || standing.at === 'rest'
      ? standing
      : { ...standing, dueAt: new Date(now.getTime() + wait(standing)), ...(reachable && { takenAt: now }) }
  const fact = { kind: 'acknowledgement_lapsed', holder, paged: reachable } as const
  return { incident: { ...rest, status: 'open', position }, clocks: [], entries: [entry(fact, now)] }
}
