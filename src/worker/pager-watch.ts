// Asks every few minutes whether the page channels besides chat are there: a mail server that is away has to show in /health before
// the night in which it is needed.
import type { Bot } from '../bot.ts'
import type { Standing } from '../chat/platform.ts'
import { reasonOf } from '../errors.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds between two looks: it costs a connection, and a password. */
const whileWell = 300_000
const whileAway = 60_000

/** `standing`: where the pager of this name says how it is. */
export function startPagerWatch(bot: Bot, standing: (pager: string) => Standing): Loop {
  const away = new Set<string>()
  const look = async () => {
    for (const { name, check } of bot.pagers) {
      if (check === null) continue
      const problem = await check().then(() => null, reasonOf)
      standing(name)(problem)
      if (problem === null && away.delete(name)) bot.log.warn({ pager: name }, 'a way to people is back')
      if (problem !== null && !away.has(name)) {
        away.add(name)
        bot.log.error({ pager: name, problem }, 'a way to people is not there')
      }
    }
    return away.size > 0 ? whileAway : whileWell
  }
  return loop(look, (error) => bot.log.error({ err: error }, 'could not look after the page channels; will look again'))
}
