// Numbers and signs of life for those who operate the bot: /health, /ready and /metrics.
import type { Queryable } from './db.ts'
import { demandWriting } from './settings.ts'

/** Resolves when the database answers and takes what is written; rejects with its reason otherwise. */
export async function answers(q: Queryable): Promise<void> {
  await demandWriting(q)
}

export type OpenCount = { severity: string; status: string; count: number }

export async function openIncidentCounts(q: Queryable): Promise<OpenCount[]> {
  const { rows } = await q.query<OpenCount>(
    `select severity, status, count(*)::int as count from incidents where status <> 'resolved' group by severity, status`,
  )
  return rows
}

export type QueueFigures = { waiting: number; oldestAt: Date | null; givenUp: number }

/**
 * Pages, rooms and jobs that could go out at `now` and do not yet, since when the oldest of them waits, and jobs that will
 * not be tried again.
 */
export async function queueFigures(q: Queryable, now: Date): Promise<QueueFigures> {
  const { rows } = await q.query<QueueFigures>(
    `select count(*) filter (where not "isGivenUp")::int as waiting, min(at) filter (where not "isGivenUp") as "oldestAt",
            count(*) filter (where "isGivenUp")::int as "givenUp"
       from (select run_at as at, attempts >= max_attempts as "isGivenUp"
               from graphile_worker.jobs where run_at <= $1 and locked_at is null
             union all
             select try_at, false from pages where status = 'due' and try_at <= $1
             union all
             select wake_at, false from deliveries where wake_at <= $1 and holder is null) queues`,
    [now],
  )
  return rows[0] ?? { waiting: 0, oldestAt: null, givenUp: 0 }
}
