// Looks every second whether somebody is to be reminded of a status update.
import type { Bot } from '../bot.ts'
import { remindUpdates } from '../flow/updates.ts'
import { type Loop, loop } from './timer.ts'

const every = 1_000

export function startUpdates(bot: Bot): Loop {
  return loop(
    async () => {
      while ((await remindUpdates(bot)).more);
      return every
    },
    (error) => bot.log.error({ err: error }, 'could not look whether a status update is due; will look again'),
  )
}
