// /incident changes: what changed just before.
import { type Command, privately } from '../../src/chat/command.ts'
import { beginningOf } from '../../src/core/alert.ts'
import { changesAround } from '../../src/flow/service-changes.ts'
import { changesMessage } from '../../src/messages/changes.ts'
import { incidentArg, wholeViewOf } from '../reply.ts'

export const changes: Command = {
  name: 'incident changes',
  aliases: ['changes'],
  summary: 'List what changed in the service just before',
  args: [incidentArg],
  example: '/incident changes',
  async run(context) {
    const { bot, now } = context
    const { incident, alerts } = await wholeViewOf(context, context.incident())
    const startedAt = beginningOf(incident.openedAt, alerts)
    const around = {
      ...{ number: incident.number, service: incident.service, startedAt },
      before: bot.config.changes.before,
      changes: await changesAround(bot, incident, startedAt),
      senders: Object.keys(bot.config.changes.sources).length,
    }
    return privately(changesMessage(bot, around, now))
  },
}
