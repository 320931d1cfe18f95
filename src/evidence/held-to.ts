// What lines are held to: which of several thresholds is the one that matters, and which of the limits belongs to a line.
import type { Labels } from '../core/alert.ts'
import type { RangeSeries } from './prometheus.ts'
import type { Split, Threshold } from './promql.ts'

/**
 * Of several thresholds the one that decides: of those with any bad value at all the one with the fewest (`code < 200 or
 * code >= 400` is about the few codes that are too high, not about all that are below 400); the first when nothing is bad.
 */
export function decidedBy({ threshold, others }: Pick<Split, 'threshold' | 'others'>, series: RangeSeries[]) {
  if (threshold === null || others.length === 0) return threshold
  let best: Threshold = threshold
  let fewest = Number.POSITIVE_INFINITY
  for (const one of [threshold, ...others]) {
    const bad = badPoints(one, series)
    if (bad > 0 && bad < fewest) [best, fewest] = [one, bad]
  }
  return best
}

function badPoints({ value: limit, bad }: Threshold, series: RangeSeries[]): number {
  const isBad = (value: number | null) => value !== null && (bad === 'above' ? value > limit : value < limit)
  return series.reduce((sum, { points }) => sum + points.filter(([, value]) => isBad(value)).length, 0)
}

/**
 * The limit a line is held to: the only one there is, or the one that has most labels in common with it and fewest
 * against it. Null when that leaves several: a wrong limit is worse than none.
 */
export function limitOf(labels: Labels, limits: RangeSeries[]): RangeSeries | null {
  const ranked = limits
    .map((one) => ({ one, ...kinship(labels, one.labels) }))
    .sort((a, b) => b.alike - a.alike || a.unlike - b.unlike)
  const [first, second] = ranked
  if (first === undefined) return null
  const isTied = second !== undefined && second.alike === first.alike && second.unlike === first.unlike
  return isTied || (second !== undefined && first.alike === 0) ? null : first.one
}

function kinship(labels: Labels, others: Labels): { alike: number; unlike: number } {
  const shared = Object.keys(labels).filter((name) => name !== '__name__' && others[name] !== undefined)
  const alike = shared.filter((name) => labels[name] === others[name]).length
  return { alike, unlike: shared.length - alike }
}
