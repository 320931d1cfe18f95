// A press goes through once, or it is said that nobody knows: on a way that is dead without a word it would wait for ever.

/** Milliseconds without an answer after which it goes out once more, over another connection. The bot does it once. */
const impatience = 5_000
/** More than a browser keeps connections that may all be dead: it has six, and the stream of changes needs one. */
const tries = 6

/** Milliseconds after which it is given up. A chart may take half a minute. */
const givenUp = 45_000

/** A name for each press, by which the bot knows its copies. */
export function nameOfPress() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * What the first of several tries answers. `attempt(signal, again)` rejects with `isHeard` when an earlier try arrived, whose answer may
 * still come. `slow`: called when it goes out again; `lost`: what it rejects with in the end.
 */
export async function insist(attempt, { slow, lost }) {
  const rest = new AbortController()
  let timers = []
  let open = 0
  try {
    return await new Promise((resolve, reject) => {
      const failed = (error) => {
        open--
        // One that found no way says nothing about the others, nor does one that came after another.
        if (open === 0 || (error.status !== undefined && !error.isHeard)) reject(error)
      }
      const begin = (again) => {
        open++
        attempt(rest.signal, again).then(resolve, failed)
      }
      const again = () => {
        slow()
        begin(true)
      }
      timers = Array.from({ length: tries - 1 }, (_, i) => setTimeout(again, (i + 1) * impatience))
      timers.push(setTimeout(() => reject(lost()), givenUp))
      begin(false)
    })
  } finally {
    for (const timer of timers) clearTimeout(timer)
    rest.abort()
  }
}
