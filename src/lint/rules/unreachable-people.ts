// People a policy calls who have no account on the chat the others are on: their page waits in the console.
import { platformNames } from '../../chat/index.ts'
import type { Config } from '../../config/config.ts'
import { severities } from '../../core/severity.ts'
import { waysTo } from '../../flow/ways.ts'
import type { Rule } from '../finding.ts'
import { usedPolicies } from '../policies.ts'

export const unreachablePeople: Rule = {
  name: 'people-without-account',
  look({ config }) {
    const chats = chatsInUse(config)
    // Without any account in the file the console is what this team lives in; with a chat set up, the start tells it.
    if (chats.length === 0 || platformNames(config).length > 1) return []
    const platforms = [...chats, 'console'].map((name) => ({ name }))
    return paged(config).flatMap((key) => {
      const person = config.people[key]
      const wakes = severities.some((one) => waysTo({ config, platforms }, key, one).some((way) => way !== 'console'))
      if (person === undefined || wakes) return []
      const message = `${person.name} is paged, but has no account on ${chats.join(' or ')}: the page wakes nobody`
      return [{ weight: 'warning' as const, path: ['people', key], message, fix: `add ${chats[0]}: with their id` }]
    })
  },
}

/** The chats that people have accounts on. */
function chatsInUse({ people }: Config): string[] {
  const used = Object.values(people).flatMap(({ accounts }) => Object.keys(accounts))
  return [...new Set(used)].filter((name) => name !== 'console').sort()
}

/** Keys of everybody a policy may call. */
export function paged(config: Config): string[] {
  const called = usedPolicies(config).flatMap(({ policy }) => [
    ...policy.lastResort.people,
    ...policy.steps.flatMap(({ targets }) => targets).flatMap((target) => peopleBehind(config, target)),
  ])
  return [...new Set(called)]
}

function peopleBehind({ schedules, groups }: Config, target: object): string[] {
  if ('person' in target) return [String(target.person)]
  if ('group' in target) return groups[String(target.group)] ?? []
  const schedule = 'schedule' in target ? schedules[String(target.schedule)] : undefined
  return schedule?.layers.flatMap((layer) => layer.turns.flat()) ?? []
}
