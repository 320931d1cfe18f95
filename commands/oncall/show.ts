// /oncall: who has the pager, why, and who is next.
import { type Command, privately } from '../../src/chat/command.ts'
import { usable } from '../../src/core/duty.ts'
import { onCallNow, whoIsOnCallMessage } from '../../src/messages/oncall.ts'
import { calendarStates } from '../../src/store/calendars.ts'
import { overridesAt } from '../../src/store/overrides.ts'

export const oncall: Command = {
  name: 'oncall',
  summary: 'Show who is on call, until when, and who is next',
  args: [{ name: 'schedule', kind: 'schedule', required: false, help: 'one schedule; all when left out' }],
  example: '/oncall primary',
  async run({ bot, now, args }) {
    const overrides = usable(bot.config, await overridesAt(bot.db, now))
    const wanted = Object.values(bot.config.schedules).filter(
      (s) => args.schedule === undefined || s.name === args.schedule,
    )
    const calendars = await calendarStates(bot.db)
    const standing = wanted.map((schedule) => onCallNow(schedule, overrides, calendars, now))
    return privately(whoIsOnCallMessage(bot, standing, now))
  },
}
