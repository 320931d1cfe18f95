// When a card is edited for alerts that only join or clear. A chat takes so many edits a minute, of all rooms together: spent on
// counting, they would be missing where somebody has just acknowledged. In a flood of alerts, writing those edits would also
// take half of what the alerts themselves need.
import { gathering } from './effects.ts'

/** New alerts within a second that are a flood. */
const flood = 1_000

/** Milliseconds in which those are gathered for one edit of the card. */
const gatheringInFlood = 10_000

/** Milliseconds between such edits, for each incident that has had one lately: a chat that counts all edits takes some fifty a minute. */
const share = 4_000

/** Milliseconds: no count on a card is older, and an incident whose card was not edited for as long is quiet again. */
const longest = 120_000

/** How many alerts come in, and when the cards were last edited for them. */
export class Rush {
  #second = 0
  #alerts = 0
  #before = 0
  /** By incident, in the order of their last change; milliseconds since 1970. */
  readonly #toldAt = new Map<number, number>()

  note(alerts: number, now: Date): void {
    const second = Math.floor(now.getTime() / 1_000)
    if (second !== this.#second) {
      this.#before = second === this.#second + 1 ? this.#alerts : 0
      this.#alerts = 0
      this.#second = second
      this.#forget(now.getTime() - longest)
    }
    this.#alerts += alerts
  }

  /** Milliseconds in which alerts that join or clear are gathered for one edit of the incident's card. */
  pause(incident: number, now: Date): number {
    const at = now.getTime()
    const before = this.#toldAt.get(incident)
    // Later than that it is only by a clock that was set back.
    if (before !== undefined && before > at && before <= at + longest) return before - at
    this.#toldAt.delete(incident)
    const spacing = Math.min(longest, (this.#toldAt.size + 1) * share)
    const spaced = before === undefined ? at : Math.min(before, at) + spacing
    const next = Math.max(at + this.#gathering(now), spaced)
    this.#toldAt.set(incident, next)
    return next - at
  }

  #gathering(now: Date): number {
    const isOver = Math.floor(now.getTime() / 1_000) - this.#second > 1
    return !isOver && Math.max(this.#alerts, this.#before) >= flood ? gatheringInFlood : gathering
  }

  #forget(since: number): void {
    for (const [incident, at] of this.#toldAt) if (at < since) this.#toldAt.delete(incident)
  }
}
