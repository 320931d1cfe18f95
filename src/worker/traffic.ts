// Who goes first in this process: pages and the opening of rooms. What rooms hear after that steps aside while any of those
// is under way, so that a hundred new incidents have their rooms before the first of them has its bookmark.
import { within } from '../clock.ts'

/** Pieces of work that step aside and are done at a time: while something urgent is under way, and else. */
const meanwhile = 1
const otherwise = 12

/** While something urgent is under way, a piece is followed by a rest so many times as long as it took, and no longer than this. */
const rests = 4
const longestRest = 200

/** Milliseconds after which something urgent that still lasts waits for others, and takes no more of this process's time. */
const busyAtMost = 1_000

export class Traffic {
  #urgent = 0
  #aside = 0
  /** By the monotonic clock. */
  #restsUntil = 0
  #resting: NodeJS.Timeout | undefined
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
    await within(atMost, quiet).catch(() => {})
    this.#quiet.delete(come)
  }

  /** Resolves when it is the turn of what can wait; call what it answers when that is over. */
  async stepAside(): Promise<() => void> {
    if (this.#isFull()) await this.#turn()
    else this.#aside++
    const begun = performance.now()
    return once(() => {
      this.#aside--
      const now = performance.now()
      this.#restsUntil = now + Math.min(longestRest, rests * (now - begun))
      this.#next()
    })
  }

  #turn(): Promise<void> {
    const turn = new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#next()
    return turn
  }

  #isFull(): boolean {
    if (this.#urgent === 0) return this.#aside >= otherwise
    return this.#aside >= meanwhile || performance.now() < this.#restsUntil
  }

  /** Those that rest go on when the rest is over, or sooner, when nothing urgent is left. */
  #rest(): void {
    clearTimeout(this.#resting)
    if (this.#waiting.length === 0 || this.#aside >= meanwhile) return
    this.#resting = setTimeout(() => this.#next(), this.#restsUntil - performance.now()).unref()
  }

  #next(): void {
    while (!this.#isFull()) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#aside++
      next()
    }
    this.#rest()
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
