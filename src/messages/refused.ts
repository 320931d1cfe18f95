// What the incidents channel is told about alerts that came in and could not be used, or only in spite of a fault.
import type { Message } from '../core/message.ts'
import type { About } from '../core/notice.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

export function refusedMessage(words: Words, about: Extract<About, { kind: 'refused' }>, now: Date): Message {
  const { source, reason, isTaken = false } = about
  const facts = { ...setting(words, words.config.zone, now), source, reason, isTaken }
  return { ...said(words, 'messages/refused', facts), tone: 'warning' }
}
