// Asks twice a minute whether the monitoring is there; beside everything else, so that one that hangs keeps nothing waiting.
import type { Bot } from '../bot.ts'
import { watchMonitoring } from '../flow/monitoring.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds. */
const every = 30_000

export function startMonitoringWatch(bot: Bot): Loop {
  const look = async () => {
    await watchMonitoring(bot)
    return every
  }
  return loop(look, (error) => bot.log.error({ err: error }, 'could not look after the monitoring; will look again'))
}
