// /incident lead: who leads.
import type { Command } from '../../src/chat/command.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const lead: Command = {
  name: 'incident lead',
  summary: 'Take the lead, or give it to somebody',
  args: [incidentArg, { name: 'person', kind: 'person', required: false, help: 'who leads; you, when left out' }],
  example: '/incident lead @ada',
  run: (context) =>
    doAndAnswer(context, {
      kind: 'take lead',
      by: context.actor.id,
      lead: String(context.args.person ?? context.actor.id),
    }),
}
