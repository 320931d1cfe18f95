// /postmortem: the draft, where it can be read and what is still asked.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { postmortemMessage } from '../../src/messages/postmortem.ts'
import { postmortem } from '../../src/store/views.ts'
import { incidentArg, viewOf } from '../reply.ts'

export const showPostmortem: Command = {
  name: 'postmortem',
  summary: 'Show the post-mortem draft and what it still asks',
  args: [incidentArg],
  example: '/postmortem 12',
  async run(context) {
    const view = await viewOf(context, context.incident())
    const row = await postmortem(context.bot.db, view.incident.number)
    if (row === null)
      throw new UserError(
        `Incident ${view.incident.number} has no post-mortem yet; it is drafted when the incident is resolved.`,
      )
    return privately(postmortemMessage(context.bot, view, row))
  },
}
