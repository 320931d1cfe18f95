// Does with one statement what many ask for: whatever comes while one is under way goes with the next.
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds between two attempts. */
const again = 500

/**
 * Answers a function that resolves once its result is written. What cannot be written is kept and tried again until it can, or
 * until the process ends.
 */
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

type Asked<T> = { number: number; answer: (found: T | undefined) => void; fail: (error: unknown) => void }

/** Answers a function that reads one of what `read` finds, by its number. */
export function readTogether<T>(read: (numbers: number[]) => Promise<T[]>, numberOf: (found: T) => number) {
  let waiting: Asked<T>[] = []
  let reading = false
  const readAll = async () => {
    reading = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await read(batch.map(({ number }) => number)).then(
        (found) => {
          const byNumber = new Map(found.map((one) => [numberOf(one), one]))
          for (const { number, answer } of batch) answer(byNumber.get(number))
        },
        (error: unknown) => {
          for (const { fail } of batch) fail(error)
        },
      )
    }
    reading = false
  }
  return (number: number) =>
    new Promise<T | undefined>((answer, fail) => {
      waiting.push({ number, answer, fail })
      if (!reading) void readAll()
    })
}
