// How long to wait before what failed is tried again. Always bounded: after an outage of an hour a page must go out within
// seconds, not after another hour.
import { TransientError } from '../errors.ts'
import { isAway } from '../store/problems.ts'

/** Milliseconds between two attempts. */
const shortestWait = 250
const longestWait = 30_000

/** What may be waited for: `itself` after failures, `asked` when the other side asks for more. Milliseconds. */
type Longest = { itself: number; asked: number }

const anything: Longest = { itself: longestWait, asked: Number.POSITIVE_INFINITY }

/** Of a page: who could not be reached for a while is tried soon, and nobody's wish keeps it for longer than half a minute. */
export const longestOfPages: Longest = { itself: 10_000, asked: longestWait }

/** Milliseconds after the first attempt; twice as many after each other one. */
const firstWait = 1_000

/** Whether it was to be expected that this fails now and then: who was asked could not, or PostgreSQL is away. Else it may be a bug. */
export function isPassing(error: unknown): boolean {
  return error instanceof TransientError || isAway(error)
}

/**
 * As long as the other side asks for, else longer each time; never longer than the `longest`, and not before what may have
 * arrived can be found. `attempt` counts from 1.
 */
export function delayAfter(error: unknown, attempt: number, longest = anything): number {
  const { retryAfter, shownAfter } = error instanceof TransientError ? error : { retryAfter: null, shownAfter: 0 }
  const growing = Math.min(longest.itself, firstWait * 2 ** (Math.min(attempt, 10) - 1))
  const delay = retryAfter === null ? growing : Math.min(longest.asked, retryAfter)
  return Math.max(shortestWait, shownAfter, delay)
}

/** At most as many attempts as those waits leave room for, of what could be tried since so many milliseconds; at least one. */
export function attemptsWithin(milliseconds: number): number {
  return 1 + Math.floor(Math.log2(1 + Math.max(0, milliseconds) / firstWait))
}
