// Gaps in the schedules as they are now, with everything that is laid over them.
import type { Bot } from '../bot.ts'
import { findGaps, foreseen, type ScheduleGap } from '../core/gaps.ts'
import type { Schedule } from '../core/schedule.ts'
import { overridesBetween } from '../store/overrides.ts'

/** Of some of the schedules, within `days` days from now. */
export async function gapsAhead(
  bot: Pick<Bot, 'config' | 'db' | 'clock'>,
  schedules: Schedule[] = Object.values(bot.config.schedules),
  days = foreseen,
): Promise<ScheduleGap[]> {
  const now = bot.clock.now()
  const overrides = await overridesBetween(bot.db, now, new Date(now.getTime() + days * 86_400_000))
  const rota = { people: bot.config.people, schedules: Object.fromEntries(schedules.map((one) => [one.name, one])) }
  return findGaps(rota, overrides, now, days)
}
