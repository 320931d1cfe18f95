// Poolers between the bot and PostgreSQL: one that keeps no sessions must be refused, whatever it does with what was left in them.
import { expect, onTestFinished, test } from 'vitest'
import { connect, type Db } from '../../src/store/db.ts'
import { demandSessions } from '../../src/store/pooler.ts'
import { freshDatabase } from '../database.ts'

async function setUp() {
  const { url, db, drop } = await freshDatabase()
  const shared = connect(url, { max: 1 })
  onTestFinished(async () => {
    await shared.end()
    await drop()
  })
  return { db, shared }
}

/** Transactions of whoever asks go over connections that belong to the pooler, and live on. */
function pooled(db: Db, shared: Db, afterwards?: string): Pick<Db, 'query' | 'session'> {
  return {
    query: (text, values) => db.query(text, values),
    session: async () => ({
      async query(text, values) {
        const answer = await shared.query(text, values)
        if (afterwards !== undefined) await shared.query(afterwards)
        return answer as never
      },
      end: async () => {},
    }),
  }
}

test('PostgreSQL itself, which ends what a session held with it, is taken', async () => {
  const { db } = await setUp()
  await demandSessions(db)
  const { rows } = await db.query(
    `select count(*) as locks from pg_locks where locktype = 'advisory' and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())`,
  )
  expect(rows).toEqual([{ locks: 0 }])
})

test('a pooler that leaves what a session held with strangers is refused', async () => {
  const { db, shared } = await setUp()
  await expect(demandSessions(pooled(db, shared), 200)).rejects.toThrow(/pool_mode = transaction.*pool_mode = session/)
})

test('a pooler that takes it away after each transaction is refused', async () => {
  const { db, shared } = await setUp()
  await expect(demandSessions(pooled(db, shared, 'select pg_advisory_unlock_all()'))).rejects.toThrow(/needs sessions/)
})
