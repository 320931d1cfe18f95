// Who is on call, over which platform a person is reached, and the page that is written for it.
import type { Rules } from '../bot.ts'
import type { Config } from '../config/config.ts'
import { type Page, pageKey } from '../core/page.ts'
import type { Target } from '../core/policy.ts'
import { type Override, type Shift, shiftAt } from '../core/schedule.ts'

/** The people behind a target at an instant; nobody when the schedule has a gap or is no longer configured. */
export function onCall(config: Config, overrides: readonly Override[], target: Target, at: Date): string[] {
  if ('person' in target) return config.people[target.person] ? [target.person] : []
  const schedule = config.schedules[target.schedule]
  if (schedule === undefined) return []
  const known = (shift: Shift | null) => (shift?.people ?? []).filter((person) => config.people[person] !== undefined)
  const people = known(shiftAt(schedule, overrides, at))
  // Who left the configuration can answer nothing: then whoever it would have been without that override.
  return people.length > 0 ? people : known(shiftAt(schedule, usable(config, overrides), at))
}

/** By configuration and list: the same list is asked for thousands of incidents. */
const knownOverrides = new WeakMap<readonly Override[], Override[]>()

/** The overrides whose person is in people. */
export function usable(config: Config, overrides: readonly Override[]): Override[] {
  const found = knownOverrides.get(overrides) ?? overrides.filter((one) => config.people[one.person] !== undefined)
  knownOverrides.set(overrides, found)
  return found
}

/** The first platform, in the bot's order, on which the person has an account; the console when there is none. */
export function reach(bot: Pick<Rules, 'config' | 'platforms'>, person: string, except: string[] = []): string {
  const accounts = bot.config.people[person]?.accounts ?? {}
  const platform = bot.platforms.find(({ name }) => name in accounts && !except.includes(name))
  return platform?.name ?? 'console'
}

/** A page to be written to the ledger, by default over the first platform on which the person has an account. */
export function newPage(
  bot: Pick<Rules, 'config' | 'platforms'>,
  incident: number,
  place: Parameters<typeof pageKey>[1],
  person: string,
  dueAt: Date,
  channel = reach(bot, person),
): Page {
  const key = pageKey(incident, place, person, channel)
  return { key, incident, person, channel, step: place.step, round: place.round, status: 'due', dueAt, sentAt: null }
}
