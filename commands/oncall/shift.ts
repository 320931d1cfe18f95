// What the commands about shifts read from what was typed: the schedule, the day, and that whoever speaks can have a pager.
import type { CommandContext } from '../../src/chat/command.ts'
import { daySpan } from '../../src/core/day.ts'
import { type LocalTime, localTime } from '../../src/core/local-time.ts'
import type { Period } from '../../src/core/pager.ts'
import type { Schedule } from '../../src/core/schedule.ts'
import { UserError } from '../../src/errors.ts'

/** The key of whoever speaks, who is one of people. */
export function memberOf({ bot, actor }: CommandContext): string {
  if (bot.config.people[actor.id] === undefined)
    throw new UserError(
      `You are not one of people: in tocsin.yaml, so no page would reach you. Add yourself there, with ${actor.platform}: ${actor.account}`,
    )
  return actor.id
}

export function dayOf({ now }: CommandContext, schedule: Schedule, word: string): Period {
  const day = daySpan(word, schedule.zone, now)
  if (day === null)
    throw new UserError(`“${word}” is not a day. Write 2026-03-09, today, tomorrow or a weekday such as friday.`)
  if (day.until <= now) throw new UserError(`“${word}” is over. Write a day that is still to come, e.g. tomorrow.`)
  return day
}

/** A day as it stands in a sentence: `on friday`, but `tomorrow`. */
export function onDay(word: string): string {
  return /^(now|today|tomorrow)$/i.test(word) ? word.toLowerCase() : `on ${word}`
}

/** `Mon 9 Mar 09:00`, in the schedule's zone. */
export function moment(at: Date, schedule: Schedule): string {
  const local: LocalTime = localTime(at, schedule.zone)
  return `${local.shortDay} ${local.minute}`
}
