// /incident status: the card as it is now.
import { type Command, privately } from '../../src/chat/command.ts'
import { statusMessage } from '../../src/messages/replies.ts'
import { incidentArg, viewOf } from '../reply.ts'

export const status: Command = {
  name: 'incident status',
  summary: 'Show where an incident stands',
  args: [incidentArg],
  example: '/incident status 12',
  async run(context) {
    const view = await viewOf(context, context.incident())
    return privately(statusMessage(context.bot, view, context.now, context.actor.platform))
  },
}
