// The charts of an incident from Prometheus: what its alerts watch, then what its service always wants to see.
import type { Chart, Series, Stretch } from '../charts/chart.ts'
import { alertName, type Labels } from '../core/alert.ts'
import type { ChartSpec } from '../core/terms.ts'
import { reasonOf } from '../errors.ts'
import { baselineOf, type Earlier, earlierSeries, isSame } from './baseline.ts'
import type { EvidenceRequest, Finding } from './evidence.ts'
import { peaksOf } from './peaks.ts'
import { type Prometheus, queryInstant, queryRange, type RangeResult, type RangeSeries, worstOf } from './prometheus.ts'
import { expressionOf, type Split, splitExpression, type Threshold } from './promql.ts'
import { named, worstFirst } from './series.ts'
import { unitNamed } from './unit-names.ts'
import { unitOf } from './units.ts'

export const noPrometheus = 'no PROMETHEUS_URL is set, so there is nothing to ask'

/** Lines that are drawn of those that are too many to fetch. */
const worstOfMany = 10
const alertCharts = 3
const allCharts = 6

/**
 * One finding a chart: the distinct expressions of the alerts (those of most alerts first, at most 3), then the
 * service's own charts (6 in all). Never throws; what cannot be drawn says why.
 */
export async function chartsOfIncident(request: EvidenceRequest, prometheus: Prometheus): Promise<Finding[]> {
  if (prometheus.url === null) {
    return [{ ok: false, title: request.title, reason: noPrometheus }]
  }
  const plans = plansOf(request)
  if (plans.length === 0) {
    const where = `services.${request.service}.charts`
    return [{ ok: false, title: request.title, reason: `the alert carries no expression; add charts under ${where}` }]
  }
  return Promise.all(
    plans.map((plan, index) => findingOf(plan, { ...request, ...(index >= comparedCharts && calm) }, prometheus)),
  )
}

/** The first charts are compared with last week. More would ask a Prometheus that may be in trouble itself twice as much. */
const comparedCharts = 3
const calm = { baseline: 'none' } as const

/** Milliseconds that last week may still take when all else is there. */
const grace = 300

type Plan = Split &
  Pick<ChartSpec, 'title' | 'unit' | 'scale'> & {
    /** When its alerts fired. */
    fired: Stretch[]
  }

function plansOf(request: EvidenceRequest): Plan[] {
  const all = request.alerts.flatMap(({ fired = [] }) => fired)
  const own: Plan[] = request.charts.map(({ expr, ...spec }) => ({ ...spec, fired: all, ...splitExpression(expr) }))
  const counted = new Map<string, { plan: Plan; alerts: number }>()
  for (const { labels, generatorUrl, fired = [] } of request.alerts) {
    const expr = expressionOf(generatorUrl)
    if (expr === null) continue
    const split = splitExpression(expr)
    // A warning and a critical rule over one query are one picture; the service's own chart of it has the better title.
    const { title, unit, scale } = own.find((chart) => chart.query === split.query) ?? unnamed
    const known = counted.get(split.query)
    if (known) {
      known.alerts += 1
      known.plan.fired.push(...fired)
    } else {
      const plan = {
        title: title ?? burnTitle(labels) ?? alertName(labels),
        unit,
        ...(scale && { scale }),
        fired: [...fired],
        ...split,
      }
      counted.set(split.query, { plan, alerts: 1 })
    }
  }
  const fromAlerts = [...counted.values()].sort((a, b) => b.alerts - a.alerts).slice(0, alertCharts)
  const rest = own.filter(({ query }) => !counted.has(query))
  return [...fromAlerts.map(({ plan }) => plan), ...rest].slice(0, allCharts)
}

const unnamed = { title: null, unit: null, scale: undefined }

/** What an alert of `tocsin slo rules` watches, in words; null: it is another one. */
function burnTitle({ slo, burn }: Labels): string | null {
  return slo && burn ? `${slo}: burn rate (${burn})` : null
}

async function findingOf(plan: Plan, request: EvidenceRequest, prometheus: Prometheus): Promise<Finding> {
  const { title } = plan
  try {
    const { series, note, earlier } = await measured(plan, request, prometheus)
    if (!series.some(({ points }) => points.some(([, value]) => value !== null))) {
      return { ok: false, title, reason: `no data for this expression in the last ${spanOf(request)}` }
    }
    return { ok: true, title, chart: chartOf(plan, { series, note, baseline: baselineIn(series, earlier) }, request) }
  } catch (error) {
    return { ok: false, title, reason: reasonOf(error) }
  }
}

function baselineIn(series: RangeSeries[], earlier: Earlier | null): Series | null {
  const [worst] = series
  return worst === undefined ? null : baselineOf(worst, series.length, earlier)
}

type Measured = { series: RangeSeries[]; note: string | null }

/** Last week is asked for side by side with today, and is waited for no longer than a moment more. */
async function measured(
  plan: Plan,
  request: EvidenceRequest,
  prometheus: Prometheus,
): Promise<Measured & { earlier: Earlier | null }> {
  const hurry = new AbortController()
  const same = (plan.threshold && peaksOf(plan.query, request, plan.threshold.bad)?.query) ?? plan.query
  const asked = { ...prometheus, signal: hurry.signal }
  const earlier = earlierSeries(same, request, asked, request.baseline ?? 'none')
  try {
    const now = await seriesOf(plan, request, prometheus)
    AbortSignal.timeout(grace).addEventListener('abort', () => hurry.abort())
    return { ...now, earlier: await earlier }
  } catch (error) {
    hurry.abort()
    throw error
  }
}

async function seriesOf(plan: Plan, request: EvidenceRequest, prometheus: Prometheus): Promise<Measured> {
  const labels = request.alerts.map((alert) => alert.labels)
  const peaks = await peakSeries(plan, request, prometheus)
  const all = peaks ?? (await queryRange(prometheus, plan.query, request))
  if (!all.truncated) {
    return { series: worstFirst(all.series, plan.threshold, labels), note: peaks?.note ?? null }
  }
  const worst = await worstSeries(plan, request, prometheus)
  const series = worstFirst(worst ?? all.series, plan.threshold, labels).slice(0, worstOfMany)
  const which = worst === null ? 'some' : 'the worst'
  return { series, note: `${which} ${series.length} of more than ${all.series.length} series` }
}

/** Null: there is no need to, or this Prometheus cannot be asked so; then the expression is drawn as it stands. */
async function peakSeries(
  plan: Plan,
  request: EvidenceRequest,
  prometheus: Prometheus,
): Promise<(RangeResult & { note: string }) | null> {
  const peaks = plan.threshold && peaksOf(plan.query, request, plan.threshold.bad)
  if (peaks === null) return null
  // Half the time at the most: the plain query is still to come when this one is too slow.
  const hurried = { ...prometheus, timeout: Math.ceil(prometheus.timeout / 2) }
  // None of the looks within the last step is at its end, and it is the end that an alert was raised for.
  const [result, newest] = await Promise.all([
    queryRange(hurried, peaks.query, request).catch(() => null),
    queryInstant(hurried, plan.query, request.until).catch(() => []),
  ])
  if (result === null || result.truncated || result.series.length === 0) return null
  const series = result.series.map((one) => withNewest(one, newest, plan.threshold?.bad ?? 'above'))
  return {
    series,
    truncated: false,
    note: `${plan.threshold?.bad === 'below' ? 'lowest' : 'highest'} of each ${peaks.step} s`,
  }
}

/** The last point no better than what is now. */
function withNewest(
  { labels, points }: RangeSeries,
  newest: { labels: Labels; value: number }[],
  bad: Threshold['bad'],
): RangeSeries {
  const now = newest.find((one) => isSame(one.labels, labels))?.value
  const [at, last] = points.at(-1) ?? []
  if (now === undefined || at === undefined) return { labels, points }
  const worse = last == null ? now : bad === 'above' ? Math.max(last, now) : Math.min(last, now)
  return { labels, points: [...points.slice(0, -1), [at, worse]] }
}

/** Null: this Prometheus cannot be asked so; some series are better than none. */
async function worstSeries(
  plan: Plan,
  request: EvidenceRequest,
  prometheus: Prometheus,
): Promise<RangeSeries[] | null> {
  const query = worstOf(plan.query, request, plan.threshold?.bad ?? 'above', worstOfMany)
  const result = await queryRange(prometheus, query, request).catch(() => null)
  return result === null || result.series.length === 0 ? null : result.series
}

function chartOf(
  plan: Plan,
  { series, note, baseline }: Measured & { baseline: Series | null },
  request: EvidenceRequest,
): Chart {
  const firing = { at: request.startedAt, kind: 'firing' as const, label: 'firing' }
  const marked = request.marks.some(({ kind }) => kind === 'firing')
  const subtitle = [request.service, windowOf(request), note].filter((part) => part)
  return {
    title: plan.title,
    subtitle: subtitle.join(' · '),
    unit: plan.unit === null ? guessedUnit(plan, series) : unitNamed(plan.unit),
    zone: request.zone,
    from: request.from,
    until: request.until,
    series: named(series, plan.title),
    threshold: plan.threshold,
    marks: marked ? request.marks : [firing, ...request.marks],
    firing: plan.fired,
    incident: request.incident ?? null,
    baseline,
    scale: plan.scale ?? 'linear',
    source: plan.query.replace(/\s+/g, ' '),
  }
}

/** A quotient of two unknown things is only called a ratio while it looks like one. */
function guessedUnit(plan: { query: string; threshold: Threshold | null }, series: RangeSeries[]): string | null {
  const unit = unitOf(plan.query)
  if (unit !== 'ratio') return unit
  const values = series.flatMap(({ points }) => points.map(([, value]) => Math.abs(value ?? 0)))
  return Math.max(Math.abs(plan.threshold?.value ?? 0), ...values) > 10 ? null : unit
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
