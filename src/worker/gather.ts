// Writes down many results with one statement: whatever comes while one is being written goes with the next. What cannot be
// written is kept and tried again until it can, or until the process ends.
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds between two attempts. */
const again = 500

/** Answers a function that resolves once its result is written. */
export function gathered<T>(write: (results: T[]) => Promise<void>, failed: (error: unknown) => void) {
  let waiting: { result: T; done: () => void }[] = []
  let writing = false
  const flush = async () => {
    writing = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await write(batch.map(({ result }) => result)).then(
        () => {
          for (const { done } of batch) done()
        },
        async (error: unknown) => {
          failed(error)
          waiting = [...batch, ...waiting]
          await pause(again, undefined, { ref: false })
        },
      )
    }
    writing = false
  }
  return (result: T) =>
    new Promise<void>((done) => {
      waiting.push({ result, done })
      if (!writing) void flush()
    })
}
