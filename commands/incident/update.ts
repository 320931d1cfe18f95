// /incident update: tell everybody how things are, and when they hear more.
import { parseSpan } from '../../src/chat/arguments.ts'
import type { Command } from '../../src/chat/command.ts'
import { privately } from '../../src/chat/command.ts'
import { readUpdate } from '../../src/core/status-update.ts'
import { UserError } from '../../src/errors.ts'
import { giveUpdate } from '../../src/flow/updates.ts'
import { refusalMessage } from '../../src/messages/replies.ts'
import { incidentArg, latestEntry, viewOf } from '../reply.ts'

const example = '/incident update checkout fails in the EU; actions: rolling back; needs: a DBA; next: 30m'

export const update: Command = {
  name: 'incident update',
  summary: 'Tell everybody how things are: conditions, actions, needs, and when the next update comes',
  args: [
    incidentArg,
    {
      name: 'update',
      kind: 'text',
      required: true,
      help: 'conditions: … actions: … needs: … next: 30m, in any order; what you leave out is left out',
    },
  ],
  example,
  async run(context) {
    const number = context.incident()
    const read = readUpdate(String(context.args.update), parseSpan)
    if ('problem' in read) throw new UserError(`${read.problem} For example: ${example}`)
    const { id } = context.actor
    const outcome = await giveUpdate(context.bot, number, id, read)
    if ('refused' in outcome) return privately(refusalMessage(context.bot, outcome, await viewOf(context, number), id))
    return latestEntry(context, number, 'update_given')
  },
}
