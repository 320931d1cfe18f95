// /incident page: call somebody, or whoever is on call in a schedule, at once.
import type { Command } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { onCall } from '../../src/flow/paging.ts'
import { pagePeople } from '../../src/flow/respond.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { done, incidentArg } from '../reply.ts'

export const page: Command = {
  name: 'incident page',
  summary: 'Page a person, or whoever is on call in a schedule',
  args: [incidentArg, { name: 'whom', kind: 'word', required: true, help: 'a person or a schedule' }],
  example: '/incident page @grace',
  async run(context) {
    const { bot, now, actor } = context
    const word = String(context.args.whom)
    const person = context.person(word)
    const overrides = await overridesAt(bot.db, now)
    const people = onCall(bot.config, overrides, person ? { person } : { schedule: word }, now)
    if (people.length === 0) {
      const schedules = Object.keys(bot.config.schedules)
      if (schedules.includes(word))
        throw new UserError(
          `Nobody is on call in ${word} now. Page a person instead, e.g. /incident page @${Object.keys(bot.config.people)[0] ?? 'ada'}`,
        )
      throw new UserError(
        `I know no person and no schedule called “${word}”. People: ${Object.keys(bot.config.people).join(', ')}. Schedules: ${schedules.join(', ')}.`,
      )
    }
    const number = context.incident()
    await pagePeople(bot, number, people, actor.id)
    return done(context, number)
  },
}
