// The port for everything that can carry a page to a person: the chat platforms, and what is no chat.
import type { MessageRef, Posted } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import type { Page } from '../core/page.ts'
import type { IncidentView } from '../store/views.ts'

export type PageOf = { page: Page; view: IncidentView }

export type OutgoingPage = {
  /** A key of `people`, or another recipient of pages (see core/recipient.ts). */
  recipient: string
  /** Where the recipient is reached, as `addressOf` gave it. */
  address: string
  /** Unique for ever. Carried in what is sent wherever that is possible, so that it can be found again. */
  key: string
  /** An earlier attempt may have gone out: what can be asked is asked for `key` first, and what is found is adopted. */
  resumed: boolean
  message: Message
  /** Which page of which incident; null for one that only tries whether the way works. */
  about: PageOf | null
}

/**
 * It sends and classifies errors (see errors.ts); it never retries, sleeps or decides. Several pages are sent at a time, and
 * each call ends within seconds.
 */
export interface Pager {
  /** The `channel` of its pages: `slack`, `email`, `webhook:phone`. */
  readonly name: string
  /** Where a recipient is reached; null: not over this. */
  addressOf(recipient: string): string | null
  /** Answers where the page is, in words of the pager's own. Throws TransientError or PermanentError. */
  send(page: OutgoingPage): Promise<Posted>
  /** Where an earlier attempt left the page; null: nowhere. Null itself: there is no telling. */
  readonly find: ((address: string, about: PageOf) => Promise<MessageRef | null>) | null
  /** Whether the other side is there: throws when it is not. Null: there is no asking, or somebody else asks. */
  readonly check: (() => Promise<void>) | null
}
