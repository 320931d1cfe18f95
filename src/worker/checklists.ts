// Looks once a minute whether a checklist is due.
import type { Bot } from '../bot.ts'
import { bringUpChecklists } from '../flow/checklists.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds. */
const every = 30_000

export function startChecklists(bot: Bot): Loop {
  const look = async () => {
    await bringUpChecklists(bot)
    return every
  }
  return loop(look, (error) =>
    bot.log.error({ err: error }, 'could not look for checklists that are due; will look again'),
  )
}
