// The name of a process, when the network to the database forgets its connections without a word.
import { expect, it, onTestFinished } from 'vitest'
import { SharedClock } from '../../src/clock.ts'
import { makeLog } from '../../src/log.ts'
import { connect } from '../../src/store/db.ts'
import { namesNotHeld } from '../../src/store/presence.ts'
import { Presence } from '../../src/worker/presence.ts'
import { freshDatabase } from '../database.ts'
import { wireTo } from '../processes/wire.ts'

const silence = 3_000

it('is no longer gone by before the database lets go of it, and is held again soon', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const wire = await wireTo(database.url)
  const db = connect(wire.url, { patience: silence })
  const bot = { db, log: makeLog({ level: 'silent', file: null }), clock: new SharedClock() }
  const presence = await Presence.start(bot, () => {}, silence)
  const { holder } = presence
  const isHeldThere = async () => (await namesNotHeld(database.db, [holder.name])).length === 0
  expect([holder.isHeld(), await isHeldThere()]).toEqual([true, true])
  wire.freeze()
  const lies: string[] = []
  while (holder.isHeld()) if (!(await isHeldThere()) && holder.isHeld()) lies.push('gone by, and not held')
  expect(lies).toEqual([])
  await expect.poll(() => holder.isHeld(), { timeout: 15_000 }).toBe(true)
  expect(await isHeldThere()).toBe(true)
  // What is still frozen would not end either.
  wire.cut()
  await presence.stop()
  await db.end()
}, 40_000)
