// What the incidents channel is told about the monitoring itself.
import type { Message } from '../core/message.ts'
import type { About } from '../core/notice.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** `problem` null: it answers again. */
export function monitoringMessage(words: Words, about: Extract<About, { kind: 'monitoring' }>, now: Date): Message {
  const { system, problem, since, denied = false } = about
  const facts = { ...setting(words, words.config.zone, now), system, problem, denied, since: new Date(since) }
  return { ...said(words, 'messages/pager/monitoring', facts), tone: problem === null ? 'good' : 'warning' }
}
