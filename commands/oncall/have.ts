// /oncall have: “I have the pager.” What the button of a hand-over says; typed, it confirms all that wait for the person.
import { nameOf } from '../../src/bot.ts'
import { type Command, type CommandContext, privately } from '../../src/chat/command.ts'
import type { Handover, HandoverRefusal } from '../../src/core/handover.ts'
import { UserError } from '../../src/errors.ts'
import { acceptHandover } from '../../src/flow/handover.ts'
import { handoversFor } from '../../src/store/handovers.ts'
import { memberOf, moment } from './shift.ts'

export const have: Command = {
  name: 'oncall have',
  summary: 'Say that you have the pager, after a hand-over',
  args: [
    {
      name: 'handover',
      kind: 'number',
      required: false,
      byButton: true,
      help: 'its number; all that wait for you when left out',
    },
  ],
  example: '/oncall have',
  async run(context) {
    const { bot, args } = context
    const by = memberOf(context)
    const numbers =
      args.handover === undefined ? (await handoversFor(bot.db, by)).map(({ id }) => id) : [Number(args.handover)]
    if (numbers.length === 0)
      throw new UserError(
        'No hand-over waits for you. /oncall shows who has the pager; to take it: /oncall take <schedule>',
      )
    const accepted: Handover[] = []
    for (const number of numbers) {
      const outcome = await acceptHandover(bot, number, by)
      if (outcome === null) throw new UserError(`There is no hand-over ${number}.`)
      if (outcome.refused === null) accepted.push(outcome.handover)
      else if (args.handover !== undefined) throw new UserError(refusal(context, outcome.handover, outcome.refused))
    }
    if (accepted.length === 0) throw new UserError('Those shifts are over. /oncall shows who has the pager.')
    return privately({
      title: `You have the pager: ${accepted.map((one) => span(context, one)).join('; ')}`,
      tone: 'good',
    })
  },
}

function span({ bot }: CommandContext, { schedule, until }: Handover): string {
  const configured = bot.config.schedules[schedule]
  return configured ? `${schedule} until ${moment(until, configured)} ${configured.zone}` : schedule
}

function refusal({ bot }: CommandContext, { schedule, incoming }: Handover, refused: HandoverRefusal): string {
  const take = `To take the pager: /oncall take ${schedule}`
  switch (refused) {
    case 'already accepted':
      return `${nameOf(bot, incoming)} has confirmed this already; nothing was changed.`
    case 'not yours':
      return `This asks ${nameOf(bot, incoming)}. ${take}`
    case 'over':
      return `The pager of ${schedule} has changed hands since. /oncall ${schedule} shows who has it. ${take}`
    case 'nothing to confirm':
      return `There is nothing to confirm: you have the pager of ${schedule}.`
    default:
      return refused satisfies never
  }
}
