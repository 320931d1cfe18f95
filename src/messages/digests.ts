// The answer to /digest: which digests there are.
import type { DigestConfig } from '../config/config.ts'
import type { Message } from '../core/message.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** `times`: when each is next due, by name. */
export function digestsMessage(words: Words, digests: DigestConfig[], times: Record<string, Date>, now: Date): Message {
  const lines = digests.map(({ name, channel, platforms, services, email }) => ({
    ...{ name, channel, platforms, services },
    ...{ mails: email.length, next: times[name] ?? null },
  }))
  const facts = { ...setting(words, words.config.digest.zone, now), digests: lines }
  return { ...said(words, 'digest/list', facts), tone: 'neutral' }
}
