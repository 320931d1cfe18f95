// A page: the direct message that wakes somebody. The title is all that a locked phone shows.
import { inButton } from '../core/button-mark.ts'
import type { Button, Message } from '../core/message.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import { recipientOf } from '../core/recipient.ts'
import type { CalledBecause, Entry } from '../core/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import type { Link } from './addresses.ts'
import { acknowledgeButton, escalateButton, isAsked, renewButton, takeOverButton } from './card.ts'
import { incidentFacts, roundOf } from './facts.ts'
import { incidentTone } from './tones.ts'
import { button, type Words } from './words.ts'

/**
 * Why this person: on call, in a group, named in the policy, the last resort, asked for by somebody, called to help because a
 * clock ran out, asked whether they still have it, or paged again for they did not say.
 */
type Because = {
  kind:
    | 'schedule'
    | 'group'
    | 'person'
    | 'channel'
    | 'webhook'
    | 'last resort'
    | 'asked'
    | 'clock'
    | 'renewal'
    | 'again'
  schedule: string
  group: string
  clock: string
  by: string
}

export function pageMessage(words: Words, view: IncidentView, page: Page, now: Date): Message {
  const { incident } = view
  const facts = incidentFacts(words, view, now, page.channel)
  const { title, fields, text } = words.templates.message('messages/page', {
    ...facts,
    links: facts.links.filter(({ kind }) => isWorthALine(kind, page.channel)),
    nextIsYou: facts.next?.kind === 'step' && facts.next.people.every((person) => person === page.person),
    because: becauseOf(view, page),
    needsService: !(isUnknown(incident.service) || startsWith(incident.title, incident.service)),
    step: page.step + 1,
    round: roundOf(view, page),
    isHolder: incident.status === 'acknowledged' && incident.acknowledgedBy === page.person,
  })
  return { title, tone: incidentTone(incident), text, fields, buttons: pageButtons(words, view, page) }
}

/** A mail begins with the link to the incident; a webhook has its address, and of other links only the word would be left. */
function isWorthALine(link: Link['kind'], channel: string): boolean {
  return !channel.startsWith('webhook:') && !(channel === 'email' && link === 'console')
}

function pageButtons(words: Words, view: IncidentView, page: Page): Button[] {
  const { incident } = view
  const kind = kindOfPage(page.key)
  // Whoever is woken may ask why it is them.
  if (incident.status === 'open')
    return [
      acknowledgeButton(words, incident),
      escalateButton(words, view),
      button(words, 'why', `incident why ${inButton(incident)}`),
    ]
  if (incident.status === 'resolved') return []
  const isHolder = incident.acknowledgedBy === page.person
  if (kind === 'a' && isHolder && isAsked(incident)) return [renewButton(words, incident)]
  if (isHolder || (kind !== 'h' && kind !== 'm')) return []
  return [
    button(words, 'coming', `incident ack ${inButton(incident)}`, 'primary'),
    takeOverButton(words, incident, incident.acknowledgedBy),
  ]
}

/** What of a page is worth an edit: who has it, and where. Ages alone are not. */
export function pageSays({ incident, rooms }: IncidentView, { key, channel }: Page): string {
  const by = incident.status === 'acknowledged' ? incident.acknowledgedBy : ''
  const says = `${incident.status} ${by} ${rooms.some((room) => room.platform === channel)}`
  const lease = incident.status === 'acknowledged' ? incident.lease : null
  // Whoever was asked whether they are still on it sees until when that holds.
  return kindOfPage(key) === 'a' && lease !== null
    ? `${says} ${lease.until.toISOString()} ${lease.askAt === null}`
    : says
}

/** What a person opened by hand without naming one. */
function isUnknown(service: string): boolean {
  return service === 'unknown'
}

function startsWith(title: string, service: string): boolean {
  return title.toLowerCase().startsWith(service.toLowerCase())
}

function becauseOf(view: IncidentView, page: Page): Because {
  const none = { schedule: '', group: '', clock: '', by: '' }
  const kind = kindOfPage(page.key)
  switch (kind) {
    case 'l':
      return { kind: 'last resort', ...none }
    case 'a':
      return { kind: 'renewal', ...none }
    case 'r':
      return { kind: 'again', ...none }
    case 'm':
      return { kind: 'asked', ...none, by: requestFor(view, page, 'person')?.by ?? '' }
    case 'h': {
      const fact = requestFor(view, page, 'clock')?.fact
      return { kind: 'clock', ...none, clock: (fact?.kind === 'people_paged' && fact.clock) || '' }
    }
    case 's':
      return { ...none, ...targetOf(view, page) }
    default:
      return kind satisfies never
  }
}

function requestFor({ timeline }: IncidentView, { person }: Page, because: 'person' | 'clock'): Entry | undefined {
  return timeline.findLast(
    ({ fact }) => fact.kind === 'people_paged' && fact.because === because && fact.people.includes(person),
  )
}

/** As it was put on record when the step was taken: another severity has another policy, and shifts end. */
function targetOf({ incident, timeline }: IncidentView, page: Page): Pick<Because, 'kind'> & Partial<Because> {
  const to = recipientOf(page.person).kind
  if (to !== 'person') return { kind: to }
  const why = timeline.map((entry) => recordedWhy(entry, page)).find((one) => one !== undefined)
  if (why !== undefined) {
    const [schedule, group] = ['schedule' in why ? why.schedule : '', 'group' in why ? why.group : '']
    return { kind: why.by, schedule, group }
  }
  const targets = incident.terms.severities[incident.severity].policy.steps[page.step]?.targets ?? []
  if (targets.some((target) => 'person' in target && target.person === page.person)) return { kind: 'person' }
  const schedule = targets.flatMap((target) => ('schedule' in target ? [target.schedule] : []))[0]
  const group = targets.flatMap((target) => ('group' in target ? [target.group] : []))[0]
  if (schedule === undefined && group !== undefined) return { kind: 'group', group }
  return { kind: 'schedule', schedule: schedule ?? '' }
}

/** Absent where it was written before reasons were kept. */
function recordedWhy({ fact }: Entry, { person, step, round }: Page): CalledBecause | undefined {
  const isIts = fact.kind === 'people_paged' && fact.because === 'policy' && fact.step === step && fact.round === round
  return isIts ? fact.whys?.[person] : undefined
}
