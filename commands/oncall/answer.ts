// What Accept, Decline and Withdraw have in common: the request, who may answer it, and what whoever pressed is told.
import { nameOf } from '../../src/bot.ts'
import { type ArgSpec, type CommandContext, privately } from '../../src/chat/command.ts'
import type { Reply } from '../../src/chat/platform.ts'
import type { Answer } from '../../src/core/shift-request.ts'
import { UserError } from '../../src/errors.ts'
import { answer, type Outcome } from '../../src/flow/shift-requests.ts'
import { requestMessage } from '../../src/messages/pager.ts'
import { memberOf } from './shift.ts'

export const requestArg: ArgSpec = {
  name: 'request',
  kind: 'number',
  required: true,
  help: 'the number of the request: /oncall requests shows it, and the buttons of its message know it',
}

export async function answerIt(context: CommandContext, given: Answer): Promise<Reply> {
  const { bot, now, args } = context
  const by = memberOf(context)
  const outcome = await answer(bot, Number(args.request), given, by)
  if (outcome === null) throw new UserError(`There is no request ${args.request}.`)
  if (outcome.refused !== null) throw new UserError(refusal(context, outcome))
  const to = by === outcome.request.asker ? 'asker' : 'asked'
  return privately(requestMessage(bot, outcome.request, to, now))
}

function refusal({ bot }: CommandContext, { request, refused }: Outcome): string {
  const { id, schedule, asker, asked, status, answeredBy } = request
  const by = answeredBy === null ? null : nameOf(bot, answeredBy)
  switch (refused) {
    case 'already answered':
      return by === null
        ? `This request is ${status} already; nothing was changed. /oncall ${schedule} shows who has which shift.`
        : `${by} has ${status} this already; nothing was changed. /oncall ${schedule} shows who has which shift.`
    case 'too late':
      return `It is too late for this: the shift has begun. To take the pager now: /oncall take ${schedule}`
    case 'changed meanwhile':
      return `That no longer works: the schedule has changed since ${nameOf(bot, asker)} asked, so the request is closed and nothing was swapped. /oncall ${schedule} shows who has which shift.`
    case 'your own':
      return `This is your own request. To take it back: its Withdraw button, or /oncall withdraw ${id}`
    case 'not in the schedule':
      return `Only those who take turns in ${schedule} can take this. To have the pager all the same: /oncall take ${schedule}`
    case 'not yours':
      return asked === null
        ? `Only ${nameOf(bot, asker)} can take this offer back.`
        : `This is between ${nameOf(bot, asker)} and ${nameOf(bot, asked)}; nothing was changed.`
    case null:
      return ''
    default:
      return refused satisfies never
  }
}
