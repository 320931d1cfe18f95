// A person who said something waits for the answer, and nobody else tries again: where Discord wants it later, or is ill for a
// moment, what they asked for is not given up at once.
import { setTimeout as pause } from 'node:timers/promises'
import { TransientError } from '../../errors.ts'

/** With the waits below about half a minute, and ten seconds more for each try that is not answered. */
const mostTries = 8
/** Milliseconds. */
const shortest = 250
const longest = 8_000

/** Tries again what may work later, unless it `mayNot` be said twice or the bot is `ending`; throws the last error. */
export async function patiently<T>(
  ending: AbortSignal,
  work: () => Promise<T>,
  mayNot: (error: TransientError) => boolean = () => false,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TransientError) || mayNot(error) || tries === mostTries || ending.aborted) throw error
      const wait = Math.min(longest, Math.max(error.retryAfter ?? 0, shortest * 2 ** (tries - 1)))
      await pause(wait, undefined, { signal: ending, ref: false }).catch(() => undefined)
    }
  }
}
