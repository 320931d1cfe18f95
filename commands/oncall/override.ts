// /oncall override: somebody takes the pager for a while.
import { nameOf } from '../../src/bot.ts'
import type { Command } from '../../src/chat/command.ts'
import { nextShift, shiftAt } from '../../src/core/schedule.ts'
import { UserError } from '../../src/errors.ts'
import { whoIsOnCallMessage } from '../../src/messages/replies.ts'
import { addOverride, overridesAt } from '../../src/store/overrides.ts'

const longest = 31 * 86_400_000

export const override: Command = {
  name: 'oncall override',
  summary: 'Give somebody the pager of a schedule, from now',
  args: [
    { name: 'schedule', kind: 'schedule', required: true, help: 'the schedule' },
    { name: 'person', kind: 'person', required: true, help: 'who takes the pager; “me” for yourself' },
    { name: 'duration', kind: 'duration', required: true, help: 'how long, e.g. 8h' },
  ],
  example: '/oncall override primary me 8h',
  async run({ bot, now, args, actor }) {
    const span = Number(args.duration)
    if (span > longest)
      throw new UserError('An override lasts 31 days at the most; change the rotation in tocsin.yaml for longer.')
    const person = String(args.person)
    if (!bot.config.people[person])
      throw new UserError(`${person} is not one of people: in tocsin.yaml and could not be paged.`)
    const schedule = bot.config.schedules[String(args.schedule)]
    if (schedule === undefined) throw new UserError(`There is no schedule “${args.schedule}”.`)
    const until = new Date(now.getTime() + span)
    await addOverride(bot.db, { schedule: schedule.name, person, from: now, until, madeBy: actor.id, madeAt: now })
    const overrides = await overridesAt(bot.db, now)
    const shift = {
      schedule: schedule.name,
      zone: schedule.zone,
      shift: shiftAt(schedule, overrides, now),
      next: nextShift(schedule, overrides, now),
    }
    const title = `${nameOf(bot, person)} has the pager of ${schedule.name}`
    return { visibility: 'channel', message: { ...whoIsOnCallMessage(bot, [shift], now), title } }
  },
}
