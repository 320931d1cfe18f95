// /incident list: what is open.
import { type Command, privately } from '../../src/chat/command.ts'
import { listMessage } from '../../src/messages/replies.ts'
import { openIncidents } from '../../src/store/incidents.ts'

export const list: Command = {
  name: 'incident list',
  summary: 'List the incidents that are not resolved',
  args: [],
  example: '/incident list',
  async run({ bot, now }) {
    return privately(listMessage(bot, await openIncidents(bot.db), now))
  },
}
