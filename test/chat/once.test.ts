// What was said once runs once, also where a copy stands still, or the database does not say.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type HearOnce, isFirst } from '../../src/chat/once.ts'
import { ManualClock } from '../../src/clock.ts'
import type { Log } from '../../src/log.ts'

/** A copy that hears something, asks whether it was heard before, and reads the answer so many milliseconds too late. */
async function isRun(late: number, heardMeanwhile: boolean): Promise<boolean> {
  const clock = new ManualClock('2026-03-02T09:00:00Z')
  let asked = 0
  const hearOnce: HearOnce = () => {
    if (++asked > 1) return Promise.resolve(!heardMeanwhile)
    clock.advance(late)
    return new Promise(() => {})
  }
  const log = pino({ level: 'silent' }) as Log
  return isFirst('a press', new Date('2026-03-02T09:06:00Z'), { hearOnce, clock, log })
}

test('what a copy heard before it stood still is not run a second time, where another copy has heard it meanwhile', async () => {
  expect(await isRun(5_000, true)).toBe(false)
  expect(await isRun(5_000, false)).toBe(true)
  expect(await isRun(1_000, true)).toBe(true)
})
