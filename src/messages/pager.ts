// What people are told when the pager changes hands: requests to swap or cover, hand-overs, groups that follow a schedule.
import type { Handover } from '../core/handover.ts'
import type { Button, Message, Section, Tone } from '../core/message.ts'
import type { About } from '../core/notice.ts'
import type { ShiftRequest } from '../core/shift-request.ts'
import { matcherText } from '../core/silence.ts'
import type { Silence } from '../evidence/alertmanager.ts'
import type { NoisyAlert, OpenIncident } from '../store/digest.ts'
import { consoleUrl } from './addresses.ts'
import { button, setting, type Words } from './words.ts'

type Reader<Kind> = Extract<About, { kind: Kind }> extends { to: infer To } ? To : never

/** A swap or an offer, for whom it is meant: with buttons while it can be answered, with its outcome after. */
export function requestMessage(words: Words, request: ShiftRequest, to: Reader<'request'>, now: Date): Message {
  const { id, schedule, asker, asked, gives, takes, status, expiresAt, answeredBy } = request
  const facts = {
    ...setting(words, words.config.zone, now),
    ...{ id, to, schedule, asker, asked, gives, takes, status, expiresAt, answeredBy },
  }
  const buttons = buttonsOf(words, request, to, now)
  const mentions = to === 'asker' && asked === null && status === 'accepted' ? [asker] : undefined
  const tone: Tone = status === 'open' ? 'info' : status === 'accepted' ? 'good' : 'neutral'
  return {
    ...said(words, 'messages/pager/request', facts),
    tone,
    ...(buttons.length > 0 && { buttons }),
    ...(mentions && { mentions }),
  }
}

function buttonsOf(words: Words, request: ShiftRequest, to: Reader<'request'>, now: Date): Button[] {
  const { id, asked, status, expiresAt } = request
  if (status !== 'open' || now >= expiresAt) return []
  if (to === 'asker') return [button(words, 'withdraw', `oncall withdraw ${id}`)]
  const accept = button(words, asked === null ? 'take' : 'accept', `oncall accept ${id}`, 'primary')
  return to === 'asked' ? [accept, button(words, 'decline', `oncall decline ${id}`)] : [accept]
}

const shownRequests = 10

/** Open requests, each with the buttons that `reader` may press. */
export function requestsMessage(words: Words, requests: ShiftRequest[], reader: string, now: Date): Message {
  const counts = { total: requests.length, more: Math.max(0, requests.length - shownRequests) }
  const facts = { ...setting(words, words.config.zone, now), ...counts }
  const sections = requests.slice(0, shownRequests).map((request): Section => {
    const to = request.asker === reader ? 'asker' : request.asked === null ? 'channel' : 'asked'
    const mayPress = to !== 'asked' || request.asked === reader
    const text = words.templates.document('messages/parts/request', { ...facts, ...request })
    return { text, ...(mayPress && { buttons: buttonsOf(words, request, to, now) }) }
  })
  return { ...said(words, 'messages/pager/requests', facts), tone: 'info', sections }
}

/** What whoever takes the pager wants to know. */
export type Situation = {
  open: { list: OpenIncident[]; total: number }
  noisiest: NoisyAlert[]
  /** Numbers of what whoever reads it has acknowledged. */
  held: number[]
  /** Schedules in which whoever reads it is on call. */
  on: string[]
  silences: EndingSilences
}

/** Those that end during a shift, soonest first; `reason`: why they could not be asked for. Null: there is nobody to ask. */
export type EndingSilences = {
  list: { matchers: string[]; by: string; endsAt: Date }[]
  more: number
  /** That of the schedule. */
  zone: string
  reason: string | null
} | null

const shownSilences = 5
const shownHeld = 8

/** `asked`: what came of asking Alertmanager. */
export function endingSilences(
  asked: { silences: Silence[] } | { reason: string } | null,
  until: Date,
  zone: string,
): EndingSilences {
  if (asked === null) return null
  if ('reason' in asked) return { list: [], more: 0, zone, reason: asked.reason }
  const ending = asked.silences
    .filter(({ endsAt }) => endsAt <= until)
    .sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime())
  const list = ending.slice(0, shownSilences).map(({ matchers, createdBy, endsAt }) => ({
    ...{ matchers: matchers.map(matcherText), by: createdBy, endsAt },
  }))
  return { list, more: ending.length - list.length, zone, reason: null }
}

export function handoverMessage(
  words: Words,
  { handover, to, open, noisiest, silences, held, on }: Situation & { handover: Handover; to: Reader<'handover'> },
  now: Date,
): Message {
  const { id, schedule, at, outgoing, incoming, until, status, answerBy } = handover
  const incidents = open.list.map((incident) => ({
    ...{ severity: incident.severity, title: incident.title, service: incident.service },
    label: `#${incident.number}`,
    openedAt: incident.openedAt,
    acknowledgedBy: incident.acknowledgedBy,
    url: consoleUrl(words, incident.number),
  }))
  const facts = {
    ...setting(words, words.config.zone, now),
    ...{ to, schedule, at, outgoing, incoming, until, status, answerBy, incidents, noisiest, silences },
    moreIncidents: open.total - incidents.length,
    ...{ on, held: held.slice(0, shownHeld).map((number) => `#${number}`) },
    moreHeld: Math.max(0, held.length - shownHeld),
  }
  const canConfirm = (status === 'asked' || status === 'kept') && now < until && (to === 'incoming' || to === 'channel')
  const buttons = canConfirm ? [button(words, 'have', `oncall have ${id}`, 'primary')] : []
  // An edit mentions nobody anew: only what the channel is told first reaches both.
  const mentions = to === 'channel' && status === 'kept' ? [incoming, outgoing] : undefined
  return {
    ...said(words, 'messages/pager/handover', facts),
    tone: toneOf(status),
    ...(buttons.length > 0 && { buttons }),
    ...(mentions && { mentions }),
  }
}

function toneOf(status: Handover['status']): Tone {
  switch (status) {
    case 'kept':
      return 'warning'
    case 'accepted':
      return 'good'
    case 'asked':
    case 'informed':
      return 'info'
    case 'over':
      return 'neutral'
    default:
      return status satisfies never
  }
}

/** `problem` null: the group is in step again. */
export function groupMessage(words: Words, about: Extract<About, { kind: 'group' }>, now: Date): Message {
  const { group, schedules, problem } = about
  const facts = { ...setting(words, words.config.zone, now), group, schedules, problem }
  return { ...said(words, 'messages/pager/group', facts), tone: problem === null ? 'good' : 'warning' }
}

function said(words: Words, template: string, facts: object): Omit<Message, 'tone'> {
  const { title, text, fields } = words.templates.message(template, facts)
  return { title, ...(text === '' ? {} : { text }), ...(fields.length === 0 ? {} : { fields }) }
}
