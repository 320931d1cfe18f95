// The loop that looks for reminders that are due. Nobody waits for one by the second.
import type { Bot } from '../bot.ts'
import { decideReminders } from '../flow/reminders.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds. */
const lookEvery = 10_000

export function startReminders(bot: Bot): Loop {
  return loop(
    async () => ((await decideReminders(bot)) ? 0 : lookEvery),
    (error) => bot.log.error({ err: error }, 'could not look for reminders; trying again'),
  )
}
