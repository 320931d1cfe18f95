// /incident ack: somebody has it. Stops the escalation.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const ack: Command = {
  name: 'incident ack',
  aliases: ['incident acknowledge', 'ack'],
  summary: 'Say that you have it; the paging stops',
  args: [incidentArg],
  example: '/incident ack 12',
  run: (context) => doAndAnswer(context, { kind: 'acknowledge', by: context.actor.id }),
}
