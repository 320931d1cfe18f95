// When digests are next due, as rows.
import type { Queryable } from './db.ts'

/**
 * Notes when a digest is next due. Answers when it was due before, if that lies in the past and under the same schedule: its
 * time came while nobody was there. Asked by several replicas, one of them is answered.
 */
export async function noteDigestTime(
  q: Queryable,
  digest: { name: string; schedule: string; next: Date },
  now: Date,
): Promise<Date | null> {
  const { name, schedule, next } = digest
  const { rows } = await q.query<{ missed: Date | null }>(
    `with before as (select schedule, due_at from digest_times where name = $1 for update),
     noted as (
       insert into digest_times (name, schedule, due_at) values ($1, $2, $3)
       on conflict (name) do update set schedule = excluded.schedule, due_at = excluded.due_at)
     select case when schedule = $2 and due_at <= $4 then due_at end as missed from before`,
    [name, schedule, next, now],
  )
  return rows[0]?.missed ?? null
}

/** When each digest is next due, by name. */
export async function digestTimes(q: Queryable): Promise<Record<string, Date>> {
  const { rows } = await q.query<{ name: string; due: Date }>('select name, due_at as due from digest_times')
  return Object.fromEntries(rows.map(({ name, due }) => [name, due]))
}
