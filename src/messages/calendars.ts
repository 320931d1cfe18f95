// What the incidents channel is told about calendars that say who is on call.
import type { Message } from '../core/message.ts'
import type { About } from '../core/notice.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** `problem` null: it is read again. */
export function calendarMessage(words: Words, about: Extract<About, { kind: 'calendar' }>, now: Date): Message {
  const { schedule, problem, since, readAt } = about
  const at = { since: new Date(since), readAt: readAt === null ? null : new Date(readAt) }
  const facts = { ...setting(words, words.config.zone, now), schedule, problem, ...at }
  return { ...said(words, 'messages/pager/calendar', facts), tone: problem === null ? 'good' : 'warning' }
}

export function strangersMessage(words: Words, about: Extract<About, { kind: 'strangers' }>, now: Date): Message {
  const facts = { ...setting(words, words.config.zone, now), schedule: about.schedule, names: about.names }
  return { ...said(words, 'messages/pager/strangers', facts), tone: 'warning' }
}
