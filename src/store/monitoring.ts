// The health of the monitoring as rows, shared by all replicas.
import type { Queryable } from './db.ts'

/** Writes down that a system does not answer. Answers since when. */
export async function keepAbsence(q: Queryable, system: string, problem: string, now: Date): Promise<Date> {
  const { rows } = await q.query<{ since: Date }>(
    `insert into monitoring as m (system, failing_since, problem) values ($1, $2, $3)
     on conflict (system) do update set failing_since = coalesce(m.failing_since, excluded.failing_since), problem = excluded.problem
     returning failing_since as since`,
    [system, now, problem],
  )
  return rows[0]?.since ?? now
}

/** Writes down that a system answers. Answers since when it did not; null when it did before. */
export async function endAbsence(q: Queryable, system: string): Promise<Date | null> {
  const { rows } = await q.query<{ since: Date }>(
    `with before as (select failing_since from monitoring where system = $1 and failing_since is not null for update)
     update monitoring set failing_since = null, problem = null from before where system = $1 returning before.failing_since as since`,
    [system],
  )
  return rows[0]?.since ?? null
}
