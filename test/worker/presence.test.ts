// The name of a process, when the network to the database forgets its connections without a word.
import { expect, it, onTestFinished } from 'vitest'
import { SharedClock } from '../../src/clock.ts'
import { makeLog } from '../../src/log.ts'
import { connect, type SessionEvents } from '../../src/store/db.ts'
import { namesNotHeld } from '../../src/store/presence.ts'
import { Presence } from '../../src/worker/presence.ts'
import { freshDatabase } from '../database.ts'
import { wireTo } from '../processes/wire.ts'

const silence = 4_000

it('is no longer gone by before the database lets go of it, and is held again soon', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const wire = await wireTo(database.url)
  const db = connect(wire.url, { patience: silence })
  const bot = { db, log: makeLog({ level: 'silent', file: null }), clock: new SharedClock() }
  const presence = await Presence.start(bot, () => {}, silence)
  const { holder } = presence
  const isHeldThere = async () => (await namesNotHeld(database.db, [holder.name])).length === 0
  const both = async () => [holder.isHeld(), await isHeldThere()]
  await expect.poll(both).toEqual([true, true])
  wire.freeze()
  const lies: string[] = []
  while (holder.isHeld()) if (!(await isHeldThere()) && holder.isHeld()) lies.push('gone by, and not held')
  expect(lies).toEqual([])
  await expect.poll(both).toEqual([true, true])
  // What is still frozen would not end either.
  wire.cut()
  await presence.stop()
  await db.end()
})

it('is held again at once when the database interrupts a process that is taking its names back', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const { db } = database
  let [sessions, interruptions] = [0, 0]
  const session = async (about: SessionEvents) => {
    sessions++
    const made = await db.session(about)
    const query: typeof made.query = async (text, values) => {
      if (sessions !== 2 || values?.[0] !== 'pool') return made.query(text, values)
      interruptions++
      return made.query('select 1 / 0')
    }
    return { ...made, query }
  }
  const bot = { db: { ...db, session }, log: makeLog({ level: 'silent', file: null }), clock: new SharedClock() }
  const presence = await Presence.start(bot, () => {})
  await presence.hold('pool', new Set())
  // Of this database alone: the same server has those of all other tests.
  await db.query(
    `select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  )
  await expect.poll(() => interruptions).toBe(1)
  await expect.poll(() => presence.holder.isHeld()).toBe(true)
  await presence.stop()
})
