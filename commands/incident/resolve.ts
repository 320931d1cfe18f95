// /incident resolve: it is over.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const resolve: Command = {
  name: 'incident resolve',
  aliases: ['incident close', 'resolve'],
  summary: 'Say that it is over; the post-mortem is drafted',
  args: [incidentArg],
  example: '/incident resolve 12',
  run: (context) => doAndAnswer(context, { kind: 'resolve', by: context.actor.id }),
}
