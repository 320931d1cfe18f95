// A pooler that gives every transaction another connection: what a session has (locks that tell the living from the dead, news
// by LISTEN, prepared statements) is then left behind with strangers, and nobody says so. Better not to start.
import { randomInt } from 'node:crypto'
import type { Db } from './db.ts'

/** Any number that belongs to this alone, as the first of the two that name a lock. */
const purpose = 8420_0002

/** Milliseconds a server may take to notice that a connection was ended; longer than any that is only busy does. */
const longEnough = 10_000
const glance = 20

/** Throws unless a lock is seen to be held while its session lives, and let go of when that has ended. */
export async function demandSessions(db: Pick<Db, 'query' | 'session'>, patience = longEnough): Promise<void> {
  const lock = randomInt(2 ** 31)
  const session = await db.session({ lost: () => {} })
  try {
    await session.query('select pg_advisory_lock($1, $2)', [purpose, lock])
    if (!(await isHeld(db, lock))) throw sharedConnections()
  } finally {
    await session.end().catch(() => {})
  }
  for (let waited = 0; await isHeld(db, lock); waited += glance) {
    if (waited >= patience) throw sharedConnections()
    await db.query('select pg_sleep($1)', [glance / 1000])
  }
}

function sharedConnections(): Error {
  return new Error(
    'DATABASE_URL leads to a pooler that shares connections among transactions (PgBouncer: pool_mode = transaction). Tocsin ' +
      'needs sessions: its copies would not know of each other, and pages would be late or sent twice. Connect to PostgreSQL ' +
      'itself, or to a pool with pool_mode = session.',
  )
}

async function isHeld(db: Pick<Db, 'query'>, lock: number): Promise<boolean> {
  const { rows } = await db.query<{ held: boolean }>(
    `select exists (
       select from pg_locks
        where locktype = 'advisory' and granted and classid = $1 and objid = $2 and objsubid = 2
          and database = (select oid from pg_database where datname = current_database())) as held`,
    [purpose, lock],
  )
  return rows[0]?.held ?? false
}
