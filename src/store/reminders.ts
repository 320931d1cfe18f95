// Clocks that wait for a publication, as rows: when people are to be reminded of each.
import type { Queryable } from './db.ts'

/** `remindAt` null: nobody looked at it yet. */
export type WaitingClock = { incident: number; name: string; startedAt: Date; dueAt: Date; remindAt: Date | null }

/** Locks those that are due, or were not looked at, and that nobody else is deciding about. */
export async function lockClocksToPublish(q: Queryable, now: Date, limit: number): Promise<WaitingClock[]> {
  const { rows } = await q.query<WaitingClock>(
    `select incident, name, started_at as "startedAt", due_at as "dueAt", remind_at as "remindAt" from clocks
      where until = 'published' and stopped_at is null and status <> 'cancelled' and (remind_at is null or remind_at <= $1)
      order by remind_at nulls first limit $2 for update skip locked`,
    [now, limit],
  )
  return rows
}

export async function remindOfClock(
  q: Queryable,
  { incident, name, dueAt }: Pick<WaitingClock, 'incident' | 'name' | 'dueAt'>,
  at: Date,
): Promise<void> {
  await q.query('update clocks set remind_at = $4 where incident = $1 and name = $2 and due_at = $3', [
    incident,
    name,
    dueAt,
    at,
  ])
}
