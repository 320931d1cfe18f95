// Whether the server that answers is the one it was: of what was committed last, another may know nothing.
import type { Queryable } from './db.ts'

/** It followed another before it took over, or recovered from a crash. False as well where a server does not tell. */
export async function hasSucceeded(q: Queryable): Promise<boolean> {
  const { rows } = await q
    .query<{ replayed: boolean }>('select pg_last_wal_replay_lsn() is not null as replayed')
    .catch(() => ({ rows: [] }))
  return rows[0]?.replayed === true
}
