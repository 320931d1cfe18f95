// /incident ack: somebody has it, or still has it. Stops the escalation.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const ack: Command = {
  name: 'incident ack',
  aliases: ['incident acknowledge', 'ack'],
  summary: 'Say that you have it, or still have it; the paging stops',
  args: [
    incidentArg,
    { name: 'take-over', kind: 'switch', required: false, flag: true, help: 'also when somebody else has it' },
    {
      name: 'seen',
      kind: 'word',
      required: false,
      flag: true,
      byButton: true,
      help: 'who had it when the button was drawn',
    },
  ],
  example: '/incident ack 12',
  run: (context) => {
    const { actor, args } = context
    const seen = typeof args.seen === 'string' ? args.seen : null
    const takeOver = args['take-over'] === undefined ? {} : { takeOver: { seen } }
    return doAndAnswer(context, { kind: 'acknowledge', by: actor.id, ...takeOver })
  },
}
