// The due loop: decides what falls due at the instant it does. Every replica runs one; rows are claimed, not leaders elected.
import type { Bot } from '../bot.ts'
import { decideDue } from '../flow/escalate.ts'
import { nextDueAt } from '../store/incidents.ts'
import { type Loop, loop } from './timer.ts'

/** The longest it sleeps, in case a notification was lost. */
const atLeastEvery = 1_000

export function startDueLoop(bot: Bot): Loop {
  return loop(
    async () => {
      while ((await decideDue(bot)).more);
      const next = await nextDueAt(bot.db)
      const rest = next === null ? atLeastEvery : next.getTime() - bot.clock.now().getTime()
      // A row that is due but held by another replica must not make this loop spin.
      return Math.min(atLeastEvery, Math.max(20, rest))
    },
    (error) => bot.log.error({ err: error }, 'could not decide what is due; trying again'),
  )
}
