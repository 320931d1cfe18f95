// /oncall cover: somebody please take my Friday. An offer in the channel; whoever presses first has the shift.
import { type Command, privately } from '../../src/chat/command.ts'
import { usable } from '../../src/core/duty.ts'
import { peopleOf } from '../../src/core/pager.ts'
import { shiftAt } from '../../src/core/schedule.ts'
import { UserError } from '../../src/errors.ts'
import { makeRequest, offerOn, shiftsOf } from '../../src/flow/shift-requests.ts'
import { requestMessage } from '../../src/messages/pager.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { scheduleOf } from './choosing.ts'
import { dayOf, memberOf, moment, onDay } from './shift.ts'

export const cover: Command = {
  name: 'oncall cover',
  summary: 'Offer your shift in the channel; whoever takes it first has it',
  args: [
    { name: 'schedule', kind: 'schedule', required: true, help: 'the schedule' },
    {
      name: 'day',
      kind: 'word',
      required: true,
      help: 'the day: 2026-03-09, tomorrow, friday; “now” for the rest of this shift',
    },
  ],
  example: '/oncall cover primary friday',
  async run(context) {
    const { bot, now, args } = context
    const asker = memberOf(context)
    const schedule = scheduleOf(context)
    const word = String(args.day)
    const overrides = usable(bot.config, await overridesAt(bot.db, now))
    const others = peopleOf(schedule, overrides).filter((person) => person !== asker)
    if (others.length === 0)
      throw new UserError(
        `Nobody else takes turns in ${schedule.name}. Give it to a person: /oncall override ${schedule.name} <person> 8h`,
      )
    const current = shiftAt(schedule, overrides, now)
    const gives =
      word.toLowerCase() === 'now'
        ? current?.people.includes(asker)
          ? { from: now, until: current.until }
          : null
        : offerOn(await shiftsOf(bot, schedule, asker), dayOf(context, schedule, word), now)
    if (gives === null)
      throw new UserError(
        `You do not have the pager of ${schedule.name} ${onDay(word)}. /oncall ${schedule.name} shows who has it.`,
      )
    const request = await makeRequest(bot, { schedule: schedule.name, asker, asked: null, gives, takes: null })
    if (request === null)
      throw new UserError(
        `You offer your shift from ${moment(gives.from, schedule)} already, or ask somebody about it. Withdraw that first: its message has the button.`,
      )
    return privately(requestMessage(bot, request, 'asker', now))
  },
}
