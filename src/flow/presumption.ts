// What intake takes for granted about arriving alerts instead of reading it: that what it remembers is still so, and that an alert
// it does not remember is a new one. The statement that writes makes sure of both, and writes nothing when they do not hold.
import type { Known } from '../store/alerts.ts'
import type { Granted } from '../store/change-rows.ts'
import type { Heard } from './desk.ts'
import type { Recollection } from './recollection.ts'

/** Flushes that read what they do not remember, after one that was wrong about it: alerts that come back come back in numbers. */
const caution = 50

/** `unknown`: what has to be read. */
export type Presumed = { known: Map<string, Known>; granted: Granted; unknown: Heard['alert'][] }

export class Presumption {
  readonly #recollection: Recollection
  #cautious = 0

  constructor(recollection: Recollection) {
    this.#recollection = recollection
  }

  /** `trusting` false: nothing is taken for granted. */
  about(heard: Heard[], trusting: boolean): Presumed {
    const known = new Map<string, Known>()
    if (!trusting) return { known, granted: { seen: new Map(), unheard: [] }, unknown: heard.map(({ alert }) => alert) }
    const seen = new Map<number, string>()
    const strangers = new Map<string, Heard['alert']>()
    for (const { alert, key } of heard) {
      const recalled = this.#recollection.byAlert(key)
      if (recalled === undefined) {
        // One that clears is a repeat when nobody has heard of it, and must not be taken for one.
        if (alert.status === 'resolved') this.#cautious = Math.max(this.#cautious, 1)
        strangers.set(key, alert)
      } else {
        const { since, said } = recalled
        const { incident, version } = recalled.one
        seen.set(incident.number, version)
        known.set(key, { incident: incident.number, status: 'firing', active: true, since, said })
      }
    }
    if (this.#cautious === 0) return { known, granted: { seen, unheard: [...strangers.values()] }, unknown: [] }
    this.#cautious--
    return { known, granted: { seen, unheard: [] }, unknown: [...strangers.values()] }
  }

  /** Some of what was granted did not hold. */
  failed({ seen, unheard }: Granted): void {
    for (const number of seen.keys()) this.#recollection.forget(number)
    if (unheard.length > 0) this.#cautious = caution
  }

  /** What was read is remembered where it was read of the incident as it is remembered. */
  learn(read: Map<string, Known>): void {
    for (const [key, { incident, status, active, since, said, version }] of read) {
      const one = this.#recollection.byNumber(incident)
      if (one !== undefined && one.version === version && status === 'firing' && active)
        this.#recollection.keepAlert(key, one, since, said)
    }
  }
}
