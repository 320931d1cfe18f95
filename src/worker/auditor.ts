// Looks every half minute for pages that were forgotten against all precautions, and has them sent; and tidies up.
import type { Bot } from '../bot.ts'
import { rescuePages } from '../flow/deliver.ts'
import { deleteIdleQueues } from '../store/presence.ts'
import { type Loop, loop } from './timer.ts'

const every = 30_000

export function startAuditor(bot: Bot): Loop {
  return loop(
    async () => {
      await rescuePages(bot)
      await deleteIdleQueues(bot.db)
      return every
    },
    (error) => bot.log.error({ err: error }, 'could not look for forgotten pages; will look again'),
  )
}
