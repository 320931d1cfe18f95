// From one planned chart to its finding: measured, put in order, and given its title, unit, marks and small print.
import type { Chart, Series } from '../charts/chart.ts'
import type { Labels } from '../core/alert.ts'
import { highest } from '../core/bounds.ts'
import { reasonOf, TransientError } from '../errors.ts'
import { baselineOf } from './baseline.ts'
import type { EvidenceRequest, Finding } from './evidence.ts'
import { limitOf } from './held-to.ts'
import { type Measured, measured, type Plan } from './measured.ts'
import type { Prometheus, RangeSeries } from './prometheus.ts'
import type { Threshold } from './promql.ts'
import { named } from './series.ts'
import { unitNamed } from './unit-names.ts'
import { unitOf } from './units.ts'

/** What a chart is of, besides its plan. `service`: stands below the title; empty: nothing does. */
export type Asked = Omit<EvidenceRequest, 'charts' | 'alerts' | 'title' | 'startedAt'> & {
  alerts: { labels: Labels }[]
  /** When its alert began; null: it is about no alert. */
  startedAt: Date | null
}

/** How the reason begins when all is well with the question, and the answer is empty. */
export const noData = 'no data for this expression'

const allInfinite = 'all its values are infinite, as of a division by zero, and cannot be drawn'

/** Never throws; what cannot be drawn says why. */
export async function findingOf(plan: Plan, request: Asked, prometheus: Prometheus): Promise<Finding> {
  const { title } = plan
  try {
    const found = await measured(plan, request, prometheus)
    if (!found.series.some(({ points }) => points.some(([, value]) => value !== null))) {
      if (found.series.some(({ infinite }) => infinite)) return { ok: false, title, reason: allInfinite }
      return { ok: false, title, reason: `${noData} in the last ${spanOf(request)}` }
    }
    return { ok: true, title, chart: chartOf(plan, found, request) }
  } catch (error) {
    return { ok: false, title, reason: reasonOf(error), ...(error instanceof TransientError && { later: true }) }
  }
}

function chartOf(plan: Plan, found: Measured, request: Asked): Chart {
  const { series, note, threshold } = found
  const [worst] = series
  const limit = worst === undefined ? null : limitOf(worst.labels, found.limits)
  const subtitle = [request.service, windowOf(request), note].filter((part) => part)
  return {
    title: plan.title,
    subtitle: subtitle.join(' · '),
    unit: plan.unit === null ? guessedUnit(plan.query, threshold, series) : unitNamed(plan.unit),
    zone: request.zone,
    from: request.from,
    until: request.until,
    series: named(series, plan.title),
    threshold,
    limit: limit && { series: { name: 'limit', points: limit.points }, bad: plan.limit?.bad ?? 'above' },
    bands: plan.bands ?? null,
    marks: marksIn(request),
    firing: plan.fired,
    incident: request.incident ?? null,
    baseline: baselineIn(found),
    scale: plan.scale ?? 'linear',
    source: plan.query.replace(/\s+/g, ' '),
  }
}

function marksIn({ marks, startedAt }: Asked): Chart['marks'] {
  if (startedAt === null || marks.some(({ kind }) => kind === 'firing')) return marks
  return [{ at: startedAt, kind: 'firing', label: 'firing' }, ...marks]
}

function baselineIn({ series, earlier }: Measured): Series | null {
  const [worst] = series
  return worst === undefined ? null : baselineOf(worst, series.length, earlier)
}

/** A quotient of two unknown things is only called a ratio while it looks like one. */
function guessedUnit(query: string, threshold: Threshold | null, series: RangeSeries[]): string | null {
  const unit = unitOf(query)
  if (unit !== 'ratio') return unit
  const values = series.flatMap(({ points }) => points.map(([, value]) => Math.abs(value ?? 0)))
  return Math.max(Math.abs(threshold?.value ?? 0), highest(values)) > 10 ? null : unit
}

function windowOf({ from, until, zone }: Pick<EvidenceRequest, 'from' | 'until' | 'zone'>): string {
  const format = (at: Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(at)
  const day = (at: Date) => format(at, { day: 'numeric', month: 'short' })
  const time = (at: Date) => format(at, { hour: '2-digit', minute: '2-digit' })
  const end = day(from) === day(until) ? time(until) : `${day(until)} ${time(until)}`
  return `${day(from)} ${time(from)} – ${end}`
}

function spanOf({ from, until }: Pick<EvidenceRequest, 'from' | 'until'>): string {
  const minutes = Math.max(1, Math.round((until.getTime() - from.getTime()) / 60_000))
  if (minutes < 55) return minutes === 1 ? 'minute' : `${minutes} minutes`
  if (minutes < 90) return 'hour'
  const hours = Math.round(minutes / 60)
  return hours <= 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
