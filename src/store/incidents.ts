// Incidents as rows: reading them, locked or not. `changes.ts` is the only writer.
import type { ResponseClock } from '../core/clocks.ts'
import type { Incident, Lease, Situation } from '../core/incident.ts'
import type { Position } from '../core/policy.ts'
import type { Severity } from '../core/severity.ts'
import type { Terms } from '../core/terms.ts'
import type { Queryable } from './db.ts'
import { termsOf } from './terms.ts'

/** A row of `incidents`. */
export type IncidentRow = {
  number: number
  status: Incident['status']
  severity: Severity
  service: string
  title: string
  grouping_key: string | null
  opened_at: Date
  acknowledged_at: Date | null
  acknowledged_by: string | null
  resolved_at: Date | null
  resolved_by: string | null
  lead: string | null
  trace: string
  terms: Terms
  position: (Omit<Position, 'dueAt'> & { dueAt: string | null; takenAt?: string }) | null
  quiet_until: Date | null
  lease_until: Date | null
  lease_ask_at: Date | null
  help_clock: string | null
  help_due_at: Date | null
}

/** All but `terms`, which is large and never changes. */
const stateColumns = `number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
  resolved_at, resolved_by, lead, trace, position, quiet_until, lease_until, lease_ask_at, help_clock, help_due_at`

/** With the key of its terms, for `termsOf`. */
export const promisedColumns = `${stateColumns}, terms_key`

/** What a decision reads; `version` changes with every write of the row. */
export const decisionColumns = `${promisedColumns}, xmin::text as version`

export type PromisedRow = Omit<IncidentRow, 'terms'> & { terms_key: string | null }
export type DecisionRow = PromisedRow & { version: string }

export function toIncident(row: IncidentRow): Incident {
  const always = {
    number: row.number,
    groupingKey: row.grouping_key,
    title: row.title,
    service: row.service,
    severity: row.severity,
    openedAt: row.opened_at,
    lead: row.lead,
    trace: row.trace,
    terms: row.terms,
    position: row.position && toPosition(row.position),
    quietUntil: row.quiet_until,
  }
  if (row.status === 'resolved' && row.resolved_at !== null) {
    const answer = { acknowledgedAt: row.acknowledged_at, acknowledgedBy: row.acknowledged_by }
    return { ...always, status: 'resolved', ...answer, resolvedAt: row.resolved_at, resolvedBy: row.resolved_by }
  }
  if (row.status === 'acknowledged' && row.acknowledged_at !== null && row.acknowledged_by !== null) {
    return {
      ...always,
      status: 'acknowledged',
      acknowledgedAt: row.acknowledged_at,
      acknowledgedBy: row.acknowledged_by,
      lease: toLease(row, row.acknowledged_at),
      help: row.help_clock !== null && row.help_due_at ? { clock: row.help_clock, dueAt: row.help_due_at } : null,
    }
  }
  return { ...always, status: 'open' }
}

/** One that ended before the answer was given is an earlier answer's, left behind by a version that knew of none. */
function toLease({ lease_until, lease_ask_at }: IncidentRow, acknowledgedAt: Date): Lease | null {
  return lease_until !== null && lease_until > acknowledgedAt ? { until: lease_until, askAt: lease_ask_at } : null
}

function toPosition(row: NonNullable<IncidentRow['position']>): Position {
  const { takenAt, ...position } = row
  return { ...position, dueAt: dateOf(row.dueAt), ...(takenAt && { takenAt: new Date(takenAt) }) } as Position
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

type ClockRow = {
  incident: number
  name: string
  until: ResponseClock['until']
  started_at: Date
  due_at: Date
  status: ResponseClock['status']
  mark: ResponseClock['mark']
  stopped_at: Date | null
}

export function toClock(row: Omit<ClockRow, 'incident'>): ResponseClock {
  const { name, until, status, mark } = row
  return { name, until, status, mark, startedAt: row.started_at, dueAt: row.due_at, stoppedAt: row.stopped_at }
}

export type Locked = Situation & { firing: number }

/** `version`: of the incident's row when it was read. Whoever writes names it, or holds the lock it was read under. */
export type Versioned = Locked & { version: string }

/** Which incident has a number now; null: none. */
export async function incidentNumbered(
  q: Queryable,
  number: number,
): Promise<{ openedAt: Date; title: string } | null> {
  const { rows } = await q.query<{ openedAt: Date; title: string }>({
    name: 'incident_numbered',
    text: 'select opened_at as "openedAt", title from incidents where number = $1',
    values: [number],
  })
  return rows[0] ?? null
}

/**
 * Locks one incident until the end of the transaction; null when there is none of that number. `no key`: rows that only
 * refer to the incident may be written meanwhile, or two of them would wait for each other.
 */
export async function lockIncident(q: Queryable, number: number): Promise<Versioned | null> {
  const { rows } = await q.query<DecisionRow>({
    name: 'lock_incident',
    text: `select ${decisionColumns} from incidents where number = $1 for no key update`,
    values: [number],
  })
  const [locked] = await withClocks(q, rows)
  return locked ?? null
}

/** Locks incidents by number, always in the same order: two replicas never wait for each other in a circle. */
export async function lockIncidents(q: Queryable, numbers: number[]): Promise<Versioned[]> {
  if (numbers.length === 0) return []
  const { rows } = await q.query<DecisionRow>({
    name: 'lock_incidents',
    text: `select ${decisionColumns} from incidents where number = any($1) order by number for no key update`,
    values: [numbers],
  })
  return withClocks(q, rows)
}

/** Locks up to `limit` incidents with something due at `now`, earliest first. Rows another replica holds are its own. */
export async function lockDueIncidents(q: Queryable, now: Date, limit: number): Promise<Versioned[]> {
  const { rows } = await q.query<DecisionRow>({
    name: 'lock_due',
    text: `select ${decisionColumns} from incidents where due_at <= $1 order by due_at limit $2 for no key update skip locked`,
    values: [now, limit],
  })
  return withClocks(q, rows, 'quiet')
}

/** Numbers of incidents with something due at `now`; locks nothing. */
export async function dueNumbers(q: Queryable, now: Date, limit: number): Promise<number[]> {
  const { rows } = await q.query<{ number: number }>(
    'select number from incidents where due_at <= $1 order by due_at limit $2',
    [now, limit],
  )
  return rows.map((row) => row.number)
}

/** What falls due after one instant and not after another, earliest first; locks nothing. */
export async function dueBetween(
  q: Queryable,
  after: Date,
  until: Date,
  limit: number,
): Promise<{ number: number; at: Date }[]> {
  const { rows } = await q.query<{ number: number; at: Date }>({
    name: 'due_between',
    text: 'select number, due_at as at from incidents where due_at > $1 and due_at <= $2 order by due_at, number limit $3',
    values: [after, until, limit],
  })
  return rows
}

/** Leaves an incident alone until `until`; null: until something happens to it. */
export async function postponeDecision(q: Queryable, number: number, until: Date | null): Promise<void> {
  await q.query('update incidents set due_at = $2 where number = $1', [number, until])
}

/** When the next decision falls due; null when nothing waits. */
export async function nextDueAt(q: Queryable): Promise<Date | null> {
  const { rows } = await q.query<{ due_at: Date | null }>(
    'select min(due_at) as due_at from incidents where due_at is not null',
  )
  return rows[0]?.due_at ?? null
}

/** `fresh`: as many numbers for incidents about to be opened as there are keys without an incident. */
export type Joinable = { found: Versioned[]; fresh: number[] }

/**
 * By grouping key, the active incident of each key, or else the one resolved last if that was after `resolvedAfter`: the
 * incidents a new alert of these keys joins or reopens. Locks nothing: write them with their `version`. `firing` is 0. Each
 * key must be named once.
 */
export async function joinable(q: Queryable, keys: string[], resolvedAfter: Date): Promise<Joinable> {
  return keys.length === 0 ? { found: [], fresh: [] } : findJoinable(q, keys, resolvedAfter)
}

/** Has the statement planned on this connection; no number is spent on it. */
export async function planJoinable(q: Queryable, now: Date): Promise<void> {
  await findJoinable(q, [], now)
}

async function findJoinable(q: Queryable, keys: string[], resolvedAfter: Date): Promise<Joinable> {
  const { rows } = await q.query<(DecisionRow | { number: null }) & { fresh: string[] | null }>({
    name: 'joinable',
    text: `with found as materialized (
             select distinct on (grouping_key) * from (
               select ${decisionColumns} from incidents where status <> 'resolved' and grouping_key = any($1)
               union all
               select ${decisionColumns} from incidents where status = 'resolved' and grouping_key = any($1) and resolved_at > $2) i
              order by grouping_key, status = 'resolved', number desc),
           numbers as materialized (
             select array_agg(nextval('incident_numbers')) as fresh
               from generate_series(1, cardinality($1::text[]) - (select count(*)::int from found)))
           select fresh, found.* from numbers left join found on true`,
    values: [keys, resolvedAfter],
  })
  const found = rows.filter((row): row is DecisionRow & { fresh: string[] | null } => row.number !== null)
  return { found: await withClocks(q, found, 'nobody'), fresh: (rows[0]?.fresh ?? []).map(Number) }
}

/** The number of the incident that alerts of this key join; null when none is active. Locks nothing. */
export async function activeOf(q: Queryable, groupingKey: string): Promise<number | null> {
  const { rows } = await q.query<{ number: number }>(
    `select number from incidents where status <> 'resolved' and grouping_key = $1`,
    [groupingKey],
  )
  return rows[0]?.number ?? null
}

/** Incidents by number; locks nothing: write them with their `version`. `firing` is 0. */
export async function incidentsNow(q: Queryable, numbers: number[]): Promise<Versioned[]> {
  if (numbers.length === 0) return []
  const { rows } = await q.query<DecisionRow>({
    name: 'incidents_now',
    text: `select ${decisionColumns} from incidents where number = any($1)`,
    values: [numbers],
  })
  return withClocks(q, rows, 'nobody')
}

/** Whose alerts are counted: that reads every one of them. */
type Counting = 'everybody' | 'quiet' | 'nobody'

/** In the order of the rows. */
export async function withClocks(
  q: Queryable,
  rows: DecisionRow[],
  counting: Counting = 'everybody',
): Promise<Versioned[]> {
  if (rows.length === 0) return []
  const numbers = rows.map((row) => row.number)
  const counted = rows.filter((row) => counting === 'everybody' || (counting === 'quiet' && row.quiet_until !== null))
  const terms = await termsOf(q, rows)
  const clocksBy = await clocksOf(q, numbers)
  const firingBy = await firingAlerts(
    q,
    counted.map((row) => row.number),
  )
  return rows.flatMap((row) => {
    const promised = terms.get(row.number)
    if (promised === undefined) return []
    const incident = toIncident({ ...row, terms: promised })
    return [
      { incident, clocks: clocksBy.get(row.number) ?? [], firing: firingBy.get(row.number) ?? 0, version: row.version },
    ]
  })
}

async function clocksOf(q: Queryable, numbers: number[]): Promise<Map<number, ResponseClock[]>> {
  const { rows } = await q.query<ClockRow>({
    name: 'clocks_of',
    text: `select incident, name, until, started_at, due_at, status, mark, stopped_at
             from clocks where incident = any($1) order by due_at`,
    values: [numbers],
  })
  return groupClocks(rows)
}

/** How many alerts of each fire. Reads every one of them, so it is asked only where the answer counts. */
export async function firingAlerts(q: Queryable, numbers: number[]): Promise<Map<number, number>> {
  if (numbers.length === 0) return new Map()
  const { rows } = await q.query<{ incident: number; firing: number }>({
    name: 'firing_alerts',
    text: `select incident, count(*)::int as firing from alerts where incident = any($1) and status = 'firing' group by incident`,
    values: [numbers],
  })
  return new Map(rows.map((row) => [row.incident, row.firing]))
}

function groupClocks(rows: ClockRow[]): Map<number, ResponseClock[]> {
  const grouped = new Map<number, ResponseClock[]>()
  for (const row of rows) {
    const list = grouped.get(row.incident) ?? []
    list.push(toClock(row))
    grouped.set(row.incident, list)
  }
  return grouped
}

/** Incidents that are not resolved, the worst and oldest first. */
export async function openIncidents(q: Queryable): Promise<Incident[]> {
  const { rows } = await q.query<PromisedRow>(
    `select ${promisedColumns} from incidents where status <> 'resolved' order by severity, number limit 100`,
  )
  const terms = await termsOf(q, rows)
  return rows.flatMap((row) => {
    const promised = terms.get(row.number)
    return promised === undefined ? [] : [toIncident({ ...row, terms: promised })]
  })
}
