// The charts of an incident from Prometheus: what its alerts watch, then what its service always wants to see.
import type { Chart } from '../charts/chart.ts'
import { alertName } from '../core/alert.ts'
import { reasonOf } from '../errors.ts'
import type { EvidenceRequest, Finding } from './evidence.ts'
import { peaksOf } from './peaks.ts'
import { type Prometheus, queryRange, type RangeResult, type RangeSeries, worstOf } from './prometheus.ts'
import { expressionOf, type Split, splitExpression, type Threshold } from './promql.ts'
import { named, worstFirst } from './series.ts'
import { unitOf } from './units.ts'

export const noPrometheus = 'no PROMETHEUS_URL is set, so there is nothing to ask'

const drawnSeries = 10
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
  return Promise.all(plans.map((plan) => findingOf(plan, request, prometheus)))
}

type Plan = Split & { title: string; unit: string | null }

function plansOf(request: EvidenceRequest): Plan[] {
  const own: Plan[] = request.charts.map(({ title, expr, unit }) => ({ title, unit, ...splitExpression(expr) }))
  const counted = new Map<string, { plan: Plan; alerts: number }>()
  for (const { labels, generatorUrl } of request.alerts) {
    const expr = expressionOf(generatorUrl)
    if (expr === null) continue
    const split = splitExpression(expr)
    // A warning and a critical rule over one query are one picture; the service's own chart of it has the better title.
    const spec = own.find((chart) => chart.query === split.query)
    const known = counted.get(split.query)
    if (known) known.alerts += 1
    else {
      const plan = { title: spec?.title ?? alertName(labels), unit: spec?.unit ?? null, ...split }
      counted.set(split.query, { plan, alerts: 1 })
    }
  }
  const fromAlerts = [...counted.values()].sort((a, b) => b.alerts - a.alerts).slice(0, alertCharts)
  const rest = own.filter(({ query }) => !counted.has(query))
  return [...fromAlerts.map(({ plan }) => plan), ...rest].slice(0, allCharts)
}

async function findingOf(plan: Plan, request: EvidenceRequest, prometheus: Prometheus): Promise<Finding> {
  const { title } = plan
  try {
    const { series, note } = await seriesOf(plan, request, prometheus)
    if (!series.some(({ points }) => points.some(([, value]) => value !== null))) {
      return { ok: false, title, reason: `no data for this expression in the last ${spanOf(request)}` }
    }
    return { ok: true, title, chart: chartOf(plan, series, note, request) }
  } catch (error) {
    return { ok: false, title, reason: reasonOf(error) }
  }
}

async function seriesOf(
  plan: Plan,
  request: EvidenceRequest,
  prometheus: Prometheus,
): Promise<{ series: RangeSeries[]; note: string | null }> {
  const labels = request.alerts.map((alert) => alert.labels)
  const peaks = await peakSeries(plan, request, prometheus)
  const all = peaks ?? (await queryRange(prometheus, plan.query, request))
  if (!all.truncated) {
    const more = all.series.length - drawnSeries
    const series = worstFirst(all.series, plan.threshold, labels).slice(0, drawnSeries)
    const notes = [...(peaks === null ? [] : [peaks.note]), ...(more > 0 ? [`+${more} more`] : [])]
    return { series, note: notes.join(' · ') || null }
  }
  const worst = await worstSeries(plan, request, prometheus)
  const series = worstFirst(worst ?? all.series, plan.threshold, labels).slice(0, drawnSeries)
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
  const result = await queryRange(hurried, peaks.query, request).catch(() => null)
  if (result === null || result.truncated || result.series.length === 0) return null
  return { ...result, note: `${plan.threshold?.bad === 'below' ? 'lowest' : 'highest'} of each ${peaks.step} s` }
}

/** Null: this Prometheus cannot be asked so; some series are better than none. */
async function worstSeries(
  plan: Plan,
  request: EvidenceRequest,
  prometheus: Prometheus,
): Promise<RangeSeries[] | null> {
  const query = worstOf(plan.query, request, plan.threshold?.bad ?? 'above', drawnSeries)
  const result = await queryRange(prometheus, query, request).catch(() => null)
  return result === null || result.series.length === 0 ? null : result.series
}

function chartOf(plan: Plan, series: RangeSeries[], note: string | null, request: EvidenceRequest): Chart {
  const firing = { at: request.startedAt, kind: 'firing' as const, label: 'firing' }
  const marked = request.marks.some(({ kind }) => kind === 'firing')
  const subtitle = [request.service, windowOf(request), note].filter((part) => part)
  return {
    title: plan.title,
    subtitle: subtitle.join(' · '),
    unit: plan.unit ?? guessedUnit(plan, series),
    zone: request.zone,
    from: request.from,
    until: request.until,
    series: named(series, plan.title),
    threshold: plan.threshold,
    marks: marked ? request.marks : [firing, ...request.marks],
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
