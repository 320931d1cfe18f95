// What the commands about schedules have in common: which schedule, which stretch of time, and how the answer looks.
import type { CommandContext } from '../../src/chat/command.ts'
import type { Reply } from '../../src/chat/platform.ts'
import { usable } from '../../src/core/duty.ts'
import type { Schedule } from '../../src/core/schedule.ts'
import { dateOf, day, instantOf, wallAt, wallOf } from '../../src/core/wall.ts'
import { UserError } from '../../src/errors.ts'
import { onCallNow, whoIsOnCallMessage } from '../../src/messages/oncall.ts'
import { calendarStates } from '../../src/store/calendars.ts'
import { overridesAt } from '../../src/store/overrides.ts'

export const longestOverride = 31 * day

export function scheduleOf({ bot, args }: CommandContext): Schedule {
  const schedule = bot.config.schedules[String(args.schedule)]
  if (schedule === undefined) throw new UserError(`There is no schedule “${args.schedule}”.`)
  return schedule
}

/** Somebody who can be paged; `name` is the argument that says who. */
export function personOf({ bot, args }: CommandContext, name: string): string {
  const person = String(args[name])
  if (!bot.config.people[person])
    throw new UserError(`${person} is not one of people: in tocsin.yaml and could not be paged.`)
  return person
}

export const fromArg = {
  name: 'from',
  kind: 'word',
  required: false,
  flag: true,
  help: 'when it begins, e.g. "2026-11-25 18:00" or 18:00, in the schedule’s zone; now when left out',
} as const

/** From `--from`, or now, for `--duration`; whole days end at the time of day at which they began, whatever the clocks do. */
export function spanOf({ now, args }: CommandContext, schedule: Schedule): { from: Date; until: Date } {
  const length = Number(args.duration)
  if (length > longestOverride)
    throw new UserError('An override lasts 31 days at the most; change the rotation in tocsin.yaml for longer.')
  if (length <= 0) throw new UserError('An override has to last a while. Write e.g. 8h.')
  const from = args.from === undefined ? now : beginning(String(args.from), schedule.zone, now)
  const until = endOf(from, length, schedule.zone)
  if (until <= now) throw new UserError(`That would be over already. Leave --from out to begin now.`)
  return { from, until }
}

export function endOf(from: Date, length: number, zone: string): Date {
  if (length === 0 || length % day !== 0) return new Date(from.getTime() + length)
  return new Date(instantOf(zone, wallAt(zone, from.getTime()) + length, 'last'))
}

/** `18:00` is the next time the clock shows it; `2026-11-25 18:00` and `2026-11-25` are what they say. */
function beginning(text: string, zone: string, now: Date): Date {
  const match = /^(?:(\d{4}-\d\d-\d\d)(?:[T ]|$))?\s*(?:([01]?\d|2[0-3]):([0-5]\d))?$/.exec(text.trim())
  const [, date, hours, minutes] = match ?? []
  const time = hours === undefined ? '00:00' : `${hours.padStart(2, '0')}:${minutes}`
  const isDate = date === undefined || new Date(wallOf(date) || 0).toISOString().startsWith(date)
  if (match === null || (date === undefined && hours === undefined) || !isDate)
    throw new UserError(`“${text}” is no time I can read. Write --from "2026-11-25 18:00", or --from 18:00.`)
  if (date !== undefined) return new Date(instantOf(zone, wallOf(date, time), 'first'))
  const today = dateOf(wallAt(zone, now.getTime()))
  const at = instantOf(zone, wallOf(today, time), 'first')
  const tomorrow = dateOf(wallOf(today) + day)
  return new Date(at >= now.getTime() ? at : instantOf(zone, wallOf(tomorrow, time), 'first'))
}

/** How a schedule stands after it was changed, for everybody to read. */
export async function standing({ bot, now }: CommandContext, schedule: Schedule, title: string): Promise<Reply> {
  const overrides = usable(bot.config, await overridesAt(bot.db, now))
  const message = whoIsOnCallMessage(bot, [onCallNow(schedule, overrides, await calendarStates(bot.db), now)], now)
  return { visibility: 'channel', message: { ...message, title } }
}
