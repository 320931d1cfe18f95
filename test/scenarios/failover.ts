// A failover as the bot sees it: every connection breaks, and the server that answers next began at another time, as a standby.
import { expect } from 'vitest'
import type { Db } from '../../src/store/db.ts'

/** `lost`: statements that take back what the standby had not received. */
export async function failOver(db: Db, ...lost: string[]): Promise<void> {
  for (const statement of lost) await db.query(statement)
  await becomeAnother(db)
  // One that ended itself among others would leave some of them.
  const everybody = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()'
  await db.query(`${everybody} and pid <> pg_backend_pid()`)
  await expect(db.query(everybody)).rejects.toThrow(/terminat/)
  // The pools let go of what broke.
  for (const one of [db, db.line]) await expect.poll(() => one.query('select').catch(() => null)).not.toBeNull()
}

/** Whoever connects from now on comes to another server. */
async function becomeAnother(db: Db): Promise<void> {
  await db.query(`create function public.pg_postmaster_start_time() returns timestamptz language sql
                  as $$ select pg_catalog.pg_postmaster_start_time() + interval '1 hour' $$`)
  await db.query(
    `create function public.pg_last_wal_replay_lsn() returns pg_lsn language sql as $$ select '0/1'::pg_lsn $$`,
  )
  await db.query(`do $$ begin
    execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`)
}

type Asked = Pick<Db, 'query'>

/** The same in two steps: the old server is still there for a while, and what comes first goes on with it. */
export async function failOverInParts(db: Db, between: () => Promise<void>): Promise<void> {
  await becomeAnother(db)
  await breakOff(db, db.line)
  await between()
  await breakOff(db.line, db)
}

async function breakOff(one: Asked, by: Asked): Promise<void> {
  const asked = Array.from({ length: 12 }, () =>
    one.query<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.2)'),
  )
  const pids = (await Promise.all(asked)).map(({ rows }) => rows[0]?.pid)
  await by.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [[...new Set(pids)]])
  await expect.poll(() => one.query('select').catch(() => null)).not.toBeNull()
}
