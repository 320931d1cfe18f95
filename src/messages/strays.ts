// What is stored under a name that tocsin.yaml no longer has, as whoever changed the file has to read it: nothing else shows that
// a holiday somebody arranged is gone with the old name of a schedule.
import type { Config } from '../config/config.ts'
import type { Incident } from '../core/incident.ts'
import type { Override, PersonalOverride } from '../core/schedule.ts'
import { timeText } from '../templates/times.ts'

/** `key`: of tocsin.yaml. `what` and `fix` are sentences without their full stops. */
export type Stray = { key: 'schedules' | 'people' | 'groups' | 'webhooks'; what: string; fix: string }

type Known = Pick<Config, 'people' | 'schedules' | 'zone'>

/** More of one kind than this are only counted. */
const shown = 4

/** Overrides of now and later that count for nobody. */
export function strayOverrides(config: Known, overrides: readonly Override[], now: Date): Stray[] {
  const all = overrides.filter((one) => one.kind === 'override' && one.until > now) as PersonalOverride[]
  const nowhere = all.filter(({ schedule }) => config.schedules[schedule] === undefined)
  const nobodys = all.filter((one) => !nowhere.includes(one) && missing(config, one) !== null)
  const nameOf = (person: string) => config.people[person]?.name ?? person
  const until = (one: PersonalOverride) => `until ${timeText(one.until, config.zone, now)} ${config.zone}`
  const listed = (ones: PersonalOverride[], words: (one: PersonalOverride) => string) => {
    const more = ones.length > shown ? `, and ${ones.length - shown} more` : ''
    return `${ones
      .slice(0, shown)
      .map((one) => `${one.id} (${words(one)} ${until(one)})`)
      .join(', ')}${more}`
  }
  return [
    ...grouped(nowhere, ({ schedule }) => schedule).map(
      ([name, ones]): Stray => ({
        key: 'schedules',
        what: `there is no schedule “${name}” any more, so ${counted(ones)} stored for it ${ones.length === 1 ? 'counts' : 'count'} for nobody: ${listed(ones, (one) => nameOf(one.person))}`,
        fix: `call the schedule ${name} again, or make them anew (/oncall override, /oncall replace) and take these back with /oncall cancel`,
      }),
    ),
    ...grouped(nobodys, (one) => missing(config, one) ?? '').map(
      ([name, ones]): Stray => ({
        key: 'people',
        what: `there is no “${name}” any more, so ${counted(ones)} that ${ones.length === 1 ? 'names' : 'name'} them ${ones.length === 1 ? 'is' : 'are'} passed over: ${listed(ones, (one) => one.schedule)}`,
        fix: `call them ${name} again, or give the pager to somebody else and take these back with /oncall cancel`,
      }),
    ),
  ]
}

/** Whom an override names, and nobody is called so: who has the pager by it, or whose shifts it gives away. */
function missing({ people }: Known, { person, replaces }: PersonalOverride): string | null {
  return [person, replaces].find((one) => one !== null && people[one] === undefined) ?? null
}

/** Where the names of each kind of target stand. */
const places = { schedule: 'schedules', person: 'people', group: 'groups', webhook: 'webhooks' } as const

/** Incidents whose policy, frozen as they opened, calls by names that are not there any more. */
export function strayTerms(config: Pick<Config, Stray['key']>, incidents: Incident[]): Stray[] {
  const asked = incidents.flatMap(({ number, severity, terms }) => {
    const { steps, lastResort } = terms.severities[severity].policy
    const targets: object[] = [
      ...steps.flatMap((step) => step.targets),
      ...lastResort.people.map((person) => ({ person })),
    ]
    const named = targets.flatMap((target) => Object.entries(target) as [string, string][])
    const lost = named.filter(([kind, name]) => isKind(kind) && config[places[kind]][name] === undefined)
    return [...new Set(lost.map((one) => one.join(' ')))].map((name) => ({ name, number }))
  })
  return grouped(asked, ({ name }) => name).map(([name, ones]): Stray => {
    const more = ones.length > shown ? ` and ${ones.length - shown} more` : ''
    const numbers = ones
      .slice(0, shown)
      .map(({ number }) => `#${number}`)
      .join(', ')
    const [kind = '', called] = name.split(' ')
    return {
      key: isKind(kind) ? places[kind] : 'schedules',
      what: `there is no ${kind} “${called}” any more, which open incidents go on asking (${numbers}${more}): those steps call nobody`,
      fix: `call the ${name} again until they are over, or page somebody with /incident page`,
    }
  })
}

function isKind(kind: string): kind is keyof typeof places {
  return Object.hasOwn(places, kind)
}

function counted(ones: PersonalOverride[]): string {
  return ones.length === 1 ? '1 override' : `${ones.length} overrides`
}

function grouped<T>(all: T[], nameOf: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one])
  return [...groups]
}
