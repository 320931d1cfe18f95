// How long to wait before what failed is tried again. Always bounded: after an outage of an hour a page must go out within
// seconds, not after another hour.
import { TransientError } from '../errors.ts'
import { isAway } from '../store/problems.ts'

/** Milliseconds between two attempts. */
const shortestWait = 250
export const longestWait = 30_000

/** Milliseconds after the first attempt; twice as many after each other one. */
const firstWait = 1_000

/** Whether it was to be expected that this fails now and then: who was asked could not, or PostgreSQL is away. Else it may be a bug. */
export function isPassing(error: unknown): boolean {
  return error instanceof TransientError || isAway(error)
}

/**
 * As long as the other side asks for, else longer each time; never longer than `atMost`, and not before what may have arrived
 * can be found. `attempt` counts from 1.
 */
export function delayAfter(error: unknown, attempt: number, atMost = Number.POSITIVE_INFINITY): number {
  const { retryAfter, shownAfter } = error instanceof TransientError ? error : { retryAfter: null, shownAfter: 0 }
  const delay = retryAfter ?? Math.min(longestWait, firstWait * 2 ** (Math.min(attempt, 10) - 1))
  return Math.max(shortestWait, shownAfter, Math.min(atMost, delay))
}

/** At most as many attempts as those waits leave room for, of what could be tried since so many milliseconds; at least one. */
export function attemptsWithin(milliseconds: number): number {
  return 1 + Math.floor(Math.log2(1 + Math.max(0, milliseconds) / firstWait))
}
