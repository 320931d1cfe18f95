// /incident escalate: page the next step of the policy now, whoever has it.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const escalate: Command = {
  name: 'incident escalate',
  summary: 'Page the next step of the policy now; whoever had it no longer has it',
  args: [
    incidentArg,
    {
      name: 'seen',
      kind: 'word',
      required: false,
      flag: true,
      byButton: true,
      help: 'where the policy stood when the button was drawn',
    },
  ],
  example: '/incident escalate 12',
  run: (context) =>
    doAndAnswer(context, {
      kind: 'escalate',
      by: context.actor.id,
      seen: typeof context.args.seen === 'string' ? context.args.seen : null,
    }),
}
