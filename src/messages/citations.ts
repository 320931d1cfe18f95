// Which timeline entries a statement of the post-mortem rests on, so that a reader can check each of them.
import type { Alert } from '../core/alert.ts'
import type { ClockStop, ResponseClock } from '../core/clocks.ts'
import type { Entry, FactKind } from '../core/timeline.ts'

const stopping: Record<ClockStop, FactKind> = {
  acknowledged: 'incident_acknowledged',
  noted: 'note_added',
  resolved: 'incident_resolved',
  published: 'postmortem_published',
}

/** Looks up ids of entries. What has none of its own rests on the opening; only a record without one gives nothing. */
export class Sources {
  readonly opening: number[]
  readonly #timeline: Entry[]
  readonly #fired = new Map<string, Entry[]>()
  readonly #cleared = new Map<string, Entry>()
  readonly #charts = new Map<number, number>()

  constructor(timeline: Entry[]) {
    this.#timeline = timeline
    this.opening = citesOf(timeline, 'incident_opened').slice(0, 1)
    for (const entry of timeline) {
      const { fact, id } = entry
      if (fact.kind === 'alert_fired') {
        const fired = this.#fired.get(fact.fingerprint)
        if (fired === undefined) this.#fired.set(fact.fingerprint, [entry])
        else fired.push(entry)
      } else if (fact.kind === 'alert_cleared') this.#cleared.set(fact.fingerprint, entry)
      else if (fact.kind === 'chart_drawn' || fact.kind === 'runbook_query_ran')
        this.#charts.set(Number(fact.chart), id)
    }
  }

  /** Its latest start, which is the one the alert carries, and the end of that. */
  ofAlert({ fingerprint, endsAt }: Pick<Alert, 'fingerprint' | 'endsAt'>): number[] {
    const fired = this.#fired.get(fingerprint)?.at(-1)
    const cleared = this.#cleared.get(fingerprint)
    const start = fired === undefined ? this.opening : [fired.id]
    return endsAt !== null && cleared !== undefined && cleared.id > (fired?.id ?? 0) ? [...start, cleared.id] : start
  }

  /** Where an alert was first heard of. */
  ofFirstStart({ fingerprint }: Pick<Alert, 'fingerprint'>): number[] {
    const fired = this.#fired.get(fingerprint)?.[0]
    return fired === undefined ? this.opening : [fired.id]
  }

  /** The breach, and what stopped the clock; of one that still runs, the opening. */
  ofClock({ name, until, dueAt, stoppedAt }: ResponseClock): number[] {
    const breach = this.#timeline.findLast(
      ({ fact }) => fact.kind === 'clock_breached' && fact.clock === name && Date.parse(fact.dueAt) === dueAt.getTime(),
    )
    const found = [breach, stopOf(this.#timeline, { until, stoppedAt })].flatMap((entry) =>
      entry === undefined ? [] : [entry.id],
    )
    return found.length > 0 ? found : this.opening
  }

  endedItself(clock: ResponseClock): boolean {
    return endedItself(this.#timeline, clock)
  }

  ofChart(id: number): number[] {
    const drawn = this.#charts.get(Number(id))
    return drawn === undefined ? this.opening : [drawn]
  }
}

/** Ids of the entries of a kind. */
export function citesOf(timeline: Entry[], kind: FactKind): number[] {
  return timeline.filter((entry) => entry.fact.kind === kind).map((entry) => entry.id)
}

/** Whether it was over by itself before anybody did what the clock waited for: nobody kept that promise. */
export function endedItself(timeline: Entry[], clock: Pick<ResponseClock, 'until' | 'stoppedAt'>): boolean {
  const stop = clock.until === 'resolved' ? undefined : stopOf(timeline, clock)
  return stop?.fact.kind === 'incident_resolved' && stop.by === null
}

function stopOf(
  timeline: Entry[],
  { until, stoppedAt }: Pick<ResponseClock, 'until' | 'stoppedAt'>,
): Entry | undefined {
  const atStop = timeline.filter(({ at }) => at.getTime() === stoppedAt?.getTime())
  // An end answers everything that was still asked: a clock for the acknowledgement stops with the resolution, too.
  return (
    atStop.find(({ fact }) => fact.kind === stopping[until]) ??
    atStop.find(({ fact }) => Object.values(stopping).includes(fact.kind))
  )
}
