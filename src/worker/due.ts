// The due loop: decides what falls due at the instant it does. Every replica runs one; rows are claimed, not leaders elected.
import type { Bot } from '../bot.ts'
import { within } from '../clock.ts'
import { Ahead, horizon } from '../flow/ahead.ts'
import { decideDue } from '../flow/escalate.ts'
import { nextDueAt } from '../store/incidents.ts'
import { type Loop, loop } from './timer.ts'

/** The longest it sleeps, in case a notification was lost. */
const atLeastEvery = 1_000

/** Batches that are decided side by side when one is not enough: what one waits for, another uses. */
const lanes = 3

/** Milliseconds that others give way at most. */
const longestRush = 1_500

/** `calm`: resolves when no more is due than one batch. Sending a page takes as much work as deciding twenty. */
export type DueLoop = Loop & { calm(): Promise<void> }

export function startDueLoop(bot: Bot): DueLoop {
  let rush: Promise<unknown> = Promise.resolve()
  const ahead = new Ahead(bot)
  const lane = async () => {
    while ((await decideDue(bot)).more);
  }
  const looking = loop(
    async () => {
      rush = ahead.write()
      await rush
      if ((await decideDue(bot, true)).more) {
        const all = Promise.allSettled(Array.from({ length: lanes }, lane))
        rush = all
        const failed = (await all).find((one) => one.status === 'rejected')
        if (failed) throw failed.reason
      }
      const next = await nextDueAt(bot.db)
      const rest = () => (next === null ? atLeastEvery : next.getTime() - bot.clock.now().getTime())
      if (rest() > 0 && rest() <= horizon && ((await ahead.prepare()) || rest() <= 0)) return 0
      const left = rest()
      // A row that is due but held by another replica must not make this loop spin; one that is nearly due must not wait for that.
      return Math.min(atLeastEvery, left > 0 ? left : 20)
    },
    (error) => bot.log.error({ err: error }, 'could not decide what is due; trying again'),
  )
  return { ...looking, calm: async () => void (await within(longestRush, rush).catch(() => {})) }
}
