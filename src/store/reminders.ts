// Clocks that wait for a publication, as rows: when people are to be reminded of each.
import type { Queryable } from './db.ts'

/** `remindAt` null: nobody looked at it yet. */
export type WaitingClock = { incident: number; name: string; startedAt: Date; dueAt: Date; remindAt: Date | null }

export type ClockName = Pick<WaitingClock, 'incident' | 'name' | 'dueAt'>

// What was late for so long before anybody was to be reminded of it (the version before did not) is a line of the digest.
const waiting = `until = 'published' and stopped_at is null and status <> 'cancelled'
  and (remind_at <= $1 or (remind_at is null and due_at > $1::timestamptz - interval '7 days'))`

/** Those that are due, or were not looked at. Locks nothing: look again with `lockClockToPublish`. */
export async function clocksToPublish(q: Queryable, now: Date, limit: number): Promise<ClockName[]> {
  const { rows } = await q.query<ClockName>(
    `select incident, name, due_at as "dueAt" from clocks where ${waiting} order by remind_at nulls first limit $2`,
    [now, limit],
  )
  return rows
}

/** Null: somebody else is deciding about it, or has. */
export async function lockClockToPublish(
  q: Queryable,
  { incident, name, dueAt }: ClockName,
  now: Date,
): Promise<WaitingClock | null> {
  const { rows } = await q.query<WaitingClock>(
    `select incident, name, started_at as "startedAt", due_at as "dueAt", remind_at as "remindAt" from clocks
      where incident = $2 and name = $3 and due_at = $4 and ${waiting} for update skip locked`,
    [now, incident, name, dueAt],
  )
  return rows[0] ?? null
}

/** When whoever has to write is next reminded. */
export async function remindOfClock(q: Queryable, { incident, name, dueAt }: ClockName, at: Date): Promise<void> {
  await q.query('update clocks set remind_at = $4 where incident = $1 and name = $2 and due_at = $3', [
    incident,
    name,
    dueAt,
    at,
  ])
}
