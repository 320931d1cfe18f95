// /oncall take: the pager, now, from whoever has it; for the one who sees that somebody is sick or on a train.
import { nameOf } from '../../src/bot.ts'
import type { Command } from '../../src/chat/command.ts'
import { usable } from '../../src/core/duty.ts'
import { shiftAt } from '../../src/core/schedule.ts'
import { UserError } from '../../src/errors.ts'
import { handoversFor } from '../../src/store/handovers.ts'
import { addOverride, overridesAt } from '../../src/store/overrides.ts'
import { timeText } from '../../src/templates/times.ts'
import { endOf, longestOverride, scheduleOf, standing } from './choosing.ts'
import { have } from './have.ts'
import { memberOf } from './shift.ts'

export const take: Command = {
  name: 'oncall take',
  summary: 'Take the pager of a schedule now, until the shift ends or as long as you say',
  args: [
    { name: 'schedule', kind: 'schedule', required: true, help: 'the schedule' },
    {
      name: 'duration',
      kind: 'duration',
      required: false,
      help: 'how long, e.g. 8h; until the shift ends when left out',
    },
  ],
  example: '/oncall take primary 4h',
  async run(context) {
    const { bot, now, args, actor } = context
    const person = memberOf(context)
    const schedule = scheduleOf(context)
    const shift = shiftAt(schedule, usable(bot.config, await overridesAt(bot.db, now)), now)
    if (shift?.people.includes(person)) {
      // Whoever says so while a hand-over asks them has answered it: else the pager would go back in a few minutes.
      const waiting = (await handoversFor(bot.db, person)).find((one) => one.schedule === schedule.name)
      if (waiting !== undefined) return have.run({ ...context, args: { handover: waiting.id } })
      throw new UserError(`You have the pager of ${schedule.name} already. /oncall ${schedule.name} shows until when.`)
    }
    if (args.duration === undefined && shift === null)
      throw new UserError(
        `Nobody has the pager of ${schedule.name} now, so no shift says when yours ends. Say how long: /oncall take ${schedule.name} 4h`,
      )
    const span = Number(args.duration ?? 0)
    if (span > longestOverride) throw new UserError('The pager can be taken for 31 days at the most. For example: 8h')
    const until = args.duration === undefined && shift !== null ? shift.until : endOf(now, span, schedule.zone)
    if (until <= now) throw new UserError('That is no time at all. Say how long, e.g. 4h')
    const made = { schedule: schedule.name, person, replaces: null, from: now, until, madeBy: actor.id, madeAt: now }
    await addOverride(bot.db, made)
    const end = timeText(until, schedule.zone, now)
    return standing(context, schedule, `${nameOf(bot, person)} has the pager of ${schedule.name} until ${end}`)
  },
}
