// What a connection goes by is ours to say: a server, a database or a role that was set up for other programs must not move a page.
import { expect, onTestFinished, test, vi } from 'vitest'
import { connect, type Db } from '../../src/store/db.ts'
import { answers } from '../../src/store/figures.ts'
import { databaseTime } from '../../src/store/time.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'

async function setUp(settings: string[]): Promise<FreshDatabase> {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const name = new URL(database.url).pathname.slice(1)
  for (const setting of settings) await database.db.query(`alter database ${name} set ${setting}`)
  return database
}

/** The tests may run on a server of the developer's own. */
async function majorOf(): Promise<number> {
  const { db } = await setUp([])
  const { rows } = await db.query<{ major: number }>(
    "select current_setting('server_version_num')::int / 10000 as major",
  )
  return rows[0]?.major ?? 0
}

function connected(...args: Parameters<typeof connect>): Db {
  const db = connect(...args)
  onTestFinished(() => db.end())
  return db
}

test('instants are read to the millisecond, however the server writes dates and numbers', async () => {
  const { url } = await setUp([
    "datestyle = 'German, DMY'",
    "timezone = 'Asia/Kathmandu'",
    'extra_float_digits = -15',
    'standard_conforming_strings = off',
  ])
  const db = connected(url)
  const { rows } = await db.query<{ at: Date; back: string }>(`select $1::timestamptz as at, 'a\\b' as back`, [
    new Date('2026-02-03T04:05:06.789Z'),
  ])
  expect(rows).toEqual([{ at: new Date('2026-02-03T04:05:06.789Z'), back: 'a\\b' }])
  // No more than fifteen digits: with those of the server, only a few of the thirteen of an instant would be left.
  const { rows: digits } = await db.query('select (1234567890123.4)::float8::text as text')
  expect(digits).toEqual([{ text: '1234567890123.4' }])
  expect(Math.abs((await databaseTime(db)) - Date.now())).toBeLessThan(60_000)
})

test('a machine in a zone that cannot be writes its instants all the same', async () => {
  const { url } = await setUp([])
  vi.stubEnv('TZ', 'UTC+25')
  onTestFinished(() => void vi.unstubAllEnvs())
  const at = new Date('2026-02-03T04:05:06.789Z')
  expect(at.getTimezoneOffset()).not.toBe(0)
  const { rows } = await connected(url).query<{ at: Date }>('select $1::timestamptz as at', [at])
  expect(rows).toEqual([{ at }])
})

test('what waited for somebody else sees what they wrote, and nothing ends a connection that rests', async () => {
  const { url } = await setUp([
    "default_transaction_isolation = 'serializable'",
    // Longer than it takes a busy machine to say something on a new connection.
    "statement_timeout = '3s'",
    "lock_timeout = '3s'",
    "idle_session_timeout = '3s'",
    "idle_in_transaction_session_timeout = '3s'",
    ...((await majorOf()) >= 17 ? ["transaction_timeout = '3s'"] : []),
    'jit = on',
  ])
  const db = connected(url)
  const of = async (name: string, on: Db | Db['line'] = db) =>
    (await on.query<{ is: string }>('select current_setting($1) as is', [name])).rows[0]?.is
  expect(await of('transaction_isolation')).toBe('read committed')
  expect(await of('jit', db.line)).toBe('off')
  const session = await db.session({ lost: () => {} })
  onTestFinished(() => session.end())
  const rest = () => new Promise((resolve) => setTimeout(resolve, 3_500))
  const resting = db.tx(async (q) => {
    await q.query('select 1')
    await rest()
    await q.query('select 2')
  })
  await Promise.all([resting, ...[db, db.line, session].map((q) => q.query('select pg_sleep(3.5)'))])
  await rest()
  expect((await session.query('select 3 as three')).rows).toEqual([{ three: 3 }])
})

test('an alert that was answered is on the disk, and whoever wants it elsewhere as well gets that', async () => {
  const waits = async (setting: string) => {
    const { url } = await setUp([`synchronous_commit = ${setting}`])
    const { rows } = await connected(url).query("select current_setting('synchronous_commit') as for")
    return rows[0]?.for
  }
  expect(await waits('off')).toBe('local')
  expect(await waits('remote_apply')).toBe('remote_apply')
})

test('nobody stays with a server that can only be read: the next connection may lead to another', async () => {
  const { url, db: admin } = await setUp([])
  const name = new URL(url).pathname.slice(1)
  const db = connected(url, { max: 1, mustWrite: true })
  const write = () => db.tx((q) => q.query('create table written (at timestamptz)'))
  // As after a failover that led this connection to the old primary.
  await db.query('set default_transaction_read_only = on')
  await expect(answers(db)).rejects.toThrow(/can only be read.*Point DATABASE_URL at the primary/)
  await expect(write()).rejects.toThrow(/read-only transaction/)
  await write()
  await answers(db)
  // And while every connection leads there, none is kept.
  await admin.query(`alter database ${name} set default_transaction_read_only = on`)
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [name],
  )
  await expect.poll(() => answers(db).catch(String)).toMatch(/can only be read/)
  await expect(db.session({ lost: () => {} })).rejects.toThrow(/can only be read/)
  await admin.query(`alter database ${name} set default_transaction_read_only = off`)
  await answers(db)
})
