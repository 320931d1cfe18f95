// Judging by time on a busy machine, where any process may have no processor for a second or two: what works is seen to work the next
// time, what is at fault never is.

/** Milliseconds between two looks at the time. However long it stood still before one, it was there for no more than that. */
const step = 50

/** Does `act` when this process has been there for so many milliseconds; standing still does not count. Answers how to prevent it. */
export function afterBeingThere(milliseconds: number, act: () => void): () => void {
  let left = milliseconds
  const timer = setInterval(() => {
    left -= step
    if (left > 0) return
    clearInterval(timer)
    act()
  }, step)
  return () => clearInterval(timer)
}

/** Times that something which has to be in time is tried. */
const most = 5

/** The first of several answers that `isInTime`, else the last. */
export async function atBest<T>(attempt: () => Promise<T>, isInTime: (answer: T) => boolean): Promise<T> {
  for (let left = most; ; left--) {
    const answer = await attempt()
    if (left === 1 || isInTime(answer)) return answer
  }
}

/** Milliseconds of the quickest of several attempts; it is not tried again after one that took less than `enough`. */
export async function quickest(enough: number, attempt: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  await atBest(
    async () => {
      const begun = performance.now()
      await attempt()
      least = Math.min(least, performance.now() - begun)
    },
    () => least < enough,
  )
  return least
}
