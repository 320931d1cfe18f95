// /incident timeline: what happened so far.
import { type Command, privately } from '../../src/chat/command.ts'
import { timelineMessage } from '../../src/messages/replies.ts'
import { incidentArg, wholeViewOf } from '../reply.ts'

export const timeline: Command = {
  name: 'incident timeline',
  summary: 'Show what happened so far',
  args: [incidentArg],
  example: '/incident timeline 12',
  async run(context) {
    const view = await wholeViewOf(context, context.incident())
    return privately(timelineMessage(context.bot, view, view.timeline, context.now))
  },
}
