// A database that goes away in the middle of a start is waited for, as one that is not there yet: a failover must not end a bot
// that was told to start, and least of all with the driver's own words.
import { reasonOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { isAway, isReadOnly, noConnectionLeft } from '../store/problems.ts'

/**
 * Does it again for as long as it fails because the database is away. It must leave nothing behind when it fails. Rejects with
 * what to do when the database stays away, and at once with any other failure.
 */
export type Outlast = <T>(work: () => Promise<T>) => Promise<T>

/** Milliseconds: a database in the next container may take a while to come up, and as long to come back. */
export const patience = 60_000
const pause = 500

export function outlasting(log: Log, longest = patience): Outlast {
  return async (work) => {
    const began = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!isAway(error)) throw error
        if (performance.now() - began > longest) throw told(error, longest)
        const reason = reasonOf(error)
        if (attempt === 1) log.warn({ reason }, 'PostgreSQL went away during the start; waiting for it')
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }
}

function told(error: unknown, longest: number): unknown {
  // Those two say what to do, or are given words where the configuration is known.
  const { code } = error as { code?: unknown }
  if (isReadOnly(error) || code === noConnectionLeft) return error
  return new Error(
    `PostgreSQL went away while Tocsin was starting, and was not back within ${longest / 1000} s: ${reasonOf(error)}. ` +
      'See that it runs and stays up, then start Tocsin again.',
  )
}
