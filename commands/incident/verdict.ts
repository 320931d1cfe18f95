// /incident verdict: whether it was worth being woken for.
import type { Command } from '../../src/chat/command.ts'
import { verdicts } from '../../src/core/verdict.ts'
import { UserError } from '../../src/errors.ts'
import { giveVerdict } from '../../src/flow/verdict.ts'
import { incidentArg, latestEntry } from '../reply.ts'

export const verdict: Command = {
  name: 'incident verdict',
  aliases: ['verdict'],
  summary: 'Say of a resolved incident whether it was useful, noise or a duplicate',
  args: [
    incidentArg,
    { name: 'verdict', kind: 'word', required: true, help: verdicts.join(', ') },
    { name: 'because', kind: 'text', required: false, help: 'why, e.g. what it duplicates' },
  ],
  example: '/incident verdict noise clears itself every night',
  async run(context) {
    const number = context.incident()
    const said = String(context.args.verdict).toLowerCase()
    const found = verdicts.find((one) => one === said)
    if (found === undefined) throw new UserError(`A verdict is one of ${verdicts.join(', ')}; “${said}” is none.`)
    const because = String(context.args.because ?? '')
    await giveVerdict(context.bot, number, { verdict: found, because, by: context.actor.id })
    return latestEntry(context, number, 'verdict_given')
  },
}
