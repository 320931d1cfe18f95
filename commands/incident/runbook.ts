// /incident runbook: the runbook's steps, for whoever asks.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { runbookMessage } from '../../src/messages/runbook.ts'
import { incidentArg, viewOf } from '../reply.ts'

export const runbook: Command = {
  name: 'incident runbook',
  summary: 'Show the runbook and what is done of it',
  args: [incidentArg],
  example: '/incident runbook 12',
  async run(context) {
    const view = await viewOf(context, context.incident())
    if (view.runbook.length === 0) {
      throw new UserError(
        `No runbook matched incident ${view.incident.number}. A Markdown file under runbooks: that names the alert under “Symptoms” would.`,
      )
    }
    return privately(runbookMessage(context.bot, view))
  },
}
