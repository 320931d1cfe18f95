// /incident step: what the Done and Skip buttons of a runbook say.

import { nameOf } from '../../src/bot.ts'
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { doRunbookStep } from '../../src/flow/respond.ts'
import { done, incidentArg } from '../reply.ts'

export const step: Command = {
  name: 'incident step',
  summary: 'Mark a step of the runbook as done or skipped',
  args: [
    incidentArg,
    { name: 'step', kind: 'number', required: true, help: 'the number of the step' },
    { name: 'status', kind: 'word', required: true, help: 'done or skip' },
  ],
  example: '/incident step 12 3 done',
  async run(context) {
    const word = String(context.args.status).toLowerCase()
    const status = word === 'done' ? 'done' : word === 'skip' || word === 'skipped' ? 'skipped' : null
    if (status === null)
      throw new UserError(`“${word}” is neither done nor skip. For example: /incident step 12 3 done`)
    const number = context.incident()
    const before = await doRunbookStep(context.bot, number, Number(context.args.step), status, context.actor.id)
    if (before.status !== status) return done(context, number)
    return privately({
      title: `${nameOf(context.bot, before.by ?? 'Somebody')} has already marked this step as ${status}.`,
      tone: 'info',
    })
  },
}
