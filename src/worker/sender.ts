// A loop that claims work from a queue of rows and does several pieces of it at a time; woken when there is news, looking by
// itself at least every second.
import { type Loop, loop } from './timer.ts'

/**
 * One piece of claimed work. True: it left something in the queue that will fall due. It may give up its `place` to others
 * before it is done.
 */
export type Work = (place: { leave: () => void }) => Promise<boolean>

export type Queue = {
  /** Claims at most so many pieces that are due. `next`: when the first of the others is; null when none waits or so many were claimed. */
  claim(limit: number): Promise<{ claimed: Work[]; next: Date | null }>
}

/** Milliseconds: the longest it sleeps, in case a notification was lost. */
const atLeastEvery = 1_000
/** The shortest rest when something is due that cannot be claimed: it is somebody else's. */
const shortestRest = 50
/** How long a few free places wait for more of them: claiming one at a time costs more than the work. */
const handful = 3

export type Sender = Loop & {
  /** Keeps a place for work that is claimed in another way; null when there is none. Null given up: it was not claimed. */
  reserve(): ((work: Work | null) => void) | null
}

export type Circumstances = {
  /** The bot's clock. */
  now: () => Date
  /** Hears of what no work and no queue foresaw. */
  failed: (error: unknown) => void
  /** Resolves when nothing more urgent than sending is going on. */
  calm: () => Promise<void>
  /** Milliseconds from one look to the next, unless it was places that were missing: each look costs the same, whatever it finds. */
  pace?: number
}

export function startSender(queue: Queue, width: Width, { now, failed, calm, pace = 0 }: Circumstances): Sender {
  const running = new Set<Promise<void>>()
  let places = 0
  let fewSince: number | null = null
  let lookedAt = Number.NEGATIVE_INFINITY
  /** There was more than there were places. */
  let isBehind = false
  const start = (work: Work) => {
    let isHeld = true
    const leave = () => {
      if (isHeld) places--
      isHeld = false
      if (isBehind) looking.wake()
    }
    const done: Promise<void> = work({ leave })
      .catch((error: unknown) => {
        failed(error)
        return true
      })
      .then((more) => {
        running.delete(done)
        leave()
        if (more) looking.wake()
      })
    running.add(done)
  }
  const looking = loop(async () => {
    const early = lookedAt + pace - performance.now()
    if (early > 0 && !isBehind) return early
    let next: Date | null
    for (;;) {
      await calm()
      const free = width.now - places
      isBehind = free <= 0
      if (isBehind) return atLeastEvery
      if (places > 0 && free < width.now / 4) {
        fewSince ??= performance.now()
        const rest = fewSince + handful - performance.now()
        if (rest > 0) return rest
      }
      fewSince = null
      lookedAt = performance.now()
      const found = await queue.claim(free)
      next = found.next
      places += found.claimed.length
      for (const work of found.claimed) start(work)
      if (found.claimed.length < free) break
    }
    const rest = next === null ? atLeastEvery : next.getTime() - now().getTime()
    return Math.min(atLeastEvery, Math.max(shortestRest, rest))
  }, failed)
  let isStopped = false
  return {
    wake: looking.wake,
    reserve() {
      if (isStopped || isBehind || places >= width.now) return null
      places++
      return (work) => {
        if (work !== null) return start(work)
        places--
        looking.wake()
      }
    },
    async stop() {
      isStopped = true
      await looking.stop()
      await Promise.all(running)
    },
  }
}

/** How many pieces of work a platform is given at a time: fewer when it cannot cope, more again with each that goes well. */
export class Width {
  readonly #least: number
  readonly #most: number
  #width: number

  constructor(least: number, most: number) {
    this.#least = least
    this.#most = most
    this.#width = most
  }

  get now(): number {
    return Math.floor(this.#width)
  }

  wentWell(): void {
    this.#width = Math.min(this.#most, this.#width + 0.25)
  }

  failed(): void {
    this.#width = Math.max(this.#least, this.#width / 2)
  }
}
