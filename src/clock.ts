// The one owner of the system clock. Everything else is handed a Clock, or a `now`.

export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

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
