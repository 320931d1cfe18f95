// The end of the bot: its parts are stopped in the opposite order, and none of them can keep the others waiting for long.

import { within } from '../clock.ts'
import { reasonOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** What it is called in the log, and how it is stopped. */
export type Part = [name: string, stop: () => unknown]

/** Milliseconds each part has; what is unfinished then is taken up at the next start. */
const patience = 5_000

/**
 * Milliseconds for all of them but the first, the database: while that does not answer each would take its time, and whoever
 * stops the bot would kill it.
 */
const together = 8_000

/** `parts`: as they were started. Never throws. */
export async function stopAll(parts: Part[], log: Log): Promise<void> {
  const until = performance.now() + together
  for (const [i, [part, stop]] of [...parts.entries()].reverse()) {
    const left = i === 0 ? patience : Math.max(0, until - performance.now())
    const end = within(Math.min(patience, left), Promise.resolve().then(stop), 'it did not end')
    const problem = await end.then(() => null, reasonOf)
    if (problem !== null) log.warn({ part, problem }, 'a part did not stop cleanly')
  }
}
