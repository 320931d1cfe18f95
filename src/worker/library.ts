// Looks every few seconds whether the runbook files have changed; each replica looks at its own.
import type { Bot } from '../bot.ts'
import { lookAtRunbooks } from '../flow/library.ts'
import type { Library } from '../runbooks/library.ts'
import { readFiles } from '../runbooks/reader.ts'
import { loop } from './timer.ts'

/** Milliseconds. A change is read when it is seen a second time. */
const every = 2_000

export function startLibrary(bot: Bot, library: Library): { stop(): Promise<void> } {
  return loop(
    async () => {
      await lookAtRunbooks(bot, library, readFiles)
      return every
    },
    (error) => bot.log.error({ err: error }, 'could not look at the runbook files; trying again'),
  )
}
