// How a room is called and what its topic says: within the strictest platform's rules.
import type { IncidentView } from '../store/views.ts'
import { incidentFacts } from './facts.ts'
import type { Words } from './words.ts'

/** Slack's limits: https://docs.slack.dev/reference/methods/conversations.create and …/conversations.setTopic */
const roomNameLength = 80
const topicLength = 250

/** One line of plain text. Holds no ages: nobody edits a topic every minute. */
export function topicText(words: Words, view: IncidentView): string {
  const { openedAt } = view.incident
  const { title } = words.templates.message('messages/topic', incidentFacts(words, view, openedAt))
  const letters = [...title]
  return letters.length <= topicLength ? title : `${letters.slice(0, topicLength - 1).join('')}…`
}

/** `inc-12-payments-checkout-errors`: lower case, digits and hyphens. */
export function roomName(number: number, about: string): string {
  return `inc-${number}-${slug(about)}`.slice(0, roomNameLength).replace(/-+$/, '')
}

/** Unique for ever in one database. */
export function roomKey(number: number): string {
  return `inc-${number}/room`
}

const spelled: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe', đ: 'd', ł: 'l' }

function slug(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[äöüßæøœđł]/g, (letter) => spelled[letter] ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
