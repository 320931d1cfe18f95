// /incident why: why somebody was paged, as a chain of facts.
import { nameOf } from '../../src/bot.ts'
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { whyMessage } from '../../src/messages/why.ts'
import { incidentArg, wholeViewOf } from '../reply.ts'

export const why: Command = {
  name: 'incident why',
  aliases: ['why'],
  summary: 'Show why somebody was paged, fact by fact',
  args: [
    incidentArg,
    { name: 'person', kind: 'person', required: false, help: 'who was paged; you, or whoever was last, when left out' },
  ],
  example: '/incident why 12 @grace',
  async run(context) {
    const { bot, actor, args, now } = context
    const view = await wholeViewOf(context, context.incident())
    const asked = args.person === undefined ? null : String(args.person)
    const me = view.pages.some((page) => page.person === actor.id) ? actor.id : null
    const message = whyMessage(bot, view, asked ?? me, now)
    if (message !== null) return privately(message)
    const number = view.incident.number
    if (asked === null) throw new UserError(`Nobody has been paged for incident ${number}.`)
    const others = [...new Set(view.pages.map((page) => nameOf(bot, page.person)))]
    throw new UserError(
      `${nameOf(bot, asked)} was not paged for incident ${number}; ${others.length === 0 ? 'nobody was' : `these were: ${others.join(', ')}`}.`,
    )
  },
}
