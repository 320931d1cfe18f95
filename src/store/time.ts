// The one question to the database for its time: what all replicas agree on must not be any one machine's clock.
import type { Queryable } from './db.ts'

/** Milliseconds since the epoch. */
export async function databaseTime(q: Queryable): Promise<number> {
  const { rows } = await q.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  )
  const [row] = rows
  if (row === undefined) throw new Error('the database did not say what time it is')
  return row.now
}
