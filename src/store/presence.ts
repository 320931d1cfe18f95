// Advisory locks that tell living worker pools from dead ones.
import type { Queryable } from './db.ts'

const lockOf = (parameter: string) => `hashtextextended(${parameter}, 8420)`

/** Held until the session ends, however it ends. */
export async function holdName(session: Queryable, name: string): Promise<void> {
  await session.query(`select pg_advisory_lock(${lockOf('$1')})`, [name])
}

/** Names of the pools that hold jobs or queues. */
export async function lockedBy(q: Queryable): Promise<string[]> {
  const { rows } = await q.query<{ name: string }>(
    `select locked_by as name from graphile_worker._private_jobs where locked_by is not null
     union select locked_by from graphile_worker._private_job_queues where locked_by is not null`,
  )
  return rows.map((row) => row.name)
}

/** Those of the names whose lock nobody holds. Looks only; takes none. */
export async function namesNotHeld(q: Queryable, names: string[]): Promise<string[]> {
  const { rows } = await q.query<{ name: string }>(
    `select name from unnest($1::text[]) as name
      where not exists (
        select from pg_locks l
         where l.locktype = 'advisory' and l.granted and l.objsubid = 1
           and l.database = (select oid from pg_database where datname = current_database())
           and (l.classid::bigint << 32 | l.objid::bigint) = ${lockOf('name')})`,
    [names],
  )
  return rows.map((row) => row.name)
}

/** Makes the jobs of dead pools available again. */
export async function giveBackJobs(q: Queryable, names: string[]): Promise<void> {
  await q.query('select graphile_worker.force_unlock_workers($1::text[])', [names])
}
