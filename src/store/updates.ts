// When whoever gave a status update is reminded of the next one.
import type { Queryable } from './db.ts'

export type Reminder = { person: string; givenAt: Date; remindAt: Date }

/** Instead of the reminder there was. */
export async function putReminder(
  q: Queryable,
  incident: number,
  { person, givenAt, remindAt, againEvery }: Reminder & { againEvery: number },
): Promise<void> {
  await q.query(
    `insert into update_reminders (incident, person, given_at, remind_at, again_every) values ($1, $2, $3, $4, $5)
     on conflict (incident) do update set person = excluded.person, given_at = excluded.given_at,
        remind_at = excluded.remind_at, again_every = excluded.again_every`,
    [incident, person, givenAt, remindAt, againEvery],
  )
}

/** Nobody owes an update any more. */
export async function removeReminder(q: Queryable, incident: number): Promise<void> {
  await q.query('delete from update_reminders where incident = $1', [incident])
}

/** Incidents of which somebody is to be reminded now. Locks nothing: look again under the incident's lock. */
export async function dueReminders(q: Queryable, now: Date, limit: number): Promise<number[]> {
  const { rows } = await q.query<{ incident: number }>({
    name: 'due_reminders',
    text: 'select incident from update_reminders where remind_at <= $1 order by remind_at limit $2',
    values: [now, limit],
  })
  return rows.map((row) => row.incident)
}

/** Takes what is due, and leaves the next one; null: somebody else took it, or there was another update. */
export async function takeReminder(q: Queryable, incident: number, now: Date): Promise<Reminder | null> {
  const { rows } = await q.query<{ person: string; given_at: Date; remind_at: Date }>(
    `update update_reminders set remind_at = $2::timestamptz + make_interval(secs => again_every / 1000.0)
      where incident = $1 and remind_at <= $2 returning person, given_at, remind_at`,
    [incident, now],
  )
  const [row] = rows
  return row === undefined ? null : { person: row.person, givenAt: row.given_at, remindAt: row.remind_at }
}

/** It is looked at again then. */
export async function postponeReminder(q: Queryable, incident: number, until: Date): Promise<void> {
  await q.query('update update_reminders set remind_at = $2 where incident = $1', [incident, until])
}
