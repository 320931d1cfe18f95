// /incident new: open an incident that no alert has seen.
import { type Command, privately } from '../../src/chat/command.ts'
import { parseSeverity } from '../../src/core/severity.ts'
import { declareIncident } from '../../src/flow/declare.ts'
import { statusMessage } from '../../src/messages/replies.ts'
import { viewOf } from '../reply.ts'

export const declare: Command = {
  name: 'incident new',
  aliases: ['incident declare', 'incident open'],
  summary: 'Open an incident by hand; its room opens and the on-call person is paged',
  args: [
    { name: 'severity', kind: 'severity', required: false, help: 'P1 to P4; P2 when left out' },
    { name: 'service', kind: 'word', required: false, flag: true, help: 'the service it is about' },
    { name: 'title', kind: 'text', required: true, help: 'what is wrong, in one line' },
  ],
  example: '/incident new P1 checkout is down --service checkout',
  async run(context) {
    const { bot, actor, args } = context
    const severity = args.severity === undefined ? null : parseSeverity(String(args.severity))
    const number = await declareIncident(bot, {
      title: String(args.title),
      severity,
      service: String(args.service ?? 'unknown'),
      by: actor.id,
    })
    const card = statusMessage(bot, await viewOf(context, number), context.now, actor.platform)
    return privately({ ...card, title: `Opened: ${card.title}` })
  },
}
