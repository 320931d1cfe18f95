// /oncall gaps: when nobody would answer, before the night in which it matters.
import { type Command, privately } from '../../src/chat/command.ts'
import { gapsAhead } from '../../src/flow/gaps.ts'
import { gapsMessage } from '../../src/messages/gaps.ts'

export const gaps: Command = {
  name: 'oncall gaps',
  summary: 'Show when nobody is on call in the next 90 days',
  args: [{ name: 'schedule', kind: 'schedule', required: false, help: 'one schedule; all when left out' }],
  example: '/oncall gaps primary',
  async run({ bot, now, args }) {
    const wanted = Object.values(bot.config.schedules).filter(
      (one) => args.schedule === undefined || one.name === args.schedule,
    )
    return privately(gapsMessage(bot, wanted, await gapsAhead(bot, wanted), now))
  },
}
