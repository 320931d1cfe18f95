// Trying again in the background until it works: Slack that is down when the bot starts must not keep the bot from starting.
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds: the first wait, and the longest. */
const shortest = 250
const longest = 30_000

/** Longer after each failure; starts over after `succeeded`. */
export class Backoff {
  #next = shortest
  #stop = new AbortController()

  succeeded(): void {
    this.#next = shortest
  }

  /** Waits; false when it was told to stop meanwhile. */
  async wait(): Promise<boolean> {
    const milliseconds = this.#next * (0.75 + Math.random() / 2)
    this.#next = Math.min(this.#next * 2, longest)
    await pause(milliseconds, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {})
    return !this.#stop.signal.aborted
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted
  }

  stop(): void {
    this.#stop.abort()
  }
}
