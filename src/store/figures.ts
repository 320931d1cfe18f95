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
 * Pages, and rooms and jobs of these platforms, that could go out at `now` and do not yet, since when the oldest of them waits, and jobs
 * that will not be tried again. What is for a platform that was taken out of the configuration waits until it is there again.
 */
export async function queueFigures(q: Queryable, platforms: string[], now: Date): Promise<QueueFigures> {
  const { rows } = await q.query<QueueFigures>(
    `select count(*) filter (where not "isGivenUp")::int as waiting, min(at) filter (where not "isGivenUp") as "oldestAt",
            count(*) filter (where "isGivenUp")::int as "givenUp"
       from (select run_at as at, attempts >= max_attempts as "isGivenUp"
               from graphile_worker.jobs where run_at <= $1 and locked_at is null
                and (task_identifier not like '%:%' or split_part(task_identifier, ':', 1) = any(array_append($2::text[], 'tocsin')))
             union all
             select try_at, false from pages where status = 'due' and try_at <= $1
             union all
             select wake_at, false from deliveries where wake_at <= $1 and holder is null and platform = any($2)) queues`,
    [now, platforms],
  )
  return rows[0] ?? { waiting: 0, oldestAt: null, givenUp: 0 }
}
