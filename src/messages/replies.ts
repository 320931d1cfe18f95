// What commands answer with, to the one who asked.
import type { Incident, Refusal } from '../core/incident.ts'
import type { Message } from '../core/message.ts'
import { chronological, type Entry, withoutRepeats } from '../core/timeline.ts'
import type { IncidentView } from '../store/views.ts'
import { consoleUrl } from './addresses.ts'
import { cardMessage, takeOverButton } from './card.ts'
import { incidentFacts } from './facts.ts'
import { incidentTone } from './tones.ts'
import { setting, type Words } from './words.ts'

/** More lines than this do not help on a phone; the message says how many it leaves out and where they are. */
const shownIncidents = 20
const shownEntries = 40

/** Two people pressing Acknowledge is a normal evening: says who was first and what is true now. */
export function refusalMessage(
  words: Words,
  refusal: Refusal,
  view: IncidentView,
  asker: string | null = null,
): Message {
  const { refused, by, answered = false } = refusal
  const { incident } = view
  const isYours = by !== null && by === asker
  const facts = { ...incidentFacts(words, view, incident.openedAt), refused, by, isYours, answered }
  const message: Message = { ...said(words, 'messages/refusal', facts), tone: 'info' }
  if (refused === 'already acknowledged' && incident.status === 'acknowledged' && !isYours)
    message.buttons = [takeOverButton(words, incident, incident.acknowledgedBy)]
  return message
}

/** The card as it is now, for whoever asks away from the room. */
export function statusMessage(words: Words, view: IncidentView, now: Date, platform: string | null = null): Message {
  return cardMessage(words, view, now, platform)
}

export function listMessage(words: Words, incidents: Incident[], now: Date): Message {
  const lines = incidents.slice(0, shownIncidents).map((incident) => ({
    number: incident.number,
    label: `#${incident.number}`,
    severity: incident.severity,
    title: incident.title,
    service: incident.service,
    status: incident.status,
    openedAt: incident.openedAt,
    acknowledgedBy: incident.status === 'open' ? null : incident.acknowledgedBy,
    url: consoleUrl(words, incident.number),
  }))
  const more = incidents.length - lines.length
  const open = incidents.filter((incident) => incident.status === 'open')
  const counts = { total: incidents.length, nobody: open.length, more }
  const facts = { ...setting(words, words.config.zone, now), incidents: lines, ...counts }
  return { ...said(words, 'messages/list', facts), tone: open[0] ? incidentTone(open[0]) : 'neutral' }
}

/** `entries` in the order they happened; the latest are shown. */
export function timelineMessage(words: Words, view: IncidentView, entries: Entry[], now: Date): Message {
  const told = chronological(withoutRepeats(entries))
  const lines = told.slice(-shownEntries).map(({ id, at, text, fact }) => ({ id, at, text, kind: fact.kind }))
  const facts = { ...incidentFacts(words, view, now), entries: lines, left: entries.length - lines.length }
  return { ...said(words, 'messages/timeline', facts), tone: 'neutral' }
}

/** A template's words as the parts of a message. */
export function said(words: Words, template: string, facts: object): Omit<Message, 'tone'> {
  const { title, text, fields } = words.templates.message(template, facts)
  return { title, ...(text === '' ? {} : { text }), ...(fields.length === 0 ? {} : { fields }) }
}
