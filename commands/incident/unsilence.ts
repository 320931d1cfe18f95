// /incident unsilence: end what /incident silence made.
import type { Command } from '../../src/chat/command.ts'
import { unsilenceIncident } from '../../src/flow/silences.ts'
import { incidentArg, latestEntry, viewOf } from '../reply.ts'

export const unsilence: Command = {
  name: 'incident unsilence',
  summary: 'End the silence of its alerts',
  args: [incidentArg],
  example: '/incident unsilence 12',
  async run(context) {
    const number = context.incident()
    await unsilenceIncident(context.bot, await viewOf(context, number), context.actor.id)
    return latestEntry(context, number, 'silence_ended')
  },
}
