// Who is on call, and over which platform a person is reached.
import type { Rules } from '../bot.ts'
import type { Config } from '../config/config.ts'
import { peopleBehind } from '../core/duty.ts'
import type { Incident } from '../core/incident.ts'
import type { Target } from '../core/policy.ts'
import type { Override } from '../core/schedule.ts'

/** The people behind a target at an instant; nobody when the schedule has a gap or is no longer configured. */
export function onCall(config: Config, overrides: readonly Override[], target: Target, at: Date): string[] {
  return peopleBehind(config, overrides, target, at)
}

/** The first platform, in the bot's order, on which the person has an account; the console when there is none. */
export function reach(bot: Pick<Rules, 'config' | 'platforms'>, person: string, except: string[] = []): string {
  const accounts = bot.config.people[person]?.accounts ?? {}
  const platform = bot.platforms.find(({ name }) => name in accounts && !except.includes(name))
  return platform?.name ?? 'console'
}

/** Whole seconds since it opened: they tell one page of a person from the next where no step of the policy does. */
export function secondsSince({ openedAt }: Incident, now: Date): number {
  return Math.floor((now.getTime() - openedAt.getTime()) / 1000)
}
