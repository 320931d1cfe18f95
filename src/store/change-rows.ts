// What is decided about incidents, as the rows that the statements of the writer read.
import type { Change } from '../core/change.ts'
import type { Incident } from '../core/incident.ts'
import { type Job, jobKey, queueName, type Timing, taskName } from '../core/job.ts'
import { urgency, urgencyOfCall } from '../core/severity.ts'
import { rerouteAt } from '../core/terms.ts'
import { loud, sentence } from '../core/timeline.ts'
import type { BornDelivery } from './deliveries.ts'
import type { Expected } from './expected.ts'
import type { BornPage } from './pages.ts'

export type Writing = {
  now: Date
  /** Platforms whose rooms hear of it. */
  platforms: string[]
  nameOf: (person: string) => string
  /** What this process begins by itself. */
  born?: Born
  /** What is known of rooms that wait; only outside a transaction: a statement that relies on it may have to be followed by another. */
  expected?: Expected
  /** Those who only watch hear of it later, by whoever writes: see `announceQuietly`. */
  quietLater?: boolean
}

/**
 * What a process that writes new incidents is to begin as soon as that is committed, claimed in its name: their rooms, their
 * pages, and the messages that are so written down as perhaps posted.
 */
export type Born = { rooms: BornDelivery[]; pages: BornPage[]; messages: { platform: string; key: string }[] }

export const nothingBorn: Born = { rooms: [], pages: [], messages: [] }

/** By incident: the version of its row that a decision was made on. */
export type Versions = ReadonlyMap<number, string>

/**
 * What a decision took for granted without asking: that these incidents are still what they were, and that nobody has ever
 * heard of these alerts.
 */
export type Granted = { seen: Versions; unheard: { source: string; fingerprint: string }[] }

export const nothingGranted: Granted = { seen: new Map(), unheard: [] }

/** What is not said is null, and the less is said, the less has to be read: thousands of these fall due in one second. */
export function incidentRow({ incident, isNew, dueAt, tellAt, entries }: Change, seen: Versions) {
  const { number, status, severity, title, lead, position } = incident
  return {
    number,
    isNew,
    status,
    severity,
    title,
    position,
    lead: lead ?? undefined,
    ...(isNew && openingColumns(incident)),
    ...(incident.status !== 'open' && answerColumns(incident)),
    quiet_until: incident.quietUntil ?? undefined,
    due_at: dueAt,
    tell_at: tellAt ?? undefined,
    urgency: entries.some(({ fact }) => loud.includes(fact.kind)) ? urgencyOfCall : urgency[severity],
    seen: seen.get(number),
  }
}

/** Frozen at the opening, and by far the largest: never written again. */
function openingColumns({ service, groupingKey, openedAt, trace, terms }: Incident) {
  return { service, grouping_key: groupingKey, opened_at: openedAt, trace, terms }
}

function answerColumns(incident: Exclude<Incident, { status: 'open' }>) {
  const isResolved = incident.status === 'resolved'
  const { lease, help } = isResolved ? { lease: null, help: null } : incident
  return {
    acknowledged_at: incident.acknowledgedAt,
    acknowledged_by: incident.acknowledgedBy,
    ...(isResolved && { resolved_at: incident.resolvedAt, resolved_by: incident.resolvedBy }),
    ...(lease && { lease_until: lease.until, lease_ask_at: lease.askAt }),
    ...(help && { help_clock: help.clock, help_due_at: help.dueAt }),
  }
}

export function alertRows({ incident, alerts }: Change) {
  return alerts.map((alert) => ({
    incident: incident.number,
    source: alert.source,
    fingerprint: alert.fingerprint,
    status: alert.status,
    labels: alert.labels,
    annotations: alert.annotations,
    starts_at: alert.startsAt.toISOString(),
    ends_at: alert.endsAt,
    generator_url: alert.generatorUrl,
  }))
}

export function clockRows({ incident, clocks }: Change) {
  return clocks.map((clock) => ({
    incident: incident.number,
    name: clock.name,
    until: clock.until,
    started_at: clock.startedAt.toISOString(),
    due_at: clock.dueAt.toISOString(),
    status: clock.status,
    mark: clock.mark,
    stopped_at: clock.stoppedAt,
  }))
}

export function entryRows({ incident, entries }: Change, { nameOf }: Writing) {
  return entries.map(({ at, by, fact }) => ({
    incident: incident.number,
    // Thousands of them: as a Date, each would take as long as all the rest of its row.
    at: at.toISOString(),
    by,
    fact,
    kind: fact.kind,
    text: sentence(fact, by, nameOf),
  }))
}

export function pageRows({ incident, pages }: Change, { pages: born }: Born) {
  return pages.map(({ key, person, channel, step, round, dueAt }) => ({
    ...{ key, incident: incident.number, person, channel, step, round },
    holder: born.find((one) => one.key === key)?.holder ?? null,
    due_at: dueAt,
    urgency: urgency[incident.severity],
    reroute_at: rerouteAt(incident.terms.severities[incident.severity], incident.severity, dueAt),
  }))
}

export function runbookRows({ incident, runbook }: Change) {
  return runbook.map(({ title, body }, index) => ({ incident: incident.number, step: index + 1, title, body }))
}

export function jobRow(job: Job & Timing, now: Date) {
  const { delay = 0, ...payload } = job
  const run_at = delay > 0 ? new Date(now.getTime() + delay) : null
  return { task: taskName(job), payload, run_at, key: jobKey(job), queue: queueName(job) }
}

/** Rows of one statement must not name the same row twice: the last word counts. */
export function latest<T>(rows: T[], key: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}

/** Milliseconds: what falls due within them is announced, for the loops to wake. They look by themselves twice as often. */
const soon = 2_000

/** Numbers in one announcement: Postgres takes 8,000 bytes. */
const atOnce = 500

/** Whom a change is to wake, as the announcement says it: ` told paged due`, or nothing. */
function callsOf({ incident, tellAt, dueAt, pages }: Change, { born = nothingBorn, now, platforms }: Writing): string {
  const isNow = (at: Date | null, ahead = 0) => at !== null && at.getTime() <= now.getTime() + ahead
  // Who begins it knows already.
  const isNews = born.rooms.filter((one) => one.incident === incident.number).length < platforms.length
  const isCalled = pages.some(({ key, dueAt }) => isNow(dueAt) && !born.pages.some((one) => one.key === key))
  const told = isNow(tellAt) && isNews ? ' told' : ''
  return told + (isCalled ? ' paged' : '') + (isNow(dueAt, soon) ? ' due' : '')
}

/** Incidents of which there is nothing to wake anybody for: only those who watch them are to hear. */
export function quietOnes(changes: Change[], writing: Writing): number[] {
  return changes.filter((change) => callsOf(change, writing) === '').map(({ incident }) => incident.number)
}

/** What is announced on the channel `tocsin_changed` with the changes: `12,13 told paged due`, or what `listed` says. */
export function announcements(changes: Change[], writing: Writing): string[] {
  const called = new Map<string, number[]>()
  for (const change of changes) {
    const words = callsOf(change, writing)
    const numbers = called.get(words) ?? []
    called.set(words, numbers)
    numbers.push(change.incident.number)
  }
  if (writing.quietLater) called.delete('')
  return [...called].flatMap(([words, numbers]) => listed(numbers).map((some) => `${some}${words}`))
}

/**
 * Incidents in announcements: `12,13,14`, which wakes nobody. The version before reads the first number of these, and looks at
 * the others with its next poll.
 */
export function listed(incidents: number[]): string[] {
  const said: string[] = []
  for (let i = 0; i < incidents.length; i += atOnce) said.push(incidents.slice(i, i + atOnce).join(','))
  return said
}
