// /incident note: put a finding on the timeline.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const note: Command = {
  name: 'incident note',
  summary: 'Put a finding on the timeline',
  args: [incidentArg, { name: 'note', kind: 'text', required: true, help: 'what you found or did' }],
  example: '/incident note rolled back to 4.2.0',
  run: (context) => doAndAnswer(context, { kind: 'note', by: context.actor.id, note: String(context.args.note) }),
}
