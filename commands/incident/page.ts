// /incident page: call somebody, a group, or whoever is on call in a schedule, at once.
import { type Bot, nameOf } from '../../src/bot.ts'
import type { Command } from '../../src/chat/command.ts'
import type { Target } from '../../src/core/policy.ts'
import { UserError } from '../../src/errors.ts'
import { onCall } from '../../src/flow/paging.ts'
import { pagePeople } from '../../src/flow/respond.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { done, incidentArg } from '../reply.ts'

export const page: Command = {
  name: 'incident page',
  summary: 'Page a person, a group, or whoever is on call in a schedule',
  args: [incidentArg, { name: 'whom', kind: 'word', required: true, help: 'a person, a group or a schedule' }],
  example: '/incident page @grace',
  async run(context) {
    const { bot, now, actor } = context
    const word = String(context.args.whom)
    const target = meant(bot, word, context.person(word))
    const people = onCall(bot.config, await overridesAt(bot.db, now), target, now)
    if (people.length === 0)
      throw new UserError(
        `Nobody is on call in ${word} now. Page a person instead, e.g. /incident page @${Object.keys(bot.config.people)[0] ?? 'ada'}`,
      )
    const number = context.incident()
    const paged = await pagePeople(bot, number, people, actor.id)
    if (paged.length === 0)
      throw new UserError(
        `${people.map((person) => nameOf(bot, person)).join(', ')} was paged a moment ago. To page once more, say it again in ten seconds.`,
      )
    return done(context, number)
  },
}

/** People first, then groups, then schedules; `group:sre` and `schedule:primary` say which, as in tocsin.yaml. */
function meant({ config }: Bot, word: string, person: string | null): Target {
  const [, kind, name = word] = /^(group|schedule|person):(.+)$/.exec(word) ?? []
  if (kind === undefined && person !== null) return { person }
  if (kind === 'person' && config.people[name]) return { person: name }
  if ((kind ?? 'group') === 'group' && config.groups[name]) return { group: name }
  if ((kind ?? 'schedule') === 'schedule' && config.schedules[name]) return { schedule: name }
  const known = (what: string, names: string[]) => (names.length > 0 ? ` ${what}: ${names.join(', ')}.` : '')
  const { people, groups, schedules } = config
  throw new UserError(
    `I know no person, group or schedule called “${word}”.${known('People', Object.keys(people))}${known('Groups', Object.keys(groups))}${known('Schedules', Object.keys(schedules))}`,
  )
}
