// What an objective measures, and the PromQL that asks for it over any range. `$window` stands for the range, `$step` for
// how finely a subquery looks.
import { day, hour, minute, rangeText } from './slo-window.ts'

export type Indicator =
  /** A share of good ones that somebody has written whole. */
  | { kind: 'share'; expr: string }
  /** Events: how many of all were good, or how many were bad. */
  | { kind: 'ratio'; part: 'good' | 'bad'; expr: string; total: string }
  /** Series that are 1 while something is up and 0 while it is down. `plain`: selected, not computed. */
  | { kind: 'availability'; expr: string; plain: boolean }
  /** Observations of a histogram that took no longer than `threshold` seconds. `selector`: its labels, without braces. */
  | { kind: 'latency'; metric: string; selector: string; threshold: number; native: boolean }
  /** The time in which a value was on the good side of `than`. */
  | { kind: 'value'; expr: string; good: 'above' | 'below'; than: number }

/** How much there was over `$window`, and how much of it was good, or bad. */
export type Amounts = {
  part: 'good' | 'bad'
  expr: string
  total: string
  /** What is counted: events a second, events, moments of time, or nobody knows. */
  unit: 'per second' | 'events' | 'moments' | 'unknown'
  /** What it means when `expr` has no answer and `total` has one: there was none of it, or it was asked for wrongly. */
  missing: 'none' | 'wrong'
}

/** Null for a share: what it is a share of cannot be told. */
export function amountsOf(indicator: Indicator): Amounts | null {
  switch (indicator.kind) {
    case 'share':
      return null
    case 'ratio': {
      const { part, expr, total } = indicator
      return { part, expr: `sum(${lined(expr)})`, total: `sum(${lined(total)})`, unit: unitOf(total), missing: 'none' }
    }
    case 'availability': {
      const series = indicator.plain ? `${indicator.expr.trim()}[$window]` : `(${lined(indicator.expr)})[$window:$step]`
      return {
        ...{ part: 'good', expr: `sum(sum_over_time(${series}))`, total: `sum(count_over_time(${series}))` },
        ...{ unit: 'moments', missing: 'none' },
      }
    }
    case 'latency':
      return latencyAmounts(indicator)
    case 'value': {
      // A value that is no number (0/0 while there is no traffic) is neither good nor bad: it is left out.
      const known = `((${lined(indicator.expr)}) >= -Inf)`
      const sign = indicator.good === 'above' ? '>' : '<'
      const good = `(${known} ${sign} bool ${indicator.than})[$window:$step]`
      return {
        ...{ part: 'good', expr: `sum(sum_over_time(${good}))` },
        ...{ total: `sum(count_over_time(${known}[$window:$step]))`, unit: 'moments', missing: 'none' },
      }
    }
    default:
      return indicator satisfies never
  }
}

/** The label `le` of a bucket as the client libraries write it: `2`, and `2.0` since Prometheus 3 and in OpenMetrics. */
export function bucketMatcher(threshold: number): string {
  return Number.isInteger(threshold) ? `le=~"${threshold}(\\\\.0)?"` : `le="${threshold}"`
}

function latencyAmounts({ metric, selector, threshold, native }: Extract<Indicator, { kind: 'latency' }>): Amounts {
  const labels = (...more: string[]) => [...(selector ? [selector] : []), ...more].join(',')
  if (native) {
    const rate = `sum(rate(${metric}{${labels()}}[$window]))`
    const total = `histogram_count(${rate})`
    const expr = `histogram_fraction(-Inf, ${threshold}, ${rate}) * ${total}`
    return { part: 'good', expr, total, unit: 'per second', missing: 'wrong' }
  }
  return {
    part: 'good',
    expr: `sum(rate(${metric}_bucket{${labels(bucketMatcher(threshold))}}[$window]))`,
    total: `sum(rate(${metric}_count{${labels()}}[$window]))`,
    // All buckets of a histogram exist from its first observation: one that is not there never will be.
    ...{ unit: 'per second', missing: 'wrong' },
  }
}

/** On lines of its own: an expression may end in a comment. */
function lined(expr: string): string {
  return expr.includes('#') || expr.includes('\n') ? `\n${expr.trim()}\n` : expr.trim()
}

function unitOf(total: string): Amounts['unit'] {
  if (/\bi?rate\s*\(/.test(total)) return 'per second'
  return /\bincrease\s*\(/.test(total) ? 'events' : 'unknown'
}

/** PromQL of the share of bad ones, 0 to 1, over `range` milliseconds; no answer when there was nothing at all. */
export function badShare(indicator: Indicator, range: number): string {
  const amounts = amountsOf(indicator)
  if (amounts === null) return over(`1 - avg(${lined(indicator.kind === 'share' ? indicator.expr : '')})`, range)
  const { part, expr, total, missing } = amounts
  const some = missing === 'none' ? `(${expr} or vector(0))` : expr
  return over(`${part === 'good' ? '1 - ' : ''}${some} / (${total} > 0)`, range)
}

/** PromQL of how much of it was bad over `range` milliseconds, in the unit of the total; null for a share. */
export function badAmount(indicator: Indicator, range: number, step = stepFor(range)): string | null {
  const amounts = amountsOf(indicator)
  if (amounts === null) return null
  const some = amounts.missing === 'none' ? `(${amounts.expr} or vector(0))` : amounts.expr
  return over(amounts.part === 'bad' ? `${some} and (${amounts.total})` : `${amounts.total} - ${some}`, range, step)
}

/** PromQL with the range and the resolution put in. */
export function over(expr: string, range: number, step = stepFor(range)): string {
  // Functions, because `$` has a meaning of its own in a replacement.
  return expr.replaceAll('$window', () => rangeText(range)).replaceAll('$step', () => rangeText(step))
}

/**
 * How finely a subquery looks: never more often than once a minute, three thousand times at that and nine thousand times
 * at most. A month has to be seen every five minutes: of 99.9 % of it, a look every quarter of an hour is a third.
 */
export function stepFor(range: number): number {
  if (range / minute <= 3000) return minute
  return [5 * minute, 15 * minute, hour].find((step) => range / step <= 9000) ?? day
}
