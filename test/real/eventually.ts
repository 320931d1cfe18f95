// Waiting for other programs: for what is true in the end, never for a stretch of time.

/** Milliseconds between two looks. */
const pause = 50

/**
 * Looks again and again until there is something (neither null, undefined nor false), and gives it back. An error thrown by
 * a look counts as "not yet". Rejects after `within` milliseconds with `what`, and the last error if there was one.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  within = 60_000,
): Promise<Exclude<T, null | undefined | false>> {
  const until = performance.now() + within
  let last: unknown = null
  while (performance.now() < until) {
    try {
      const seen = await look()
      if (seen !== null && seen !== undefined && seen !== false) return seen as Exclude<T, null | undefined | false>
      last = null
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  throw new Error(`did not happen within ${within} ms: ${what}`, last === null ? {} : { cause: last })
}
