// /incident reopen: it is not over after all.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const reopen: Command = {
  name: 'incident reopen',
  aliases: ['incident unresolve', 'reopen', 'unresolve'],
  summary: 'Say that it is not over after all; whoever had it has it again, else the paging starts over',
  args: [incidentArg],
  example: '/incident reopen 12',
  run: (context) => doAndAnswer(context, { kind: 'reopen', by: context.actor.id, alert: null }),
}
