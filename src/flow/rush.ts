// How many alerts come in. In a flood of them, nobody reads a card that changes every second, and writing it would take half of
// what the alerts themselves need.
import { gathering } from './effects.ts'

/** New alerts within a second that are a flood. */
const flood = 1_000

/** Milliseconds in which those are gathered for one edit of the card. */
const gatheringInFlood = 10_000

export class Rush {
  #second = 0
  #alerts = 0
  #before = 0

  note(alerts: number, now: Date): void {
    const second = Math.floor(now.getTime() / 1_000)
    if (second !== this.#second) {
      this.#before = second === this.#second + 1 ? this.#alerts : 0
      this.#alerts = 0
      this.#second = second
    }
    this.#alerts += alerts
  }

  /** Milliseconds in which alerts that join or clear are gathered for one edit of the card. */
  pause(now: Date): number {
    const isOver = Math.floor(now.getTime() / 1_000) - this.#second > 1
    return !isOver && Math.max(this.#alerts, this.#before) >= flood ? gatheringInFlood : gathering
  }
}
