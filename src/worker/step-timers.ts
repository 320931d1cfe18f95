// Looks every second whether somebody waited long enough at a step of a runbook.
import type { Bot } from '../bot.ts'
import { endStepTimers } from '../flow/steps.ts'
import { type Loop, loop } from './timer.ts'

const every = 1_000

export function startStepTimers(bot: Bot): Loop {
  return loop(
    async () => {
      while ((await endStepTimers(bot)).more);
      return every
    },
    (error) => bot.log.error({ err: error }, 'could not look whether a wait at a step is over; will look again'),
  )
}
