// /postmortem publish: the write-up is finished; its clock stops.
import { type Command, privately } from '../../src/chat/command.ts'
import { publishPostmortem } from '../../src/flow/postmortem.ts'
import { incidentArg } from '../reply.ts'

export const publish: Command = {
  name: 'postmortem publish',
  summary: 'Say that the post-mortem is finished',
  args: [incidentArg],
  example: '/postmortem publish 12',
  async run(context) {
    const number = context.incident()
    await publishPostmortem(context.bot, number, context.actor.id)
    if (context.room === number) return null
    return privately({ title: `The post-mortem of incident ${number} is published.`, tone: 'good' })
  },
}
