// The incident and its state machine. Pure: a state, an event and the time in; the next state or a refusal out.
import { leaseFrom, renew, renewedBy } from './acknowledgement.ts'
import type { SeverityReason } from './classify.ts'
import { type ClockTerm, type ResponseClock, startClock, stopClocks } from './clocks.ts'
import { type Position, type Rung, startPolicy } from './policy.ts'
import { type Severity, urgency } from './severity.ts'
import type { StatusUpdate } from './status-update.ts'
import { pagingTime, type Terms } from './terms.ts'
import { entry, type NewEntry } from './timeline.ts'

export { pagingTime } from './terms.ts'

type Always = {
  number: number
  /** Alerts of the same key join while it is not resolved. Null for an incident a person opened. */
  groupingKey: string | null
  title: string
  service: string
  severity: Severity
  openedAt: Date
  lead: string | null
  /** Correlation id: from the alert's delivery to every page. */
  trace: string
  terms: Terms
  /** Where the policy stands; it moves only while the incident is open. Null: it has never paged anybody. */
  position: Position | null
  /** All alerts are clear; resolves itself at this instant. */
  quietUntil: Date | null
}

/**
 * - `open`: nobody has it; the policy pages.
 * - `acknowledged`: somebody has it; the policy rests where it was.
 * - `resolved`: over. A new alert of its key reopens it for a while, and opens another one later.
 */
export type Incident =
  | (Always & { status: 'open' })
  | (Always & {
      status: 'acknowledged'
      acknowledgedAt: Date
      acknowledgedBy: string
      lease: Lease | null
      /** A clock ran out while somebody has it: the next step's people are paged to help. */
      help: { clock: string; dueAt: Date } | null
    })
  | (Always & {
      status: 'resolved'
      acknowledgedAt: Date | null
      acknowledgedBy: string | null
      resolvedAt: Date
      resolvedBy: string | null
    })

export type Acknowledged = Extract<Incident, { status: 'acknowledged' }>

/** How long an acknowledgement holds. Null in its place: until the end. */
export type Lease = {
  /** Then the incident is open again, unless its holder renewed. */
  until: Date
  /** When the holder is asked; null: asked already. */
  askAt: Date | null
}

export type Status = Incident['status']

/** An incident with its clocks: all that a decision looks at. */
export type Situation = { incident: Incident; clocks: ResponseClock[] }

export type Event =
  /** `takeOver`: also from somebody who has it. `seen`: only from that person, whom the button named. */
  | { kind: 'acknowledge'; by: string; takeOver?: { seen: string | null } }
  /** `seen`: the place (see `placeOf`) the person was looking at; a late press must not skip a step twice. */
  | { kind: 'escalate'; by: string; seen: string | null }
  | { kind: 'resolve'; by: string | null; stillFiring: number }
  /** By an alert that fires, or by a person who takes the end back. */
  | { kind: 'reopen'; by: null; alert: string }
  | { kind: 'reopen'; by: string; alert: null }
  | { kind: 'change severity'; by: string | null; to: Severity; because: string; reason?: SeverityReason }
  | { kind: 'take lead'; by: string; lead: string }
  | { kind: 'note'; by: string; note: string }
  | { kind: 'give role'; by: string; role: string; person: string }
  | { kind: 'update'; by: string; update: StatusUpdate & { next: number | null } }

/** Clocks are those that changed or began. */
export type Step = { incident: Incident; clocks: ResponseClock[]; entries: NewEntry[] }

/** Not an error: two people pressing Acknowledge is a normal evening. */
export type Refusal = {
  refused: 'already acknowledged' | 'already resolved' | 'not resolved' | 'already there' | 'moved on'
  by: string | null
  /** Whoever is refused had been called to help: that call is answered. */
  answered?: true
}

/** What an event makes of an incident, with the clocks it touched and what is told; or why it is refused, as a value. */
export function transition(situation: Situation, event: Event, now: Date): Step | Refusal {
  const step = decide(situation, event, now)
  if ('refused' in step) return step
  return { ...step, incident: renewedBy(step.incident, event.by, now) }
}

function decide(situation: Situation, event: Event, now: Date): Step | Refusal {
  const { incident } = situation
  switch (event.kind) {
    case 'acknowledge':
      return acknowledge(situation, event, now)
    case 'escalate':
      return escalate(situation, event, now)
    case 'resolve':
      return resolve(situation, event, now)
    case 'reopen':
      if (incident.status !== 'resolved') return { refused: 'not resolved', by: null }
      return reopen(incident, situation.clocks, event, now)
    case 'change severity':
      return changeSeverity(situation, event, now)
    case 'take lead':
      if (incident.lead === event.lead) return { refused: 'already there', by: event.lead }
      return {
        incident: { ...incident, lead: event.lead },
        clocks: [],
        entries: [entry({ kind: 'lead_taken', lead: event.lead }, now, event.by)],
      }
    case 'note':
      return {
        incident,
        clocks: stopClocks(situation.clocks, 'noted', now),
        entries: [entry({ kind: 'note_added', note: event.note }, now, event.by)],
      }
    case 'give role': {
      const { by, role, person } = event
      return { incident, clocks: [], entries: [entry({ kind: 'role_given', role, person }, now, by)] }
    }
    case 'update':
      return update(situation, event, now)
    default:
      return event satisfies never
  }
}

/** It says at least as much as a note, and stops the same clock. */
function update(
  { incident, clocks }: Situation,
  { by, update: said }: Extract<Event, { kind: 'update' }>,
  now: Date,
): Step {
  const { next, conditions, actions, needs } = said
  const promised =
    next === null
      ? { next: null, minutes: null }
      : { next: new Date(now.getTime() + next).toISOString(), minutes: Math.round(next / 60_000) }
  const fact = { kind: 'update_given', conditions, actions, needs, ...promised } as const
  return { incident, clocks: stopClocks(clocks, 'noted', now), entries: [entry(fact, now, by)] }
}

/** The start of an incident that is being opened: its policy and its clocks. */
export function begin(incident: Incident, now: Date): { position: Position | null; clocks: ResponseClock[] } {
  const terms = incident.terms.severities[incident.severity]
  const position = terms.paging === 'never' ? rest(incident) : startAgain(incident, pagingTime(incident, now))
  const clocks = terms.clocks.filter((c) => c.from === 'opened').map((c) => startClock(c, incident.terms.hours, now))
  return { position, clocks }
}

function rest({ position }: Incident): Position | null {
  return position && { at: 'rest', round: position.round, dueAt: null }
}

/** The policy from its first step, in a round that was never used: a page of an old one would be taken for sent. */
function startAgain({ terms, severity, position }: Incident, dueAt: Date): Rung {
  return startPolicy(terms.severities[severity].policy, position?.round ?? 0, dueAt)
}

/**
 * When the policy's next step is due. It holds its breath while all alerts are clear: nobody is woken for what is about to
 * end by itself, and when one fires again a step that came due meanwhile is taken at once.
 */
export function stepDueAt({ status, position, quietUntil }: Incident): Date | null {
  return status === 'open' && quietUntil === null ? (position?.dueAt ?? null) : null
}

/** Names a place in the policy, for a button to carry. */
export function placeOf(position: Position | null): string {
  if (position === null || position.at === 'rest') return 'none'
  return position.at === 'step' ? `${position.round}.${position.step}` : `last.${position.times}`
}

function acknowledge(
  { incident, clocks }: Situation,
  { by, takeOver }: Extract<Event, { kind: 'acknowledge' }>,
  now: Date,
): Step | Refusal {
  if (incident.status === 'resolved') return { refused: 'already resolved', by: incident.resolvedBy }
  const lease = leaseFrom(incident, now)
  if (incident.status === 'open')
    return {
      incident: { ...incident, status: 'acknowledged', acknowledgedAt: now, acknowledgedBy: by, lease, help: null },
      clocks: stopClocks(clocks, 'acknowledged', now),
      entries: [entry({ kind: 'incident_acknowledged' }, now, by)],
    }
  const holder = incident.acknowledgedBy
  const refusal: Refusal = { refused: 'already acknowledged', by: holder }
  if (holder === by) return renew(incident, now) ?? refusal
  if (takeOver === undefined || (takeOver.seen !== null && takeOver.seen !== holder)) return refusal
  return {
    incident: { ...incident, acknowledgedBy: by, lease },
    clocks: [],
    entries: [entry({ kind: 'acknowledgement_taken_over', from: holder }, now, by)],
  }
}

function escalate({ incident }: Situation, event: Extract<Event, { kind: 'escalate' }>, now: Date): Step | Refusal {
  if (incident.status === 'resolved') return { refused: 'already resolved', by: incident.resolvedBy }
  if (event.seen !== null && (event.seen !== placeOf(incident.position) || isBeingTaken(incident, now)))
    return { refused: 'moved on', by: null }
  const standing = incident.position
  const resting = standing === null || standing.at === 'rest'
  const position = { ...(resting ? startAgain(incident, now) : { ...standing, dueAt: now }), byHand: true }
  const wasAcknowledgedBy = incident.status === 'acknowledged' ? incident.acknowledgedBy : null
  return {
    // Somebody wants people on it: it no longer ends by itself.
    incident: { ...withoutAnswer(incident), status: 'open', position, quietUntil: null },
    clocks: [],
    entries: [entry({ kind: 'incident_escalated', wasAcknowledgedBy }, now, event.by)],
  }
}

/** Milliseconds in which a step that was asked for is as good as taken. */
const soonTaken = 5_000

/** Somebody pressed just before: their step is about to be taken. One that still stands here later is stuck, and may be asked for again. */
function isBeingTaken({ status, position }: Incident, now: Date): boolean {
  if (status !== 'open' || !position?.byHand || position.dueAt === null) return false
  const waited = now.getTime() - position.dueAt.getTime()
  return waited >= 0 && waited < soonTaken
}

function resolve(
  { incident, clocks }: Situation,
  event: Extract<Event, { kind: 'resolve' }>,
  now: Date,
): Step | Refusal {
  if (incident.status === 'resolved') return { refused: 'already resolved', by: incident.resolvedBy }
  const answered = incident.status === 'acknowledged' ? incident : { acknowledgedAt: null, acknowledgedBy: null }
  // What was fixed before anybody answered needs no answer any more: every clock of the response ends here.
  const ended = (['acknowledged', 'noted', 'resolved'] as const).flatMap((stop) => stopClocks(clocks, stop, now))
  const begun = incident.terms.severities[incident.severity].clocks
    .filter((c) => c.from === 'resolved')
    .map((c) => startClock(c, incident.terms.hours, now))
  return {
    incident: {
      ...withoutAnswer(incident),
      status: 'resolved',
      acknowledgedAt: answered.acknowledgedAt,
      acknowledgedBy: answered.acknowledgedBy,
      resolvedAt: now,
      resolvedBy: event.by,
      quietUntil: null,
    },
    clocks: [...ended, ...begun],
    entries: [
      entry(
        { kind: 'incident_resolved', because: event.by === null ? 'quiet' : 'person', stillFiring: event.stillFiring },
        now,
        event.by,
      ),
    ],
  }
}

function reopen(
  incident: Extract<Incident, { status: 'resolved' }>,
  clocks: ResponseClock[],
  { by, alert }: Extract<Event, { kind: 'reopen' }>,
  now: Date,
): Step {
  const open: Incident = { ...withoutAnswer(incident), status: 'open', quietUntil: null }
  const { position, clocks: begun } = begin(open, now)
  const again: Situation = { incident: { ...open, position }, clocks: begun }
  const told = entry({ kind: 'incident_reopened', alert }, now, by)
  // Whoever had it is there and has it again: nobody is woken for a wrong press.
  const kept =
    by !== null && by === incident.acknowledgedBy ? acknowledge(again, { kind: 'acknowledge', by }, now) : null
  const answered: Step | null = kept === null || 'refused' in kept ? null : kept
  // An answer that was given is not measured anew.
  const measured = answered === null ? begun : begun.filter((c) => c.until !== 'acknowledged')
  return {
    incident: answered?.incident ?? again.incident,
    // What the end had started, a write-up, nobody can do now; the next end starts it anew.
    clocks: [...cancelled(clocks), ...measured],
    entries: [told, ...(answered?.entries ?? [])],
  }
}

function changeSeverity(
  { incident, clocks }: Situation,
  event: Extract<Event, { kind: 'change severity' }>,
  now: Date,
): Step | Refusal {
  if (incident.status === 'resolved') return { refused: 'already resolved', by: incident.resolvedBy }
  if (incident.severity === event.to) return { refused: 'already there', by: null }
  // A raise that no person made needs a new answer: whoever acknowledged a P2 has not heard of the P1.
  const changed: Incident =
    event.by === null
      ? { ...withoutAnswer(incident), severity: event.to, status: 'open' }
      : underNewTerms({ ...incident, severity: event.to }, now)
  const begun = incident.terms.severities[event.to].clocks
    .filter((c) => c.from === 'opened' && !(changed.status === 'acknowledged' && c.until === 'acknowledged'))
    .map((c) => promise({ incident, clocks }, event, c, now))
    .filter((begun) => !clocks.some((clock) => isSettled(clock, begun)))
  const fact = { kind: 'severity_changed', from: incident.severity, to: event.to, because: event.because } as const
  const why = event.reason === undefined ? {} : { reason: event.reason }
  return {
    incident: { ...changed, position: begin(changed, now).position },
    clocks: [...cancelled(clocks), ...begun],
    entries: [entry({ ...fact, ...why }, now, event.by)],
  }
}

/** Whoever has it keeps it, for as long as the new severity lets them. */
function underNewTerms(incident: Incident, now: Date): Incident {
  return incident.status === 'acknowledged' ? { ...incident, lease: leaseFrom(incident, now), help: null } : incident
}

/**
 * A new severity's clock counts from the opening, or from the last time it was opened again: changing the word does not buy
 * time. But an answer that is wanted sooner than before is wanted from now on, or a P3 of last night would be a P1 that
 * broke its promise before it was one. What is broken stays so, and a person who takes a word back has its old time.
 */
function promise(
  { incident, clocks }: Situation,
  { to, by }: Extract<Event, { kind: 'change severity' }>,
  term: ClockTerm,
  now: Date,
): ResponseClock {
  const { hours } = incident.terms
  const since = latestStart(incident, clocks)
  const first = startClock(term, hours, since)
  const namesakes = clocks.filter(({ name, startedAt }) => name === term.name && startedAt >= since)
  const isAsBefore = (one: ResponseClock) => by !== null && one.dueAt.getTime() === first.dueAt.getTime()
  const isBound = namesakes.some((one) => one.status === 'breached' || isAsBefore(one))
  if (term.until !== 'acknowledged' || urgency[to] < urgency[incident.severity] || isBound) return first
  const fresh = startClock(term, hours, now)
  const running = namesakes.find(({ status }) => status === 'running')
  return running !== undefined && running.dueAt < fresh.dueAt ? { ...fresh, dueAt: running.dueAt } : fresh
}

/**
 * The same promise has its verdict already: a severity that goes to and fro neither takes it back nor tells it again. Only an
 * answer that was in time may be wanted anew.
 */
function isSettled(clock: ResponseClock, begun: ResponseClock): boolean {
  const isSame = clock.name === begun.name && clock.dueAt.getTime() === begun.dueAt.getTime()
  return isSame && (clock.status === 'breached' || (clock.status === 'met' && clock.until !== 'acknowledged'))
}

/** When the response last began. A reopened incident's clocks began anew; without any, it is the opening. */
function latestStart({ openedAt }: Incident, clocks: ResponseClock[]): Date {
  const starts = clocks.filter((c) => c.until !== 'published').map((c) => c.startedAt.getTime())
  return new Date(Math.max(openedAt.getTime(), ...starts))
}

/** Those that still run, ended without a verdict. */
function cancelled(clocks: ResponseClock[]): ResponseClock[] {
  return clocks
    .filter((c) => c.stoppedAt === null && c.status === 'running')
    .map((c) => ({ ...c, status: 'cancelled' as const }))
}

/** The incident without what only some statuses hold. */
function withoutAnswer(incident: Incident): Always {
  const { number, groupingKey, title, service, severity, openedAt, lead, trace, terms, position, quietUntil } = incident
  return { number, groupingKey, title, service, severity, openedAt, lead, trace, terms, position, quietUntil }
}
