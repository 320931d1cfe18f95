// /oncall cancel: an override ends now, or never begins.
import { nameOf } from '../../src/bot.ts'
import type { Command } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { endOverride } from '../../src/store/overrides.ts'
import { standing } from './choosing.ts'

export const cancel: Command = {
  name: 'oncall cancel',
  aliases: ['oncall override remove', 'oncall override cancel'],
  summary: 'Take an override back; whoever it was before has the pager again',
  args: [{ name: 'number', kind: 'number', required: true, help: 'its number, as /oncall overrides shows it' }],
  example: '/oncall cancel 4',
  async run(context) {
    const { bot, args, now } = context
    const ended = await endOverride(bot.db, Number(args.number), now)
    if (ended === null)
      throw new UserError(
        `There is no override ${args.number} that is not over. /oncall overrides shows those there are.`,
      )
    const title = `Override ${ended.id} is taken back: ${nameOf(bot, ended.person)} does not have the pager of ${ended.schedule} by it`
    const schedule = bot.config.schedules[ended.schedule]
    if (schedule === undefined) return { visibility: 'channel', message: { title, tone: 'info' } }
    return standing(context, schedule, title)
  },
}
