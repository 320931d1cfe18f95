// How fast an error budget burns, and how fast is too fast: the pairs of ranges of the SRE Workbook
// (https://sre.google/workbook/alerting-on-slos/), for windows of any length.
import type { Severity } from './severity.ts'
import { day, hour, minute, rangeText, type SloWindow, usualDays } from './slo-window.ts'

/** `fast`: in an hour. `slow`: in hours. `ticket`: in days. */
const burnKinds = ['fast', 'slow', 'ticket'] as const
export type BurnKind = (typeof burnKinds)[number]

/** What a burn alert becomes; null: there is none. */
export type BurnSeverities = Record<BurnKind, Severity | null>

export const usualBurnSeverities: BurnSeverities = { fast: 'P1', slow: 'P2', ticket: 'P3' }

/** The budget burned `factor` times faster than it lasts, over the long range and over the short one. */
export type BurnPair = {
  kind: BurnKind
  /** Milliseconds. */
  long: number
  short: number
  factor: number
  /** The share of the budget that is gone after the long range at this rate. */
  share: number
  /** The factor is lower than the share asks for: more than everything cannot fail. */
  capped: boolean
}

/** Long ranges with their short ones, a twelfth as far as can be. */
const ladder = [
  { long: 3 * day, short: 6 * hour },
  { long: day, short: 2 * hour },
  { long: 12 * hour, short: hour },
  { long: 6 * hour, short: 30 * minute },
  { long: 2 * hour, short: 10 * minute },
  { long: hour, short: 5 * minute },
  { long: 30 * minute, short: 5 * minute },
  { long: 15 * minute, short: 5 * minute },
]

const asked: { kind: BurnKind; long: number; share: number }[] = [
  { kind: 'fast', long: hour, share: 0.02 },
  { kind: 'slow', long: 6 * hour, share: 0.05 },
  { kind: 'ticket', long: 3 * day, share: 0.1 },
]

/** A budget that burns slower than this is not spent before its window is over: nothing to call anybody for. */
const leastFactor = 0.9
/** Of all that can fail: a total outage must be enough, whatever the objective. */
const mostFailing = 0.8

/**
 * The pairs for an objective. An alert stands for the same share of the budget (2, 5 and 10 %) whatever the window: its
 * factor is that share × window / range, which is 14.4, 6 and 1 for 30 days. Where that would be below 0.9, the range is
 * shortened until it is not; where more than 80 % of everything would have to fail, that is enough.
 */
export function burnPairs({ objective, window }: { objective: number; window: SloWindow }): BurnPair[] {
  const length = usualDays(window) * day
  const most = mostFailing / budgetShare(objective)
  return asked.map(({ kind, long: wanted, share }) => {
    const rungs = ladder.filter(({ long }) => long <= wanted)
    const rung = rungs.find(({ long }) => (share * length) / long >= leastFactor) ?? rungs.at(-1)
    if (rung === undefined) throw new Error('every pair has a range on the ladder')
    const factor = rounded((share * length) / rung.long)
    const capped = factor > most
    return { kind, ...rung, factor: capped ? rounded(most) : factor, share, capped }
  })
}

/** Share of all that may fail: 0.001 for 99.9 %, without what floating point adds. */
export function budgetShare(objective: number): number {
  return Math.round((100 - objective) * 1e7) / 1e9
}

function rounded(factor: number): number {
  return Math.round(factor * 1000) / 1000
}

/** How many times faster than it lasts a budget burns when this share (0 to 1) is bad. */
export function burnRate(objective: number, bad: number): number {
  return Math.max(0, bad) / budgetShare(objective)
}

/** Burn rates by range in milliseconds; null: nothing happened in it, or it could not be asked. */
export type BurnRates = Map<number, number | null>

/** Every range (milliseconds, shortest first) whose rate is needed: of the pairs, and of the forecast. */
export function burnRanges(pairs: BurnPair[]): number[] {
  const all = [...pairs.flatMap(({ long, short }) => [long, short]), ...forecastRanges]
  return [...new Set(all)].sort((a, b) => a - b)
}

/** The ranges a forecast looks back over. */
export const forecastRanges = [6 * hour, day, 3 * day]

/** How it burns now: at `rate` over the last `range` milliseconds; `kind` when that is reason for an alert. */
export type BurnNow = { rate: number; range: number; kind: BurnKind | null }

/** The most urgent pair that is over its factor; else the last hour, or the shortest range that knows. Null: nobody knows. */
export function burnNow(pairs: BurnPair[], rates: BurnRates): BurnNow | null {
  const above = (range: number, factor: number) => (rates.get(range) ?? 0) > factor
  for (const { kind, long, short, factor } of pairs) {
    if (above(long, factor) && above(short, factor)) return { rate: rates.get(long) ?? 0, range: long, kind }
  }
  for (const range of [hour, 6 * hour, day, 3 * day]) {
    const rate = rates.get(range)
    if (rate !== undefined && rate !== null) return { rate, range, kind: null }
  }
  return null
}

/** `1 h`, `30 min`, `3 d`, as people say it. */
export function rangeWords(milliseconds: number): string {
  return rangeText(milliseconds).replace(/(\d+)([a-z])/, (_, count, unit) => `${count} ${unit === 'm' ? 'min' : unit}`)
}

/** `14.4`, `6`, `0.93`, `120`: as many digits as tell. Never rounded to 0 or to 1 from below. */
export function rateText(rate: number): string {
  if (rate >= 100) return String(Math.round(rate))
  if (rate >= 1) return String(Math.floor(rate * 10 + 1e-9) / 10)
  return rate > 0 && rate < 0.01 ? '0.01' : String(Math.floor(rate * 100 + 1e-9) / 100)
}
