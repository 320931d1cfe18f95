// What was said once runs once, also where a copy stands still, or the database does not say.
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HearOnce, isFirst } from '../../src/chat/once.ts'
import { ManualClock } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'
import { hearOnce } from '../../src/store/heard-requests.ts'
import { freshDatabase } from '../database.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

/** A copy that hears `name`, asks whether it was heard before, and reads the answer so many milliseconds too late. */
async function isRun(name: string, late: number): Promise<boolean> {
  const clock = new ManualClock('2026-03-02T09:00:00Z')
  const answers: Promise<boolean>[] = []
  const ask: HearOnce = (...asked) => {
    // Longer than anybody waits for the database.
    const held = answers.length === 0 ? pause(1_100) : Promise.resolve()
    const answer = Promise.all([hearOnce(database.db, ...asked), held]).then(([first]) => first)
    if (answers.push(answer) === 1) clock.advance(late)
    return answer
  }
  const log = pino({ level: 'silent' }) as Log
  const run = await isFirst(name, new Date('2026-03-02T09:06:00Z'), { hearOnce: ask, clock, log })
  await Promise.all(answers)
  return run
}

test('what a copy heard before it stood still is not run a second time, where another copy has heard it meanwhile', async () => {
  expect(await isRun('a press', 0)).toBe(true)
  expect(await isRun('a press', 5_000)).toBe(false)
  expect(await isRun('a press', 1_000)).toBe(true)
})

test('what a copy heard before it stood still is run, though the database has it from its own question', async () => {
  expect(await isRun('another press', 5_000)).toBe(true)
})
