// Long answers, one after another: each is megabytes, and made together for all who look at a storm they would fill the memory and
// hold up a page for seconds.
import { setImmediate, setTimeout } from 'node:timers/promises'
import { longJson } from './long-json.ts'

/** Milliseconds after which one that hangs holds up the next no longer. */
const patience = 5_000

export class InTurn {
  #before: Promise<unknown> = Promise.resolve()
  readonly #waiting = new Map<string, Promise<Buffer>>()

  /** As JSON. Whoever asks for the same before it is begun has the same answer. Rejects with what `make` rejects with. */
  json(name: string, make: () => Promise<unknown>): Promise<Buffer> {
    const waiting = this.#waiting.get(name)
    if (waiting !== undefined) return waiting
    const made = this.#before.then(async () => {
      this.#waiting.delete(name)
      return longJson(await make())
    })
    this.#waiting.set(name, made)
    this.#before = ended(made)
    return made
  }
}

/** Never rejects. What came meanwhile has its turn first. */
async function ended(made: Promise<unknown>): Promise<void> {
  const stop = new AbortController()
  const tooLong = setTimeout(patience, undefined, { ref: false, signal: stop.signal })
  await Promise.race([made, tooLong]).catch(() => {})
  stop.abort()
  await tooLong.catch(() => {})
  await setImmediate()
}
