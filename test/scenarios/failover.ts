// A failover as the bot sees it: every connection breaks, and the server that answers next began at another time, as a standby.
import { expect } from 'vitest'
import type { Db } from '../../src/store/db.ts'

/** `lost`: statements that take back what the standby had not received. */
export async function failOver(db: Db, ...lost: string[]): Promise<void> {
  for (const statement of lost) await db.query(statement)
  await db.query(`create function public.pg_postmaster_start_time() returns timestamptz language sql
                  as $$ select pg_catalog.pg_postmaster_start_time() + interval '1 hour' $$`)
  await db.query(
    `create function public.pg_last_wal_replay_lsn() returns pg_lsn language sql as $$ select '0/1'::pg_lsn $$`,
  )
  await db.query(`do $$ begin
    execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`)
  const everybody = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()'
  await expect(db.query(everybody)).rejects.toThrow(/terminat/)
  // The pools let go of what broke.
  for (const one of [db, db.line]) await expect.poll(() => one.query('select').catch(() => null)).not.toBeNull()
}
