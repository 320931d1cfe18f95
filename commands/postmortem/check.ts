// /postmortem check: what is missing before it is of use to anybody.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { missingInPostmortem } from '../../src/flow/postmortem-edits.ts'
import { checkMessage } from '../../src/messages/postmortem.ts'
import { incidentArg } from '../reply.ts'

export const checkPostmortem: Command = {
  name: 'postmortem check',
  summary: 'Show what the post-mortem still lacks',
  args: [incidentArg],
  example: '/postmortem check 12',
  async run(context) {
    const number = context.incident()
    const missing = await missingInPostmortem(context.bot, number)
    if (missing === null)
      throw new UserError(`Incident ${number} has no post-mortem yet; /postmortem ${number} drafts it.`)
    return privately(checkMessage(context.bot, number, missing, null))
  },
}
