// The incidents that intake wrote last, as it wrote them, and which alerts fire in them: most alerts join one of these or say
// again what is known, and then nothing need be read.
import type { Situation } from '../core/incident.ts'

/**
 * An incident as it was at `version` of its row. A decision made on it is written only if that is still its version, so it
 * may be out of date and never wrong. `firing`: how many of its alerts fire; null: nobody has counted. `place`: the same for as
 * long as all that was written of it is known here.
 */
export type Recalled = Situation & { version: string; firing: number | null; place: Place }

/** What an alert that fires in an incident is remembered with. `now`: the incident as it is remembered; null: it is not any more. */
export type Place = { now: Recalled | null }

/** Incidents that are kept: some kilobytes each. */
const mostKept = 2_000

/** Alerts that are kept: about a hundred bytes each. Beyond this, all are forgotten. */
const mostAlerts = 100_000

/** Only those that are not resolved: whether a resolved one is still the last of its key, the database alone knows. */
export class Recollection {
  readonly #byNumber = new Map<number, Recalled>()
  readonly #numberOf = new Map<string, number>()
  /** By `alertKey`, where an alert was last known to fire: whoever writes an alert gives its incident a new version. */
  readonly #firing = new Map<string, { place: Place; since: number; said: string }>()

  byNumber(number: number): Recalled | undefined {
    return this.#byNumber.get(number)
  }

  byKey(key: string): Recalled | undefined {
    const number = this.#numberOf.get(key)
    return number === undefined ? undefined : this.#byNumber.get(number)
  }

  /** The incident in which this alert fires, since when, and how bad it says it is. */
  byAlert(key: string): { one: Recalled; since: number; said: string } | undefined {
    const firing = this.#firing.get(key)
    return firing?.place.now ? { one: firing.place.now, since: firing.since, said: firing.said } : undefined
  }

  keep(one: Recalled): void {
    const { number, status, groupingKey } = one.incident
    this.forget(number)
    if (status === 'resolved') return
    const [oldest] = this.#byNumber.keys()
    if (this.#byNumber.size >= mostKept && oldest !== undefined) this.forget(oldest)
    this.#byNumber.set(number, one)
    one.place.now = one
    if (groupingKey !== null) this.#numberOf.set(groupingKey, number)
  }

  /** An alert fires in an incident that is kept. `since`: in milliseconds, as its sender tells it. `said`: see `saidSeverity`. */
  keepAlert(key: string, { place }: Recalled, since: number, said: string): void {
    if (this.#firing.size >= mostAlerts) this.#firing.clear()
    this.#firing.set(key, { place, since, said })
  }

  forgetAlert(key: string): void {
    this.#firing.delete(key)
  }

  forgetAll(): void {
    for (const number of [...this.#byNumber.keys()]) this.forget(number)
    this.#firing.clear()
  }

  forget(number: number): void {
    const one = this.#byNumber.get(number)
    if (one === undefined) return
    const { groupingKey: key } = one.incident
    if (key !== null && this.#numberOf.get(key) === number) this.#numberOf.delete(key)
    this.#byNumber.delete(number)
    one.place.now = null
  }
}
