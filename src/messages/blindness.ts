// What everybody in the incidents channel is told when the bot itself can do nothing.
import type { Message } from '../core/message.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

export type About = { problem: string; since: Date; until: null } | { problem: null; since: Date; until: Date }

/** `problem` null: the database takes again what is written. */
export function blindnessMessage(words: Words, about: About, now: Date): Message {
  const facts = { ...setting(words, words.config.zone, now), ...about }
  const message = said(words, 'messages/pager/blindness', facts)
  return about.problem === null ? { ...message, tone: 'good' } : { ...message, tone: 'critical', mentions: 'channel' }
}
