// /oncall requests: swaps and offers that wait for an answer, with the buttons of whoever asks, for those who lost the message.
import { type Command, privately } from '../../src/chat/command.ts'
import { requestsMessage } from '../../src/messages/pager.ts'
import { openRequests } from '../../src/store/shift-requests.ts'

export const requests: Command = {
  name: 'oncall requests',
  summary: 'List the swaps and offers that wait for an answer',
  args: [],
  example: '/oncall requests',
  async run({ bot, now, actor }) {
    return privately(requestsMessage(bot, await openRequests(bot.db), actor.id, now))
  },
}
