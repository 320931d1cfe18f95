// The answer to /incident changes: what changed in the incident's service around the time it began.
import type { Message } from '../core/message.ts'
import type { ServiceChange } from '../core/service-change.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** Nobody who is looking for a cause reads on after these. */
const shownChanges = 15

export type ChangesAround = {
  number: number
  service: string
  startedAt: Date
  /** Milliseconds before the start that were looked at. */
  before: number
  /** The latest first. */
  changes: ServiceChange[]
  /** How many sources tell of changes. */
  senders: number
}

export function changesMessage(words: Words, around: ChangesAround, now: Date): Message {
  const { changes, startedAt, ...rest } = around
  const lines = changes.slice(0, shownChanges).map(({ title, url, by, status, service, startedAt: at }) => ({
    ...{ title, url, by, status, service, at },
    lead: startedAt.getTime() - at.getTime(),
  }))
  const facts = {
    ...setting(words, words.config.zone, now),
    ...{ ...rest, changes: lines, more: changes.length - lines.length },
  }
  return { ...said(words, 'messages/changes', facts), tone: 'neutral' }
}
