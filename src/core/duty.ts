// Who is meant by a target at an instant: the one place where schedules and groups become people.
import type { Target } from './policy.ts'
import { webhookChannel } from './recipient.ts'
import { type Override, type Schedule, type Shift, shiftAt } from './schedule.ts'

/** All that is configured about who is on duty. */
export type Duty = {
  people: Record<string, unknown>
  schedules: Record<string, Schedule>
  /** People by the name of their group. */
  groups: Record<string, string[]>
}

/** The people behind a target, or the channel or webhook that it is; nobody when the schedule has a gap, or what is named is no longer configured. */
export function peopleBehind(duty: Duty, overrides: readonly Override[], target: Target, at: Date): string[] {
  if ('person' in target) return known(duty, [target.person])
  if ('group' in target) return known(duty, duty.groups[target.group] ?? [])
  if ('channel' in target) return [target.channel]
  if ('webhook' in target) return [webhookChannel(target.webhook)]
  const schedule = duty.schedules[target.schedule]
  if (schedule === undefined) return []
  // Who left the configuration can answer nothing: without that override it is whoever it would have been.
  return known(duty, shiftOf(schedule, usable(duty, overrides), at)?.people ?? [])
}

/** By list and schedule, the last that was asked for: the same is asked for thousands of incidents that are due at once. */
const lastShifts = new WeakMap<readonly Override[], Map<Schedule, { at: number; shift: Shift | null }>>()

function shiftOf(schedule: Schedule, overrides: readonly Override[], at: Date): Shift | null {
  const shifts = lastShifts.get(overrides) ?? new Map<Schedule, { at: number; shift: Shift | null }>()
  const last = shifts.get(schedule)
  if (last !== undefined && last.at === at.getTime()) return last.shift
  const shift = shiftAt(schedule, overrides, at)
  lastShifts.set(overrides, shifts.set(schedule, { at: at.getTime(), shift }))
  return shift
}

function known({ people }: Pick<Duty, 'people'>, named: string[]): string[] {
  return named.filter((person) => people[person] !== undefined)
}

/** By list: the same one is asked for thousands of incidents. */
const knownOverrides = new WeakMap<readonly Override[], Override[]>()

/** The overrides whose person is in people. */
export function usable({ people }: Pick<Duty, 'people'>, overrides: readonly Override[]): Override[] {
  const found = knownOverrides.get(overrides) ?? overrides.filter((one) => people[one.person] !== undefined)
  knownOverrides.set(overrides, found)
  return found
}
