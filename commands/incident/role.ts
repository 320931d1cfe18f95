// /incident role: who does what.
import type { Command } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { doAndAnswer, incidentArg } from '../reply.ts'

export const role: Command = {
  name: 'incident role',
  summary: 'Take a role, such as comms or scribe, or give it to somebody',
  args: [
    incidentArg,
    { name: 'role', kind: 'word', required: true, help: 'lead, comms, scribe, or what your team calls its roles' },
    { name: 'person', kind: 'person', required: false, help: 'who has it; you, when left out' },
  ],
  example: '/incident role comms @grace',
  run(context) {
    const { bot, args, actor } = context
    const said = String(args.role).toLowerCase()
    const known = bot.config.roles.find((one) => one.toLowerCase() === said)
    if (known === undefined)
      throw new UserError(`There is no role “${args.role}”. There are: ${bot.config.roles.join(', ')}.`)
    const person = String(args.person ?? actor.id)
    if (known === 'lead') return doAndAnswer(context, { kind: 'take lead', by: actor.id, lead: person })
    return doAndAnswer(context, { kind: 'give role', by: actor.id, role: known, person })
  },
}
