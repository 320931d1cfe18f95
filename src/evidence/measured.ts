// What Prometheus has of one chart: the lines themselves, the same a week ago, and what they are held to.
import type { Stretch } from '../charts/chart.ts'
import type { Labels } from '../core/alert.ts'
import type { ChartSpec } from '../core/terms.ts'
import { PermanentError } from '../errors.ts'
import { type Earlier, earlierSeries, isSame } from './baseline.ts'
import type { EvidenceRequest } from './evidence.ts'
import { decidedBy } from './held-to.ts'
import { peaksOf } from './peaks.ts'
import {
  type Prometheus,
  queryInstant,
  queryRange,
  type RangeResult,
  type RangeSeries,
  seriesLimit,
  worstOf,
} from './prometheus.ts'
import type { Split, Threshold } from './promql.ts'
import { worstFirst } from './series.ts'

/** A chart that is to be drawn, before anything is known of its values. */
export type Plan = Split &
  Pick<ChartSpec, 'title' | 'unit' | 'scale' | 'bands'> & {
    /** When its alerts fired. */
    fired: Stretch[]
  }

/** What is asked about, as far as measuring goes. */
export type Window = Pick<EvidenceRequest, 'from' | 'until' | 'zone' | 'baseline'> & { alerts: { labels: Labels }[] }

export type Measured = {
  /** The worst first. */
  series: RangeSeries[]
  /** Which of them these are, when not all; or what a point stands for. */
  note: string | null
  /** Of the lines they are held to, the one that matters. */
  threshold: Threshold | null
  /** What they are compared with when that moves; empty: with nothing of the kind. */
  limits: RangeSeries[]
  earlier: Earlier | null
}

/** Lines that are drawn of those that are too many to fetch. */
const worstOfMany = 10

/** Milliseconds that last week, and what is only compared with, may still take when all else is there. */
const grace = 300

/**
 * Last week is asked for side by side with today, and is waited for no longer than a moment more. Throws what Prometheus
 * has against the query.
 */
export async function measured(plan: Plan, window: Window, prometheus: Prometheus): Promise<Measured> {
  const hurry = new AbortController()
  const asked = { ...prometheus, signal: hurry.signal }
  const same = peaksFor(plan, window)?.query ?? plan.query
  const earlier = earlierSeries(same, window, asked, window.baseline ?? 'none')
  const limits = limitSeries(plan, window, asked)
  try {
    const now = await seriesOf(plan, window, prometheus)
    AbortSignal.timeout(grace).addEventListener('abort', () => hurry.abort())
    const threshold = decidedBy(plan, now.series)
    const bad = threshold?.bad ?? badOf(plan)
    const held = await limits
    const labels = window.alerts.map((alert) => alert.labels)
    const series = worstFirst(now.series, bad && { bad }, labels, held).slice(0, now.most)
    return { series, note: now.note, threshold, limits: held, earlier: await earlier }
  } catch (error) {
    hurry.abort()
    throw error
  }
}

/** None when it cannot be had: the line itself is what was asked for. */
async function limitSeries({ limit }: Plan, window: Window, prometheus: Prometheus): Promise<RangeSeries[]> {
  if (limit === null) return []
  const found = await queryRange(prometheus, limit.query, window).catch(() => null)
  return found?.series ?? []
}

type Found = { series: RangeSeries[]; most: number; note: string | null }

async function seriesOf(plan: Plan, window: Window, prometheus: Prometheus): Promise<Found> {
  const peaks = await peakSeries(plan, window, prometheus)
  const whole = peaks ?? (await queryRange(prometheus, plan.query, window).catch(tooMuch))
  // One that knows no `limit` sends thousands of series whole: then, too, the worst of them are all that is wanted.
  const all = whole instanceof PermanentError ? { series: [], truncated: true, warning: null } : whole
  if (!all.truncated)
    return { series: all.series, most: all.series.length, note: noteOf(all, all.series, peaks?.note ?? null) }
  const worst = await worstSeries(plan, window, prometheus)
  if (worst === null && whole instanceof PermanentError) throw whole
  const series = worst ?? all.series
  const most = Math.min(worstOfMany, series.length)
  const which = worst === null ? 'some' : 'the worst'
  const many = all.series.length || seriesLimit
  return { series, most, note: noteOf(all, series, `${which} ${most} of more than ${many} series`) }
}

/** What has to be known of an answer before it is believed comes first: the line below the title may be cut. */
function noteOf({ warning }: Pick<RangeResult, 'warning'>, series: RangeSeries[], note: string | null): string | null {
  const infinite = series.some((one) => one.infinite) ? 'infinite values are not drawn' : null
  const warned = warning === null ? null : `Prometheus warns: ${warning.replace(/\s+/g, ' ')}`
  return [infinite, warned, note].filter((one) => one !== null).join(' · ') || null
}

function tooMuch(error: unknown): PermanentError {
  if (error instanceof PermanentError && error.tooLarge) return error
  throw error
}

/** The side that is bad on every line it is held to; null: there is no such side. */
function badOf({ threshold, others, limit, bands }: Plan): Threshold['bad'] | null {
  if (threshold === null) return limit?.bad ?? bands?.bad ?? null
  return others.every(({ bad }) => bad === threshold.bad) ? threshold.bad : null
}

/** None for what can be bad in both directions: the highest of each few seconds hides how low it went. */
function peaksFor(plan: Plan, window: Window): ReturnType<typeof peaksOf> {
  const bad = badOf(plan)
  return bad === null ? null : peaksOf(plan.query, window, bad)
}

/** Null: there is no need to, or this Prometheus cannot be asked so; then the expression is drawn as it stands. */
async function peakSeries(
  plan: Plan,
  window: Window,
  prometheus: Prometheus,
): Promise<(RangeResult & { note: string }) | null> {
  const [peaks, bad] = [peaksFor(plan, window), badOf(plan) ?? 'above']
  if (peaks === null) return null
  // Half the time at the most: the plain query is still to come when this one is too slow.
  const hurried = { ...prometheus, timeout: Math.ceil(prometheus.timeout / 2) }
  // None of the looks within the last step is at its end, and it is the end that an alert was raised for.
  const [result, newest] = await Promise.all([
    queryRange(hurried, peaks.query, window).catch(() => null),
    queryInstant(hurried, plan.query, window.until).catch(() => []),
  ])
  if (result === null || result.truncated || result.series.length === 0) return null
  const series = result.series.map((one) => withNewest(one, newest, bad))
  return {
    series,
    truncated: false,
    warning: result.warning,
    note: `${bad === 'below' ? 'lowest' : 'highest'} of each ${peaks.step} s`,
  }
}

/** The last point no better than what is now. */
function withNewest(one: RangeSeries, newest: { labels: Labels; value: number }[], bad: Threshold['bad']): RangeSeries {
  const { labels, points } = one
  const now = newest.find((found) => isSame(found.labels, labels))?.value
  const [at, last] = points.at(-1) ?? []
  if (now === undefined || at === undefined) return one
  const worse = last == null ? now : bad === 'above' ? Math.max(last, now) : Math.min(last, now)
  return { ...one, points: [...points.slice(0, -1), [at, worse]] }
}

/** Null: this Prometheus cannot be asked so; some series are better than none. */
async function worstSeries(plan: Plan, window: Window, prometheus: Prometheus): Promise<RangeSeries[] | null> {
  const query = worstOf(plan.query, window, plan.threshold?.bad ?? badOf(plan) ?? 'above', worstOfMany)
  const result = await queryRange(prometheus, query, window).catch(() => null)
  return result === null || result.series.length === 0 ? null : result.series
}
