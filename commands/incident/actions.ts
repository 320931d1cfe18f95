// /incident actions: the action items of an incident, or all that are open.
import { type Command, privately } from '../../src/chat/command.ts'
import { actionsMessage } from '../../src/messages/actions.ts'
import { listActions, openActions } from '../../src/store/actions.ts'
import { incidentArg, viewOf } from '../reply.ts'

const most = 100

export const actions: Command = {
  name: 'incident actions',
  summary: 'List the action items of an incident; without one, all that are open',
  args: [incidentArg],
  example: '/incident actions 12',
  async run(context) {
    const { bot, args, room, now } = context
    const number = typeof args.incident === 'number' ? args.incident : room
    if (number === null) return privately(actionsMessage(bot, await openActions(bot.db, most), null, now))
    const { incident } = await viewOf(context, number)
    const found = await listActions(bot.db, { statuses: [], incident: number, limit: most })
    return privately(actionsMessage(bot, found, incident, now))
  },
}
