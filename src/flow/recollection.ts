// The incidents that intake wrote last, as it wrote them, and which alerts fire in them: most alerts join one of these or say
// again what is known, and then nothing need be read.
import type { Situation } from '../core/incident.ts'

/**
 * An incident as it was at `version` of its row. A decision made on it is written only if that is still its version, so it
 * may be out of date and never wrong. `firing`: how many of its alerts fire; null: nobody has counted. `alerts`: some of
 * those, by `alertKey`; whoever writes an alert gives its incident a new version.
 */
export type Recalled = Situation & { version: string; firing: number | null; alerts: Set<string> }

/** Incidents that are kept: some kilobytes each. */
const mostKept = 2_000

/** Alerts that are kept: about a hundred bytes each. Beyond this, all are forgotten. */
const mostAlerts = 100_000

/** Only those that are not resolved: whether a resolved one is still the last of its key, the database alone knows. */
export class Recollection {
  readonly #byNumber = new Map<number, Recalled>()
  readonly #numberOf = new Map<string, number>()
  /** Where an alert was last known to fire; it counts only if the incident still says so. */
  readonly #incidentOf = new Map<string, number>()

  byNumber(number: number): Recalled | undefined {
    return this.#byNumber.get(number)
  }

  byKey(key: string): Recalled | undefined {
    const number = this.#numberOf.get(key)
    return number === undefined ? undefined : this.#byNumber.get(number)
  }

  /** The incident in which this alert fires. */
  byAlert(key: string): Recalled | undefined {
    const one = this.#byNumber.get(this.#incidentOf.get(key) ?? 0)
    return one?.alerts.has(key) ? one : undefined
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

  /** An alert fires in an incident that is kept. */
  keepAlert(key: string, { incident, alerts }: Recalled): void {
    if (this.#incidentOf.size >= mostAlerts) {
      this.#incidentOf.clear()
      for (const one of this.#byNumber.values()) one.alerts.clear()
    }
    this.#incidentOf.set(key, incident.number)
    alerts.add(key)
  }

  forget(number: number): void {
    const key = this.#byNumber.get(number)?.incident.groupingKey
    if (key !== undefined && key !== null && this.#numberOf.get(key) === number) this.#numberOf.delete(key)
    this.#byNumber.delete(number)
  }
}
