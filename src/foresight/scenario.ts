// What somebody wants to see beforehand, from the words they typed: on the command line, in chat, in the console.
import type { Config } from '../config/config.ts'
import { parseDuration } from '../config/notation.ts'
import { type Labels, serviceName } from '../core/alert.ts'
import { classify } from '../core/classify.ts'
import { parseSeverity, type Severity } from '../core/severity.ts'
import { isZone } from '../core/wall.ts'
import { UserError } from '../errors.ts'
import { type ReadInstant, readInstant } from './instant.ts'
import type { Scenario } from './night.ts'

/** As typed; undefined: left out. */
export type Asked = {
  severity?: string | undefined
  service?: string | undefined
  at?: string | undefined
  zone?: string | undefined
  policy?: string | undefined
  /** `ada@7m`: ada acknowledges seven minutes after the opening. */
  answers?: string[] | undefined
  /** `name=value` */
  labels?: string[] | undefined
}

type Known = Pick<Config, 'zone' | 'people' | 'policies' | 'services' | 'severityRules' | 'defaultSeverity'>

/** Throws UserError that names what cannot be read, and how it is written. */
export function readScenario(
  config: Known,
  asked: Asked,
  now: Date,
): { scenario: Scenario; oddity: ReadInstant['oddity'] } {
  const zone = asked.zone ?? config.zone
  if (!isZone(zone)) throw new UserError(`“${zone}” is not a time zone. Write it like Europe/Berlin.`)
  const { at, oddity } = asked.at === undefined ? { at: now, oddity: null } : readInstant(asked.at, zone, now)
  const given = Object.fromEntries((asked.labels ?? []).map(readLabel))
  const labels: Labels = { ...(asked.service === undefined ? {} : { service: asked.service }), ...given }
  const severity = severityOf(config, asked, labels)
  const scenario: Scenario = {
    ...severity,
    ...{ service: serviceName(labels), labels, at, zone, title: 'A night that is only simulated' },
    answers: (asked.answers ?? []).map((answer) => readAnswer(config, answer)),
    policy: asked.policy === undefined ? null : policyOf(config, asked.policy),
  }
  return { scenario, oddity }
}

/** What is asked for; else what the rules make of the labels; without any, the worst. */
function severityOf(config: Known, asked: Asked, labels: Labels): { severity: Severity; classified: boolean } {
  if (asked.severity !== undefined) {
    const severity = parseSeverity(asked.severity)
    if (severity === null) throw new UserError(`“${asked.severity}” is not a severity. Take one of P1, P2, P3, P4.`)
    return { severity, classified: false }
  }
  if ((asked.labels ?? []).length === 0) return { severity: 'P1', classified: false }
  return { severity: classify(config, labels), classified: true }
}

function readLabel(text: string): [string, string] {
  const [, name, value] = /^([^=\s]+)=(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined)
    throw new UserError(`“${text}” is not a label. Write it like severity=critical.`)
  return [name, value]
}

function readAnswer({ people }: Known, text: string): { person: string; after: number } {
  const [, who = '', span = ''] = /^(.+)@(\w+)$/.exec(text.trim()) ?? []
  const after = parseDuration(span)
  if (after === null)
    throw new UserError(`“${text}” is not an answer. Write e.g. ada@7m: ada acknowledges after 7 minutes.`)
  const wanted = who.replace(/^@/, '').toLowerCase()
  const person = Object.values(people).find(({ key, name }) => [key, name].some((n) => n.toLowerCase() === wanted))
  if (person === undefined)
    throw new UserError(`I know nobody called “${who}”. I know: ${Object.keys(people).join(', ')}.`)
  return { person: person.key, after }
}

function policyOf({ policies }: Known, name: string): string {
  if (Object.hasOwn(policies, name)) return name
  const known = Object.keys(policies)
  const there = known.length === 0 ? 'none is written in tocsin.yaml' : `there are: ${known.join(', ')}`
  throw new UserError(`There is no policy “${name}”; ${there}.`)
}
