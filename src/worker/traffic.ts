// Who goes first in this process: pages and the opening of rooms. What rooms hear after that steps aside while any of those
// is under way, so that a hundred new incidents have their rooms before the first of them has its bookmark.
import { within } from './timer.ts'

/** Pieces of work that step aside and are done at a time: while something urgent is under way, and else. */
const meanwhile = 1
const otherwise = 12

/** Milliseconds after which something urgent that still lasts waits for others, and takes no more of this process's time. */
const busyAtMost = 1_000

export class Traffic {
  #urgent = 0
  #aside = 0
  readonly #waiting: (() => void)[] = []
  readonly #quiet = new Set<() => void>()

  /** Something urgent begins; call what it answers when that is over. */
  begin(): () => void {
    this.#urgent++
    const over = once(() => {
      clearTimeout(late)
      this.#urgent--
      this.#next()
    })
    const late = setTimeout(over, busyAtMost).unref()
    return over
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves when nothing is under way, or after so many milliseconds. */
  async quiet(atMost: number): Promise<void> {
    if (this.#urgent + this.#aside === 0) return
    let come = () => {}
    const quiet = new Promise<void>((resolve) => {
      come = resolve
    })
    this.#quiet.add(come)
    await within(atMost, quiet)
    this.#quiet.delete(come)
  }

  /** Resolves when it is the turn of what can wait; call what it answers when that is over. */
  async stepAside(): Promise<() => void> {
    if (this.#isFull()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#aside++
    return once(() => {
      this.#aside--
      this.#next()
    })
  }

  #isFull(): boolean {
    return this.#aside >= (this.#urgent > 0 ? meanwhile : otherwise)
  }

  #next(): void {
    while (!this.#isFull()) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#aside++
      next()
    }
    if (this.#urgent + this.#aside > 0) return
    for (const come of this.#quiet) come()
  }
}

function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) {
      isDone = true
      work()
    }
  }
}
