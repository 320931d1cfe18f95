// The clock of the database is set while the bot runs: it is followed, as every replica does, but not in silence.
import { expect, onTestFinished, test } from 'vitest'
import { SharedClock } from '../../src/clock.ts'
import { makeLog } from '../../src/log.ts'
import { connect } from '../../src/store/db.ts'
import { startTimekeeper } from '../../src/worker/timekeeper.ts'
import { freshDatabase } from '../database.ts'

/** A database whose clock can be set, by seconds. */
async function withClock() {
  const { url, db: admin, drop } = await freshDatabase()
  await admin.query('create schema odd')
  await admin.query('create table odd.clock (seconds int not null)')
  await admin.query('insert into odd.clock values (0)')
  await admin.query(`create function odd.clock_timestamp() returns timestamptz language sql
    as 'select pg_catalog.clock_timestamp() + seconds * interval ''1 s'' from odd.clock'`)
  await admin.query(`alter database ${new URL(url).pathname.slice(1)} set search_path = odd, pg_catalog, public`)
  const db = connect(url, { max: 1 })
  const time = await startTimekeeper(db, new SharedClock(), makeLog({ level: 'silent', file: null }), 20)
  onTestFinished(async () => {
    await time.stop()
    await db.end()
    await drop()
  })
  return { check: time.check, set: (seconds: number) => admin.query('update odd.clock set seconds = $1', [seconds]) }
}

test('a clock that is set back makes pages late, and says so', async () => {
  const { check, set } = await withClock()
  expect(check()).toEqual({ ok: true })
  await set(-3600)
  await expect
    .poll(() => check().detail)
    .toMatch(/set back by 3600 s while Tocsin ran: pages that wait are that much later/)
  expect(check().ok).toBe(false)
})

test('a clock that is set ahead makes what waits due, and says so', async () => {
  const { check, set } = await withClock()
  await set(3600)
  await expect.poll(() => check().detail).toMatch(/set ahead by 3600 s while Tocsin ran/)
})

test('a clock that is corrected by seconds is nothing to speak of', async () => {
  const { check, set } = await withClock()
  await set(-2)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(check()).toEqual({ ok: true })
})
