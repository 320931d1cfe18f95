// What a stage decided about one incident, to be written in one transaction: the state, its record, its effects.
import { leaseDueAt } from './acknowledgement.ts'
import type { Alert } from './alert.ts'
import { helpDueAt } from './breach.ts'
import { nextMarkAt, type ResponseClock } from './clocks.ts'
import { type Incident, type Situation, type Step, stepDueAt } from './incident.ts'
import type { Job, Timing } from './job.ts'
import type { Page } from './page.ts'
import type { NewEntry } from './timeline.ts'

/** What is written for one incident. `clocks` are those that changed; `dueAt` is when it next needs a decision. */
export type Change = {
  incident: Incident
  isNew: boolean
  /** Nothing was decided about the incident itself; there are only alerts and entries to write. */
  stands: boolean
  alerts: Alert[]
  clocks: ResponseClock[]
  dueAt: Date | null
  entries: NewEntry[]
  pages: Page[]
  jobs: (Job & Timing)[]
  /** When its rooms are to hear of it; null: there is nothing they could hear. */
  tellAt: Date | null
  /** The matched runbook's steps, copied at the opening. */
  runbook: { title: string; body: string }[]
  /** Pages not yet begun are cancelled: of the policy because somebody has it, and every one because it is over. */
  cancelPages: boolean
  /** Those that wait for their time are cancelled: the policy begins again at another severity. */
  cancelWaiting: boolean
}

/** A change in the making: decisions are applied one after the other, then written together. */
export class Draft {
  incident: Incident
  /** All of the incident's clocks, as they stand now. */
  clocks: ResponseClock[]
  readonly isNew: boolean
  /** By `alertKey`. */
  readonly alerts = new Map<string, Alert>()
  readonly entries: NewEntry[] = []
  readonly pages: Page[] = []
  readonly jobs: (Job & Timing)[] = []
  readonly runbook: { title: string; body: string }[] = []
  readonly #changed = new Set<ResponseClock>()
  readonly #before: Incident
  #cancelPages = false
  #cancelWaiting = false
  #touched: boolean

  constructor(situation: Situation, isNew = false) {
    this.incident = situation.incident
    this.#before = situation.incident
    this.clocks = situation.clocks
    this.isNew = isNew
    this.#touched = isNew
    if (isNew) for (const clock of situation.clocks) this.#changed.add(clock)
  }

  apply(step: Step): this {
    const { status } = step.incident
    const isAnswered = status !== 'open' && this.incident.status === 'open'
    if (isAnswered || (status === 'resolved' && this.incident.status !== 'resolved')) this.#cancelPages = true
    if (step.incident.severity !== this.incident.severity) this.#cancelWaiting = true
    this.incident = step.incident
    for (const clock of step.clocks) this.#putClock(clock)
    this.entries.push(...step.entries)
    this.#touched = true
    return this
  }

  /** `key`: what `alertKey` says of it. */
  putAlert(alert: Alert, key: string): void {
    this.alerts.set(key, alert)
    this.#touched = true
  }

  /** Null: nothing was decided, nothing is to be written. */
  change(): Change | null {
    if (!this.#touched) return null
    return {
      incident: this.incident,
      isNew: this.isNew,
      stands: !this.isNew && this.incident === this.#before,
      alerts: [...this.alerts.values()],
      clocks: [...this.#changed],
      dueAt: nextDecisionAt(this),
      entries: this.entries,
      pages: this.pages,
      jobs: this.jobs,
      tellAt: null,
      runbook: this.runbook,
      cancelPages: this.#cancelPages,
      cancelWaiting: this.#cancelWaiting,
    }
  }

  #putClock(clock: ResponseClock): void {
    const same = (other: ResponseClock) => other.name === clock.name && other.dueAt.getTime() === clock.dueAt.getTime()
    for (const old of this.clocks.filter(same)) this.#changed.delete(old)
    this.clocks = [...this.clocks.filter((other) => !same(other)), clock]
    this.#changed.add(clock)
  }
}

/**
 * When an incident next needs a decision: its next step, a clock's mark, a lease that ends, help that is called, the end of
 * its quiet period.
 */
export function nextDecisionAt({ incident, clocks }: Situation): Date | null {
  const instants = clocks.map(nextMarkAt)
  instants.push(stepDueAt(incident), leaseDueAt(incident), helpDueAt(incident), incident.quietUntil)
  return instants.reduce((first, at) => (at !== null && (first === null || at < first) ? at : first), null)
}
