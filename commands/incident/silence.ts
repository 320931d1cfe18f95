// /incident silence: silence the incident's firing alerts in Alertmanager for a while.
import type { Command } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { silenceIncident } from '../../src/flow/silences.ts'
import { incidentArg, latestEntry, wholeViewOf } from '../reply.ts'

const minute = 60_000
const longest = 30 * 86_400_000

export const silence: Command = {
  name: 'incident silence',
  summary: 'Silence its firing alerts in Alertmanager for a while; paging goes on',
  args: [
    incidentArg,
    { name: 'duration', kind: 'duration', required: true, help: 'how long, e.g. 2h' },
    { name: 'because', kind: 'text', required: false, help: 'why, for whoever sees the silence' },
  ],
  example: '/incident silence 2h rolling back',
  async run(context) {
    const { bot, args, actor } = context
    const length = Number(args.duration)
    if (length < minute || length > longest)
      throw new UserError(
        '<duration>: a silence lasts from 1m to 30d. What is to be quiet for longer is better changed in its rule.',
      )
    const number = context.incident()
    const because = args.because === undefined ? '' : String(args.because)
    await silenceIncident(bot, await wholeViewOf(context, number), { length, because, by: actor.id })
    return latestEntry(context, number, 'alerts_silenced')
  },
}
