// What a process knows of rooms that it told to wake, while nobody looks: most alerts join an incident whose rooms wait to be told
// of the ones before. It is a guess, and the statement that relies on it makes sure of it.
import type { Change } from '../core/change.ts'

/** Some hundred bytes each; beyond this, all are forgotten. */
const mostKept = 10_000

export class Expected {
  /** By incident, in milliseconds: until when its rooms wait. */
  readonly #until = new Map<number, number>()

  /** All rooms that are to hear of these changes wait for an instant after `now`. */
  isAwake(changes: Change[], now: Date): boolean {
    const at = now.getTime()
    return changes.every(({ incident, tellAt }) => tellAt === null || (this.#until.get(incident.number) ?? 0) > at)
  }

  told(changes: Change[]): void {
    if (this.#until.size > mostKept) this.#until.clear()
    for (const { incident, tellAt } of changes) if (tellAt !== null) this.#until.set(incident.number, tellAt.getTime())
  }
}
