// /oncall reach: over which ways a person is paged, by severity.
import { type Command, type CommandContext, privately } from '../../src/chat/command.ts'
import type { Person } from '../../src/config/config.ts'
import { quietUntil } from '../../src/core/reach.ts'
import { severities } from '../../src/core/severity.ts'
import { UserError } from '../../src/errors.ts'
import { plannedWays, waysTo } from '../../src/flow/ways.ts'
import { reachMessage } from '../../src/messages/reach.ts'

export const reach: Command = {
  name: 'oncall reach',
  summary: 'Show over which ways you are paged',
  args: [{ name: 'person', kind: 'person', required: false, help: 'somebody else' }],
  example: '/oncall reach',
  async run(context) {
    const { bot, now, args } = context
    const person = personMeant(context, args.person === undefined ? null : String(args.person))
    const plans = severities.map((severity) => {
      const ways = plannedWays(bot, person.key, severity)
      const planned = ways.map(({ channel }) => channel)
      const otherwise = waysTo(bot, person.key, severity).filter((channel) => !planned.includes(channel))
      return { severity, ways, otherwise, paging: bot.config.severities[severity].paging }
    })
    const quietEnd = person.quiet === null ? null : quietUntil(person.quiet, now)
    return privately(reachMessage(bot, { person, plans, quietEnd }, now))
  },
}

/** The person named, else the one who speaks; a UserError that says how to become known otherwise. */
export function personMeant({ bot, actor }: CommandContext, named: string | null): Person {
  const person = bot.config.people[named ?? actor.id]
  if (person !== undefined) return person
  if (named !== null) throw new UserError(`${named} is not one of people: in tocsin.yaml and is never paged.`)
  throw new UserError(
    `You are nobody I could page: no one in people: has the ${actor.platform} account ${actor.account}. Add it to tocsin.yaml, e.g. people: { ada: { ${actor.platform}: ${actor.account} } }`,
  )
}
