// Lets a few through at a time: a report of twenty objectives must not be twenty times ten queries at one moment.

/** Runs what it is given, `width` at a time, in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

export function gate(width: number): Gate {
  const waiting: (() => void)[] = []
  let free = width
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
