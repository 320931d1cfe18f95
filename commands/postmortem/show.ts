// /postmortem: the draft, where it can be read and what is still asked.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { draftPostmortem } from '../../src/flow/postmortem.ts'
import { missingInPostmortem } from '../../src/flow/postmortem-edits.ts'
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
    // Notes that came after the end are in it too, and a P3 gets its draft when somebody asks for it.
    await draftPostmortem(context.bot, view.incident.number)
    const row = await postmortem(context.bot.db, view.incident.number)
    if (row === null)
      throw new UserError(
        `Incident ${view.incident.number} has no post-mortem yet; it is drafted when the incident is resolved.`,
      )
    const missing = (await missingInPostmortem(context.bot, view.incident.number)) ?? []
    return privately(postmortemMessage(context.bot, view, row, missing))
  },
}
