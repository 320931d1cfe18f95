// /oncall overrides: what is laid over the schedules, and the number to cancel each by.
import { type Command, privately } from '../../src/chat/command.ts'
import { overridesMessage } from '../../src/messages/overrides.ts'
import { overridesAt } from '../../src/store/overrides.ts'

export const overrides: Command = {
  name: 'oncall overrides',
  aliases: ['oncall override list'],
  summary: 'List the overrides of now and later, with their numbers',
  args: [{ name: 'schedule', kind: 'schedule', required: false, help: 'one schedule; all when left out' }],
  example: '/oncall overrides primary',
  async run({ bot, now, args }) {
    const all = await overridesAt(bot.db, now)
    const listed = all
      .filter((one) => one.kind === 'override')
      .filter((one) => args.schedule === undefined || one.schedule === args.schedule)
    return privately(overridesMessage(bot, listed, now))
  },
}
