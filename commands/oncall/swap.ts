// /oncall swap: my shift for one of yours. The other person is asked by direct message and accepts with a button.
import { nameOf } from '../../src/bot.ts'
import { type Command, type CommandContext, privately } from '../../src/chat/command.ts'
import type { Schedule, Shift } from '../../src/core/schedule.ts'
import { UserError } from '../../src/errors.ts'
import { makeRequest, shiftOn, shiftsOf } from '../../src/flow/shift-requests.ts'
import { requestMessage } from '../../src/messages/pager.ts'
import { scheduleOf } from './choosing.ts'
import { dayOf, memberOf, moment, onDay } from './shift.ts'

export const swap: Command = {
  name: 'oncall swap',
  summary: 'Ask somebody to swap a shift with you; it changes when they accept',
  args: [
    { name: 'schedule', kind: 'schedule', required: true, help: 'the schedule' },
    { name: 'day', kind: 'word', required: true, help: 'a day of your shift: 2026-03-09, tomorrow, friday' },
    { name: 'person', kind: 'person', required: true, after: 'with', help: 'whom you ask' },
    {
      name: 'theirs',
      kind: 'word',
      required: false,
      after: 'for',
      help: 'a day of their shift; their next one when left out',
    },
  ],
  example: '/oncall swap primary friday with @grace',
  async run(context) {
    const { bot, now, args } = context
    const asker = memberOf(context)
    const asked = String(args.person)
    if (bot.config.people[asked] === undefined)
      throw new UserError(`${asked} is not one of people: in tocsin.yaml and could not be asked.`)
    if (asked === asker)
      throw new UserError('That is you. Name somebody else, e.g. /oncall swap primary friday with @grace')
    const schedule = scheduleOf(context)
    const gives = await givenShift(context, schedule, asker, String(args.day))
    const takes = await takenShift(context, schedule, asked, gives)
    const request = await makeRequest(bot, { schedule: schedule.name, asker, asked, gives, takes })
    if (request === null)
      throw new UserError(
        `You have asked about your shift from ${moment(gives.from, schedule)} already. Withdraw that first: its message has the button.`,
      )
    return privately(requestMessage(bot, request, 'asker', now))
  },
}

async function givenShift(context: CommandContext, schedule: Schedule, asker: string, word: string): Promise<Shift> {
  const own = await shiftsOf(context.bot, schedule, asker)
  const gives = shiftOn(own, dayOf(context, schedule, word))
  const next = own.find(({ from }) => from > context.now)
  if (gives === null)
    throw new UserError(
      `You have no shift in ${schedule.name} ${onDay(word)}.${next ? ` Your next one begins ${moment(next.from, schedule)}.` : ''} /oncall ${schedule.name} shows who has it.`,
    )
  if (gives.from <= context.now)
    throw new UserError(
      `That shift began ${moment(gives.from, schedule)}, and one that has begun is not swapped. To hand on the rest of it: /oncall cover ${schedule.name} now`,
    )
  return gives
}

async function takenShift(
  { bot, now, args, ...context }: CommandContext,
  schedule: Schedule,
  asked: string,
  gives: Shift,
): Promise<Shift> {
  const name = nameOf(bot, asked)
  const theirs = (await shiftsOf(bot, schedule, asked)).filter(({ from }) => from > now)
  const apart = theirs.filter(({ from, until }) => until <= gives.from || from >= gives.until)
  const found =
    args.theirs === undefined
      ? (apart.find(({ from }) => from >= gives.until) ?? apart[0])
      : shiftOn(theirs, dayOf({ bot, now, args, ...context }, schedule, String(args.theirs)))
  if (!found)
    throw new UserError(
      `${name} has no shift in ${schedule.name} that is still to begin${args.theirs === undefined ? '' : ` on ${args.theirs}`}. To give yours away without one in return: /oncall cover ${schedule.name} ${args.day}`,
    )
  if (!apart.includes(found))
    throw new UserError(`You and ${name} are on call together then; there is nothing to swap.`)
  return found
}
