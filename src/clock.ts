// The one owner of the system clock. Everything else is handed a Clock, or a `now`.

export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/**
 * The time of the database, which is the same for every replica: one whose own clock is minutes ahead would page minutes
 * early. Between two readings it counts by the monotonic clock, which nobody sets; before the first it has only its own.
 */
export class SharedClock implements Clock {
  /** Milliseconds from the monotonic clock to the shared time. */
  #lead = systemClock.now().getTime() - performance.now()
  #read = false

  now(): Date {
    return new Date(Math.round(performance.now() + this.#lead))
  }

  /**
   * Takes in one reading of the shared time, in milliseconds since the epoch, asked for and answered at these instants of
   * `monotonic`. It was read somewhere between them: as long as that can be, nothing moves, or every answer would shake it.
   */
  learn(shared: number, asked: number, answered: number): void {
    const [least, most] = [shared - answered, shared - asked]
    this.#lead = this.#read ? Math.min(most, Math.max(least, this.#lead)) : (least + most) / 2
    this.#read = true
  }

  /** Milliseconds, of an arbitrary beginning; for `learn`. */
  monotonic(): number {
    return performance.now()
  }

  /** Milliseconds by which this machine's own clock is ahead; negative when it is behind. */
  ownError(): number {
    return systemClock.now().getTime() - this.now().getTime()
  }
}

/** A clock that stands still until it is moved; for tests and simulation. */
export class ManualClock implements Clock {
  #now: Date
  constructor(start: Date | string) {
    this.#now = new Date(start)
  }
  now(): Date {
    return this.#now
  }
  set(to: Date): void {
    this.#now = to
  }
  advance(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds)
  }
}

/** Lets whatever else waits in this process have its turn: long work is done in pieces, with this in between. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Milliseconds that long work keeps the process. With a turn for others after each piece, it would take minutes where those take theirs. */
const longestTurn = 10

/** To be called between pieces of long work: others have their turn when it was at it for some milliseconds. */
export function sharing(): () => Promise<void> {
  let begun = performance.now()
  return async () => {
    if (performance.now() - begun < longestTurn) return
    await othersTurn()
    begun = performance.now()
  }
}

/** As `flatMap`, shared with others: what takes milliseconds for one may be done for hundreds. */
export async function eachInTurn<T, R>(all: readonly T[], work: (one: T) => readonly R[]): Promise<R[]> {
  const share = sharing()
  const found: R[] = []
  for (const one of all) {
    for (const result of work(one)) found.push(result)
    await share()
  }
  return found
}

/** Resolves after so many milliseconds. */
export function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/**
 * What `work` answers, if it does so in time; else this rejects, and says that `late` within so many seconds. The work goes on, and
 * whatever comes of it then is nobody's.
 */
export async function within<T>(milliseconds: number, work: Promise<T>, late = 'there was no answer'): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${late} within ${milliseconds / 1000} s`)), milliseconds)
  })
  return Promise.race([work, over]).finally(() => clearTimeout(timer))
}
