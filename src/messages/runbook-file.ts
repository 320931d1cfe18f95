// What the incidents channel is told about runbook files that cannot be read any more.
import type { Message } from '../core/message.ts'
import type { About } from '../core/notice.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** `problem` null: it is read again. */
export function runbookFileMessage(words: Words, about: Extract<About, { kind: 'runbook' }>, now: Date): Message {
  const { file, problem, kept } = about
  const facts = { ...setting(words, words.config.zone, now), file, problem, kept }
  return { ...said(words, 'messages/runbook-file', facts), tone: problem === null ? 'good' : 'warning' }
}
