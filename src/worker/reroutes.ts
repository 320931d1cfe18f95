// Looks every second for pages that their way does not take, and sends them over the next one as well.
import type { Bot } from '../bot.ts'
import { reroutePages } from '../flow/reroute.ts'
import { type Loop, loop } from './timer.ts'

const every = 1_000

/** Milliseconds after a start: what fell due while nobody was running is sent over its own way first. */
const grace = 10_000

export function startReroutes(bot: Bot): Loop {
  let begun = false
  return loop(
    async () => {
      while (begun && (await reroutePages(bot)).more);
      const rest = begun ? every : grace
      begun = true
      return rest
    },
    (error) => bot.log.error({ err: error }, 'could not look for pages that hang; will look again'),
  )
}
