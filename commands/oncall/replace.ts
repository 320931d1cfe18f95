// /oncall replace: one person's shifts go to another for a while; everybody else's stay.
import { nameOf } from '../../src/bot.ts'
import type { Command } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { addOverride } from '../../src/store/overrides.ts'
import { timeText } from '../../src/templates/times.ts'
import { fromArg, personOf, scheduleOf, spanOf, standing } from './choosing.ts'

export const replace: Command = {
  name: 'oncall replace',
  aliases: ['oncall override replace'],
  summary: 'Have one person’s shifts done by another for a while, e.g. during a holiday',
  args: [
    { name: 'schedule', kind: 'schedule', required: true, help: 'the schedule' },
    { name: 'person', kind: 'person', required: true, help: 'whose shifts; “me” for your own' },
    { name: 'with', kind: 'person', required: true, help: 'who does them' },
    { name: 'duration', kind: 'duration', required: true, help: 'how long, e.g. 14d' },
    fromArg,
  ],
  example: '/oncall replace primary ada grace 14d --from 2026-12-21',
  async run(context) {
    const { bot, now, actor, args } = context
    const schedule = scheduleOf(context)
    const replaces = String(args.person)
    const person = personOf(context, 'with')
    if (person === replaces) throw new UserError(`${nameOf(bot, person)} cannot stand in for themselves; name another.`)
    const span = spanOf(context, schedule)
    const made = { schedule: schedule.name, person, replaces, ...span, madeBy: actor.id, madeAt: now }
    const number = await addOverride(bot.db, made)
    const time = (at: Date) => timeText(at, schedule.zone, now)
    const since = span.from > now ? `from ${time(span.from)} ` : ''
    const title = `${nameOf(bot, person)} does the shifts of ${nameOf(bot, replaces)} in ${schedule.name} ${since}until ${time(span.until)} (override ${number})`
    return standing(context, schedule, title)
  },
}
