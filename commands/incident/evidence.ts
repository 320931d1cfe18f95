// /incident evidence: ask logs, traces and the like again.
import { type Command, privately } from '../../src/chat/command.ts'
import { askAgain } from '../../src/flow/inquiry.ts'
import { askedMessage } from '../../src/messages/evidence.ts'
import { incidentArg, viewOf } from '../reply.ts'

export const evidence: Command = {
  name: 'incident evidence',
  summary: 'Ask logs and traces again; the evidence in the room is replaced',
  args: [incidentArg],
  example: '/incident evidence 12',
  async run(context) {
    const { bot, actor, now } = context
    const view = await viewOf(context, context.incident())
    const asked = await askAgain(bot, view.incident.number, actor.id)
    return privately(askedMessage(bot, view, asked, now, actor.platform))
  },
}
