// What the auditor asks: which incidents wait for a decision that nobody takes, what nobody sends, what was given up.
import type { ResponseClock } from '../core/clocks.ts'
import type { Incident } from '../core/incident.ts'
import type { Queryable } from './db.ts'
import { type DecisionRow, decisionColumns, lockIncident, withClocks } from './incidents.ts'

export type Waiting = { incident: Incident; clocks: ResponseClock[]; dueAt: Date | null }

/** Incidents that are not over, or that something is due for, from a number on, in order. Locks nothing. */
export async function waitingAfter(q: Queryable, number: number, limit: number): Promise<Waiting[]> {
  const { rows } = await q.query<DecisionRow & { due_at: Date | null }>(
    `(select ${decisionColumns}, due_at from incidents where number > $1 and status <> 'resolved' order by number limit $2)
     union all
     (select ${decisionColumns}, due_at from incidents
       where number > $1 and status = 'resolved' and due_at is not null order by number limit $2)
     order by number limit $2`,
    [number, limit],
  )
  const dueAt = new Map(rows.map((row) => [row.number, row.due_at]))
  const situations = await withClocks(q, rows, 'nobody')
  return situations.map(({ incident, clocks }) => ({ incident, clocks, dueAt: dueAt.get(incident.number) ?? null }))
}

/** Inside a transaction: the same of one incident, locked; null when another transaction holds it. */
export async function lockWaiting(q: Queryable, number: number): Promise<Waiting | null> {
  const { rows } = await q.query<{ due_at: Date | null }>(
    'select due_at from incidents where number = $1 for no key update skip locked',
    [number],
  )
  const locked = rows[0] && (await lockIncident(q, number))
  return locked ? { incident: locked.incident, clocks: locked.clocks, dueAt: rows[0]?.due_at ?? null } : null
}

/**
 * Pages that were due before an instant and have neither gone out nor been given up. While all alerts are clear some of them wait on
 * purpose; nobody misses the others then.
 */
export async function unsentPages(q: Queryable, before: Date): Promise<number> {
  const { rows } = await q.query<{ count: number }>(
    `select count(*)::int as count from pages where status in ('due', 'sending') and due_at < $1
        and not exists (select from incidents where number = incident and quiet_until is not null)`,
    [before],
  )
  return rows[0]?.count ?? 0
}

/** Rooms of these platforms that should have been told before an instant, and that nobody tells. */
export async function untoldRooms(q: Queryable, platforms: string[], before: Date): Promise<number> {
  const { rows } = await q.query<{ count: number }>(
    'select count(*)::int as count from deliveries where platform = any($1) and holder is null and wake_at < $2',
    [platforms, before],
  )
  return rows[0]?.count ?? 0
}

/**
 * Gives work another try that was begun as often as it may be and never came to an end: each time, the process died. One
 * more each time this is asked, so that what kills the process does so only now and then. Answers which.
 */
export async function reviveExhausted(q: Queryable, at: Date): Promise<string[]> {
  const { rows } = await q.query<{ key: string }>(
    `update graphile_worker._private_jobs set attempts = max_attempts - 1, run_at = $1
      where attempts >= max_attempts and locked_at is null and key is not null returning key`,
    [at],
  )
  return rows.map(({ key }) => key)
}
