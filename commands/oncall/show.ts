// /oncall: who has the pager.
import { type Command, privately } from '../../src/chat/command.ts'
import { nextShift, shiftAt } from '../../src/core/schedule.ts'
import { whoIsOnCallMessage } from '../../src/messages/replies.ts'
import { overridesAt } from '../../src/store/overrides.ts'

export const oncall: Command = {
  name: 'oncall',
  summary: 'Show who is on call, until when, and who is next',
  args: [{ name: 'schedule', kind: 'schedule', required: false, help: 'one schedule; all when left out' }],
  example: '/oncall primary',
  async run({ bot, now, args }) {
    const overrides = await overridesAt(bot.db, now)
    const wanted = Object.values(bot.config.schedules).filter(
      (s) => args.schedule === undefined || s.name === args.schedule,
    )
    const shifts = wanted.map((schedule) => ({
      schedule: schedule.name,
      zone: schedule.zone,
      shift: shiftAt(schedule, overrides, now),
      next: nextShift(schedule, overrides, now),
    }))
    return privately(whoIsOnCallMessage(bot, shifts, now))
  },
}
