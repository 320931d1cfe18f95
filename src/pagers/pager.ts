// The port every page channel implements: a way to reach one person besides being told in the room. Chat platforms are such
// ways (their direct messages), and so are e-mail and webhooks. A pager sends and classifies errors; it never retries,
// sleeps or decides. See errors.ts for the kinds it may throw.
import type { Message } from '../core/message.ts'
import type { Page } from '../core/page.ts'
import type { IncidentView } from '../store/views.ts'

export type Sending = {
  /** A key of `people`, or another recipient of pages (see core/recipient.ts). */
  recipient: string
  /** Where `addressOf` says the recipient is. */
  address: string
  /** Unique for ever; carried in what is sent, so that it can be recognised where it arrives. */
  key: string
  /** An earlier attempt may have gone out: what can be asked is asked first, and what is there is adopted. */
  resumed: boolean
  message: Message
  /** Which page of which incident; null for a page that only tries whether the way works. */
  about: { page: Page; view: IncidentView } | null
}

export interface Pager {
  /** The channel of its pages: `slack`, `email`, `webhook:phone`. */
  readonly name: string
  /** Where this channel reaches a person or another recipient of pages (see core/recipient.ts); null: nowhere. */
  addressOf(recipient: string): string | null
  /** Resolves once the other side has taken it. Throws TransientError or PermanentError. */
  send(sending: Sending): Promise<void>
}
