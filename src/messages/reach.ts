// How a person is reached, and how a try of that went: what `/oncall reach` and `/oncall test` say.
import type { Person } from '../config/config.ts'
import type { Message } from '../core/message.ts'
import type { Way } from '../core/reach.ts'
import type { Severity } from '../core/severity.ts'
import { setting, type Words } from './words.ts'

/** The plan at one severity. `otherwise`: channels that are tried when those fail. `paging`: when it pages at all. */
type Plan = { severity: Severity; ways: Way[]; otherwise: string[]; paging: string }

/** `quietEnd`: when the quiet hours of this moment end. */
export type Reached = { person: Person; plans: Plan[]; quietEnd: Date | null }

export function reachMessage(words: Words, { person, plans, quietEnd }: Reached, now: Date): Message {
  const rows = grouped(plans).map(({ severities, plan }) => ({ severities, ...plan }))
  const quiet = person.quiet && { ...person.quiet, end: quietEnd }
  const facts = { ...setting(words, words.config.zone, now), person: person.key, rows, quiet }
  const { title, fields, text } = words.templates.message('messages/reach', facts)
  const alone = plans.some(({ ways, paging }) => paging !== 'never' && ways.every((way) => way.channel === 'console'))
  return { title, tone: alone ? 'warning' : 'neutral', text, fields }
}

/** Severities with the same plan share a line. */
function grouped(plans: Plan[]): { severities: Severity[]; plan: Omit<Plan, 'severity'> }[] {
  const groups = new Map<string, { severities: Severity[]; plan: Omit<Plan, 'severity'> }>()
  for (const { severity, ...plan } of plans) {
    const key = JSON.stringify(plan)
    const group = groups.get(key) ?? { severities: [], plan }
    groups.set(key, { ...group, severities: [...group.severities, severity] })
  }
  return [...groups.values()]
}

/** What goes over one way when it is tried. Nobody may take it for a page. */
export function trialMessage(words: Words, person: string, channel: string, now: Date): Message {
  const facts = { ...setting(words, words.config.zone, now), person, channel }
  const { title, text, fields } = words.templates.message('messages/trial', facts)
  return { title, tone: 'info', text, fields }
}

/** `problem` null: it went out; `took`: milliseconds. */
export type Tried = { channel: string; problem: string | null; took: number }

export function triedMessage(words: Words, person: string, tried: Tried[], now: Date): Message {
  const failed = tried.filter(({ problem }) => problem !== null).length
  // A page in the console is there for whoever looks.
  const woken = tried.some(({ problem, channel }) => problem === null && channel !== 'console')
  const counts = { failed, sent: tried.length - failed, woken }
  const facts = { ...setting(words, words.config.zone, now), person, tried, ...counts }
  const { title, text, fields } = words.templates.message('messages/tried', facts)
  return { title, tone: failed === 0 ? 'good' : woken ? 'warning' : 'critical', text, fields }
}
