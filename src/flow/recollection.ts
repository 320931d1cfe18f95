// The incidents that intake wrote last, as it wrote them: most alerts join one of these, which then need not be read again.
import type { Situation } from '../core/incident.ts'

/**
 * An incident as it was at `version` of its row. A decision made on it is written only if that is still its version, so it
 * may be out of date and never wrong. `firing`: how many of its alerts fire; null: nobody has counted.
 */
export type Recalled = Situation & { version: string; firing: number | null }

/** Incidents that are kept: some kilobytes each. */
const mostKept = 2_000

/** Only those that are not resolved: whether a resolved one is still the last of its key, the database alone knows. */
export class Recollection {
  readonly #byNumber = new Map<number, Recalled>()
  readonly #numberOf = new Map<string, number>()

  byNumber(number: number): Recalled | undefined {
    return this.#byNumber.get(number)
  }

  byKey(key: string): Recalled | undefined {
    const number = this.#numberOf.get(key)
    return number === undefined ? undefined : this.#byNumber.get(number)
  }

  keep(one: Recalled): void {
    const { number, status, groupingKey } = one.incident
    this.forget(number)
    if (status === 'resolved') return
    const [oldest] = this.#byNumber.keys()
    if (this.#byNumber.size >= mostKept && oldest !== undefined) this.forget(oldest)
    this.#byNumber.set(number, one)
    if (groupingKey !== null) this.#numberOf.set(groupingKey, number)
  }

  forget(number: number): void {
    const key = this.#byNumber.get(number)?.incident.groupingKey
    if (key !== undefined && key !== null && this.#numberOf.get(key) === number) this.#numberOf.delete(key)
    this.#byNumber.delete(number)
  }
}
