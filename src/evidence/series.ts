// Which of many series are worth drawing, and what to call them.
import type { Series } from '../charts/chart.ts'
import type { Labels } from '../core/alert.ts'
import { highest, lowest } from '../core/bounds.ts'
import { limitOf } from './held-to.ts'
import type { RangeSeries } from './prometheus.ts'
import type { Threshold } from './promql.ts'

/**
 * The series to draw, the worst first: those that the firing alerts are about, then by how far they went towards (or
 * past) the bad side, or past their own limit. Where no side is known to be bad, what changed most comes first: errors
 * that went from 1 to 22 before the requests that always were 156. `held`: null: no side is known to be bad.
 */
export function worstFirst(
  series: RangeSeries[],
  held: Pick<Threshold, 'bad'> | null,
  alerts: Labels[],
  limits: RangeSeries[] = [],
): RangeSeries[] {
  const below = held?.bad === 'below'
  const changes = held === null ? changesOf(series) : []
  const ranked = series.map((one, index) => ({
    one,
    fires: alerts.some((labels) => isAbout(labels, one.labels)) ? 1 : 0,
    excess: excessOf(one, limitOf(one.labels, limits), below),
    change: changes[index] ?? 0,
    extreme: extremeOf(one, below),
    key: keyOf(one.labels),
  }))
  ranked.sort(
    (a, b) =>
      b.fires - a.fires ||
      b.excess - a.excess ||
      b.change - a.change ||
      b.extreme - a.extreme ||
      (a.key < b.key ? -1 : 1),
  )
  return ranked.map(({ one }) => one)
}

/** How far it went past its limit at the most, as a share of the limit; as if it were at it where there is none. */
function excessOf({ points }: RangeSeries, limit: RangeSeries | null, below: boolean): number {
  const limits = new Map(limit?.points)
  let most: number | null = null
  for (const [at, value] of points) {
    const held = limits.get(at) ?? null
    if (value === null || held === null) continue
    const past = ((value - held) / (Math.abs(held) || 1)) * (below ? -1 : 1)
    most = most === null ? past : Math.max(most, past)
  }
  return most ?? 0
}

/**
 * How much each series changed from the first fifth of what is known to the last, as a share of the smaller of the two.
 * What is not there counts as zero: it came, or it went. Hundredths of the largest level are noise, so that nothing and
 * next to nothing are alike.
 */
function changesOf(series: RangeSeries[]): number[] {
  const known = series.flatMap(({ points }) => [
    points.findIndex(([, value]) => value !== null),
    points.findLastIndex(([, value]) => value !== null),
  ])
  const indices = known.filter((index) => index >= 0)
  const [from, until] = [lowest(indices), highest(indices) + 1]
  const part = Math.max(1, Math.floor((until - from) / 5))
  const levels = series.map(({ points }) => ({
    first: meanOf(points.slice(from, from + part)),
    last: meanOf(points.slice(until - part, until)),
  }))
  const noise = Math.max(0, highest(levels.flatMap(({ first, last }) => [Math.abs(first), Math.abs(last)]))) / 100
  return levels.map(({ first, last }) =>
    first === last ? 0 : Math.abs(last - first) / (Math.min(Math.abs(first), Math.abs(last)) + noise),
  )
}

/** Of the values there are; 0 when there is none. */
function meanOf(points: RangeSeries['points']): number {
  const values = points.flatMap(([, value]) => (value === null ? [] : [value]))
  return values.reduce((sum, value) => sum + value / values.length, 0)
}

/** Higher is worse; a series without any value comes last. */
function extremeOf(series: RangeSeries, below: boolean): number {
  let worst = Number.NEGATIVE_INFINITY
  for (const [, value] of series.points) if (value !== null) worst = Math.max(worst, below ? -value : value)
  return worst
}

/** An alert carries all labels of the series that raised it. */
function isAbout(alert: Labels, series: Labels): boolean {
  const own = Object.entries(series).filter(([name]) => name !== '__name__')
  return own.length > 0 && own.every(([name, value]) => alert[name] === value)
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * Legend entries: the fewest labels that tell the series apart, without the metric's name unless only that differs.
 * A single series is called by its metric, or `fallback`.
 */
export function named(series: RangeSeries[], fallback: string): Series[] {
  if (series.length === 1) {
    return series.map(({ labels, points }) => ({ name: labels.__name__ ?? fallback, points }))
  }
  const chosen = tellingLabels(series.map(({ labels }) => labels))
  return series.map(({ labels, points }) => ({ name: nameOf(labels, chosen) || fallback, points }))
}

function nameOf(labels: Labels, chosen: string[]): string {
  const [only] = chosen
  if (chosen.length === 1 && only !== undefined) {
    const value = labels[only] || `no ${only}`
    // “0 13.3” would be two numbers. A status such as 503 is known for what it is.
    return /^-?\d+(\.\d+)?$/.test(value) && !/code|status/.test(only) ? `${only}=${value}` : value
  }
  return chosen.map((name) => (name === '__name__' ? labels[name] : `${name}=${labels[name] ?? ''}`)).join(' ')
}

/** pod, pod_ip and uid differ together: one of them is enough, and the first of these is the one people say. */
const preferred = ['instance', 'pod', 'service', 'job', 'handler', 'route', 'path', 'method', 'code', 'status']

function tellingLabels(all: Labels[]): string[] {
  const names = [...new Set(all.flatMap((labels) => Object.keys(labels)))]
  const differing = names
    .filter((name) => distinct(all, [name]) > 1)
    .map((name) => ({ name, values: distinct(all, [name]), rank: rankOf(name) }))
    .sort((a, b) => b.values - a.values || a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
  // The metric's name only when nothing else is left to tell them apart.
  const candidates = [
    ...differing.filter((name) => name !== '__name__'),
    ...differing.filter((name) => name === '__name__'),
  ]
  const chosen: string[] = []
  for (const name of candidates) {
    const before = distinct(all, chosen)
    if (before === distinct(all, names)) break
    if (distinct(all, [...chosen, name]) > before) chosen.push(name)
  }
  return chosen
}

function rankOf(name: string): number {
  const rank = preferred.indexOf(name)
  return rank === -1 ? preferred.length : rank
}

function distinct(all: Labels[], names: string[]): number {
  return new Set(all.map((labels) => JSON.stringify(names.map((name) => labels[name] ?? null)))).size
}
