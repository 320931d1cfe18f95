// Deliveries that are written in pieces. In between, what others say of the same alerts waits for the rest, and no incident is over whose
// alerts only change.
import { type Alert, alertKey } from '../core/alert.ts'

/** What is still to be written, by alert. */
export class Unwritten {
  /** When the latest delivery that tells of an alert is written, or refused; they never reject. */
  readonly #over = new Map<string, Promise<void>>()

  /** What has to be over before these alerts may be written: an end that overtakes its beginning would leave it firing for ever. */
  about(alerts: Alert[]): Promise<void>[] {
    if (this.#over.size === 0) return []
    return [...new Set(alerts.flatMap((alert) => this.#over.get(alertKey(alert)) ?? []))]
  }

  /** Settles as `work` does, which writes these alerts. */
  add(alerts: Alert[], work: Promise<void>): Promise<void> {
    const over = work.catch(() => {})
    const keys = alerts.map(alertKey)
    for (const key of keys) this.#over.set(key, over)
    void over.then(() => {
      for (const key of keys) if (this.#over.get(key) === over) this.#over.delete(key)
    })
    return work
  }
}

/** What fires in the end before what is clear in the end: an incident that has others now is not clear between two pieces. */
export function firingFirst(alerts: Alert[]): Alert[] {
  const last = new Map(alerts.map((alert) => [alertKey(alert), alert.status]))
  const fires = (alert: Alert) => last.get(alertKey(alert)) === 'firing'
  return [...alerts.filter(fires), ...alerts.filter((alert) => !fires(alert))]
}
