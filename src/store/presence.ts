// Advisory locks that tell living processes from dead ones.
import type { Queryable } from './db.ts'

const lockOf = (parameter: string) => `hashtextextended(${parameter}, 8420)`

/** Held until the session ends, however it ends. */
export async function holdName(session: Queryable, name: string): Promise<void> {
  await session.query(`select pg_advisory_lock(${lockOf('$1')})`, [name])
}

/** Names in which pages, rooms, jobs or the queues of jobs are held. */
export async function holders(q: Queryable): Promise<string[]> {
  const { rows } = await q.query<{ name: string }>({
    name: 'holders',
    text: `select holder as name from pages where holder is not null
     union select holder from deliveries where holder is not null
     union select locked_by from graphile_worker._private_jobs where locked_by is not null
     union select locked_by from graphile_worker._private_job_queues where locked_by is not null`,
  })
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

/** How many living processes come before the one that holds a name; another number for each of them, as long as none comes or goes. */
export async function placeOf(q: Queryable, name: string): Promise<number> {
  const { rows } = await q.query<{ place: number }>(
    `select count(distinct other.pid)::int as place
       from pg_locks own join pg_locks other on other.pid < own.pid and (other.locktype, other.objsubid, other.database) = ('advisory', 1, own.database)
      where own.locktype = 'advisory' and own.granted and own.objsubid = 1 and other.granted
        and own.database = (select oid from pg_database where datname = current_database())
        and (own.classid::bigint << 32 | own.objid::bigint) = ${lockOf('$1')}`,
    [name],
  )
  return rows[0]?.place ?? 0
}

/** Makes the jobs of dead pools available again. */
export async function giveBackJobs(q: Queryable, names: string[]): Promise<void> {
  await q.query('select graphile_worker.force_unlock_workers($1::text[])', [names])
}

/**
 * `lock`: names one locking, not only what is locked: locked again later, it is called differently. `job`: null for a queue
 * that is locked although none of its jobs is.
 */
export type HeldLock = { name: string; lock: string; job: string | null }

/** Everything that is locked in the name of one of the pools. */
export async function heldLocks(q: Queryable, names: string[]): Promise<HeldLock[]> {
  const { rows } = await q.query<HeldLock>(
    `select locked_by as name, 'job ' || id || ' ' || locked_at as lock, id::text as job
       from graphile_worker._private_jobs where locked_by = any($1::text[])
     union all
     select locked_by, 'queue ' || id || ' ' || locked_at, null
       from graphile_worker._private_job_queues q
      where locked_by = any($1::text[])
        and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id and j.locked_by = q.locked_by)`,
    [names],
  )
  return rows
}

/** Makes what is locked available again, if it is still the same locking. A job's queue goes with it. */
export async function giveBackLocks(q: Queryable, locks: string[]): Promise<void> {
  await q.query(
    `with jobs as (
       update graphile_worker._private_jobs set locked_at = null, locked_by = null
        where locked_by is not null and 'job ' || id || ' ' || locked_at = any($1::text[])
       returning job_queue_id)
     update graphile_worker._private_job_queues set locked_at = null, locked_by = null
      where locked_by is not null
        and ('queue ' || id || ' ' || locked_at = any($1::text[]) or id in (select job_queue_id from jobs))`,
    [locks],
  )
}

/** A job that was put back while it ran has a successor under its key; cut off before its end, it is left for nobody. */
export async function deleteReplacedJobs(q: Queryable): Promise<void> {
  await q.query(
    `delete from graphile_worker._private_jobs where key is null and attempts >= max_attempts and locked_at is null`,
  )
}
