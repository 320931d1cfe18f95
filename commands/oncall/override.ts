// /oncall override: somebody takes the pager for a while.
import { nameOf } from '../../src/bot.ts'
import type { Command } from '../../src/chat/command.ts'
import { addOverride } from '../../src/store/overrides.ts'
import { timeText } from '../../src/templates/times.ts'
import { fromArg, personOf, scheduleOf, spanOf, standing } from './choosing.ts'

export const override: Command = {
  name: 'oncall override',
  summary: 'Give somebody the pager of a schedule for a while, now or later',
  args: [
    { name: 'schedule', kind: 'schedule', required: true, help: 'the schedule' },
    { name: 'person', kind: 'person', required: true, help: 'who takes the pager; “me” for yourself' },
    { name: 'duration', kind: 'duration', required: true, help: 'how long, e.g. 8h' },
    fromArg,
  ],
  example: '/oncall override primary me 8h',
  async run(context) {
    const { bot, now, actor } = context
    const schedule = scheduleOf(context)
    const person = personOf(context, 'person')
    const span = spanOf(context, schedule)
    const made = { schedule: schedule.name, person, replaces: null, ...span, madeBy: actor.id, madeAt: now }
    const number = await addOverride(bot.db, made)
    const has = span.from > now ? `will have` : 'has'
    const since = span.from > now ? ` from ${timeText(span.from, schedule.zone, now)}` : ''
    const until = `until ${timeText(span.until, schedule.zone, now)}`
    const title = `${nameOf(bot, person)} ${has} the pager of ${schedule.name}${since} ${until} (override ${number})`
    return standing(context, schedule, title)
  },
}
