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

type Asked<Q, A> = { question: Q; answer: (answer: A) => void; fail: (error: unknown) => void }

/** Answers a function that has `work` answer questions, in their order, all that wait at a moment together. */
export function together<Q, A>(work: (questions: Q[]) => Promise<A[]>) {
  let waiting: Asked<Q, A>[] = []
  let working = false
  const workAll = async () => {
    working = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await work(batch.map(({ question }) => question)).then(
        (answers) => {
          for (const [index, { answer }] of batch.entries()) answer(answers[index] as A)
        },
        (error: unknown) => {
          for (const { fail } of batch) fail(error)
        },
      )
    }
    working = false
  }
  return (question: Q) =>
    new Promise<A>((answer, fail) => {
      waiting.push({ question, answer, fail })
      if (!working) void workAll()
    })
}
