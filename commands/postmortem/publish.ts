// /postmortem publish: the write-up is finished; its clock stops. While something is missing it is said first.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { publishPostmortem } from '../../src/flow/postmortem.ts'
import { missingInPostmortem } from '../../src/flow/postmortem-edits.ts'
import { checkMessage } from '../../src/messages/postmortem.ts'
import { incidentArg, viewOf } from '../reply.ts'

export const publish: Command = {
  name: 'postmortem publish',
  summary: 'Say that the post-mortem is finished',
  args: [
    incidentArg,
    { name: 'anyway', kind: 'word', required: false, help: '“anyway”: also while something is missing' },
  ],
  example: '/postmortem publish 12',
  async run(context) {
    const number = context.incident()
    const { anyway } = context.args
    if (anyway !== undefined && anyway !== 'anyway')
      throw new UserError(
        `I do not know what “${anyway}” is for. It goes like this: /postmortem publish ${number} anyway`,
      )
    const missing = anyway ? [] : await missingInPostmortem(context.bot, number)
    if (missing && missing.length > 0) {
      const { incident } = await viewOf(context, number)
      return privately(checkMessage(context.bot, number, missing, incident))
    }
    await publishPostmortem(context.bot, number, context.actor.id)
    if (context.room === number) return null
    return privately({ title: `The post-mortem of incident ${number} is published.`, tone: 'good' })
  },
}
