// The loops that look ahead: calendars that say who is on call are read, and gaps in schedules told. Each replica runs both;
// what one of them took, the others leave alone.
import type { Bot } from '../bot.ts'
import { readCalendars } from '../flow/calendars.ts'
import { tellGaps } from '../flow/gaps.ts'
import { loop } from './timer.ts'

/** Milliseconds. */
const readEvery = 5_000
const gapsEvery = 10 * 60_000

export function startCalendars(bot: Bot): { stop(): Promise<void> } {
  const failed = (what: string) => (error: unknown) => bot.log.error({ err: error }, `could not ${what}; trying again`)
  const loops = [
    loop(async () => {
      await readCalendars(bot)
      return readEvery
    }, failed('read the calendars')),
    loop(async () => {
      await tellGaps(bot)
      return gapsEvery
    }, failed('look for gaps in the schedules')),
  ]
  return { stop: async () => void (await Promise.all(loops.map((one) => one.stop()))) }
}
