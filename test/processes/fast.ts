// A database in which time runs fast, for bots whose clock does (see clock.mjs): they go by the database's.
import type { FreshDatabase } from '../database.ts'

/** Whoever asks this database for the time finds these functions before PostgreSQL's own; from the next connection on. */
export async function timeFlies(
  { db }: FreshDatabase,
  { since, factor }: { since: number; factor: number },
): Promise<void> {
  const flown = (real: string) =>
    `to_timestamp(${since / 1000} + (extract(epoch from ${real}) - ${since / 1000}) * ${factor})`
  await db.query(`
    create schema fast;
    create function fast.now() returns timestamptz stable language sql as $$ select ${flown('pg_catalog.now()')} $$;
    create function fast.clock_timestamp() returns timestamptz volatile language sql
      as $$ select ${flown('pg_catalog.clock_timestamp()')} $$;
    do $$ begin execute format('alter database %I set search_path = public, fast, pg_catalog', current_database()); end $$`)
}
