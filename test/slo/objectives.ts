// Objectives to measure, and a Prometheus that answers what a test says.
import { type BurnRates, burnPairs, usualBurnSeverities } from '../../src/core/burn.ts'
import { judge, type Slo, type SloStanding } from '../../src/core/slo.ts'
import type { Gauge } from '../../src/evidence/objectives.ts'

export function sloOf(changes: Partial<Slo> = {}): Slo {
  return {
    ...{ name: 'Checkout', service: 'checkout', objective: 99.9, window: { days: 30 }, runbookUrl: null },
    indicator: { kind: 'share', expr: 'avg_over_time(up{job="checkout"}[$window])' },
    alerts: usualBurnSeverities,
    ...changes,
  }
}

export const now = new Date('2026-11-18T12:00:00Z')

/** How it stands when the share `good` was good. */
export function standing(slo: Slo, good: number, rates: BurnRates = new Map(), at = now): SloStanding {
  return judge(slo, { bad: 1 - good, events: null, rates, stretches: [], since: null }, burnPairs(slo), at)
}

/** What is not said is not there. */
export function gaugeOf(answers: Partial<Gauge> = {}): Gauge {
  return { value: async () => null, labels: async () => [], history: async () => [], ...answers }
}
