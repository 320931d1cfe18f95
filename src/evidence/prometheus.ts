// Asks Prometheus (or what speaks its query API: Thanos, Mimir, VictoriaMetrics), with limits on time, points and series.
import type { Certificates } from '../certificates.ts'
import type { Labels } from '../core/alert.ts'
import { PermanentError } from '../errors.ts'
import { type Outbound, outbound } from '../outbound.ts'
import { isWebPage, printable } from './text.ts'

export type Prometheus = {
  /** May carry a base path and `user:password@`; null: not configured. */
  url: string | null
  /** Milliseconds a query may take. */
  timeout: number
  /** Gives a query up before its time. */
  signal?: AbortSignal
  /** What speaks the same API and is called otherwise. */
  name?: string
  headers?: Record<string, string>
  tls?: Certificates
  /** Its part of tocsin.yaml, where that is another. */
  section?: string
}

export type RangeSeries = {
  labels: Labels
  /** On a regular grid; null where there was no sample, or one that is no number (NaN, Inf). */
  points: [number, number | null][]
  /** Some of those were +Inf or −Inf: what an alert may well have fired for. */
  infinite?: boolean
}

export type RangeResult = {
  series: RangeSeries[]
  /** There are more series than `seriesLimit`; these are not the most telling ones. */
  truncated: boolean
  /** What it says against its own answer, such as that a part of its stores did not answer; null: nothing. */
  warning: string | null
}

export const seriesLimit = 50
const points = 240

/**
 * The values of `expr` between two instants (query_range), about 240 a series.
 * Throws TransientError when Prometheus is slow or away, PermanentError with its own words when it refuses the query.
 */
export async function queryRange(
  prometheus: Prometheus,
  expr: string,
  window: { from: Date; until: Date },
): Promise<RangeResult> {
  const step = stepOf(window)
  // Rounded up: an alert is here within milliseconds of the first sample there is.
  const end = Math.ceil(window.until.getTime() / 1000)
  // Counted back from the end, so that the last point is the newest there is.
  const start = end - Math.ceil((window.until.getTime() - window.from.getTime()) / 1000 / step) * step
  const body = await ask(prometheus, 'query_range', { query: expr, start, end, step, limit: seriesLimit })
  if (body.resultType !== 'matrix') throw unreadable(prometheus)
  const series: RangeSeries[] = []
  let histograms = 0
  for (const item of body.result.slice(0, seriesLimit)) {
    const { metric, values, histograms: native } = item as { metric?: Labels; values?: unknown; histograms?: unknown }
    if (Array.isArray(values))
      series.push({
        labels: readable(metric),
        points: onGrid(values, start, end, step),
        ...(values.some(isInfinite) && { infinite: true }),
      })
    else if (native) histograms += 1
  }
  if (series.length === 0 && histograms > 0) {
    throw new PermanentError('the expression gives native histograms; wrap it in histogram_quantile() to draw it')
  }
  const leftOut = histograms > 0 ? 'native histograms among its series are left out' : null
  const warning = body.warning ?? leftOut
  return { series, truncated: body.result.length > seriesLimit || body.limited, warning }
}

/** Seconds between two points of a chart over this window. */
export function stepOf(window: { from: Date; until: Date }): number {
  return Math.max(1, Math.ceil((window.until.getTime() - window.from.getTime()) / 1000 / points))
}

/**
 * The value of `expr` at one instant: its first sample; null when there is none, or it is no number.
 * Throws like `queryRange`.
 */
export async function querySingle(prometheus: Prometheus, expr: string, at: Date): Promise<number | null> {
  const body = await ask(prometheus, 'query', { query: expr, time: at.getTime() / 1000 })
  if (body.resultType === 'scalar') return finite(body.result[1])
  if (body.resultType !== 'vector') throw unreadable(prometheus)
  const first = body.result[0] as { value?: unknown } | undefined
  return Array.isArray(first?.value) ? finite(first.value[1]) : null
}

/** Every series of `expr` at one instant, without its values. Throws like `queryRange`. */
export async function queryLabels(prometheus: Prometheus, expr: string, at: Date): Promise<Labels[]> {
  const body = await ask(prometheus, 'query', { query: expr, time: at.getTime() / 1000 })
  if (body.resultType !== 'vector') throw unreadable(prometheus)
  return body.result.map((item) => readable((item as { metric?: Labels }).metric))
}

/** The names of the metrics of the last hours, 20,000 at most. Throws like `queryRange`. */
export async function queryNames(prometheus: Prometheus, at: Date): Promise<string[]> {
  const end = Math.floor(at.getTime() / 1000)
  const params = { start: end - 6 * 3600, end, limit: 20_000 }
  const response = await clientOf(prometheus).get('/api/v1/label/__name__/values', { params })
  const { data } = (response.data ?? {}) as Record<string, unknown>
  if (!Array.isArray(data)) throw unreadable(prometheus)
  return data.slice(0, 20_000).map(String)
}

/** The value of each series of `expr` at one instant. Throws like `queryRange`. */
export async function queryInstant(
  prometheus: Prometheus,
  expr: string,
  at: Date,
): Promise<{ labels: Labels; value: number }[]> {
  const body = await ask(prometheus, 'query', {
    query: expr,
    time: Math.ceil(at.getTime() / 1000),
    limit: seriesLimit,
  })
  if (body.resultType !== 'vector') throw unreadable(prometheus)
  return body.result.flatMap((item) => {
    const { metric, value } = item as { metric?: Labels; value?: unknown }
    const number = Array.isArray(value) ? finite(value[1]) : null
    return number === null ? [] : [{ labels: readable(metric), value: number }]
  })
}

/** A label is what a target wrote, of a device that names itself: it may hold what no database and no terminal can be given. */
function readable(metric: Labels | undefined): Labels {
  const text = (given: string) => (/^[\x20-\x7e]*$/.test(given) ? given : printable(given))
  return Object.fromEntries(Object.entries(metric ?? {}).map(([name, value]) => [text(name), text(String(value))]))
}

type Body = { resultType: string; result: unknown[]; limited: boolean; warning: string | null }

async function ask(prometheus: Prometheus, what: string, query: Record<string, string | number>): Promise<Body> {
  const client = clientOf(prometheus)
  const params = { ...query, timeout: `${prometheus.timeout}ms` }
  const path = `/api/v1/${what}`
  const hurry = prometheus.signal === undefined ? {} : { signal: prometheus.signal }
  // GET passes read-only proxies; only what is too long for an address is posted.
  const response =
    String(query.query).length < 1500
      ? await client.get(path, { params, ...hurry })
      : await client.post(path, formOf(params), hurry)
  const { status, data, warnings } = (response.data ?? {}) as Record<string, unknown>
  const { resultType, result } = (data ?? {}) as Record<string, unknown>
  if (status !== 'success' || typeof resultType !== 'string' || !Array.isArray(result))
    throw unreadable(prometheus, response.data)
  const said = Array.isArray(warnings) ? warnings.map(String) : []
  const isLimit = (warning: string) => /truncated|limit/i.test(warning)
  const warning = said.find((one) => !isLimit(one))?.slice(0, 200) ?? null
  return { resultType, result, limited: said.some(isLimit), warning }
}

function formOf(params: Record<string, string | number>): URLSearchParams {
  const form = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) form.set(key, String(value))
  return form
}

/** `maxResponse` in bytes, where the usual is not meant. Throws PermanentError when none is configured. */
export function clientOf(prometheus: Prometheus, limits: { maxResponse?: number } = {}): Outbound {
  if (prometheus.url === null) throw new PermanentError('no PROMETHEUS_URL is set')
  const { url: baseUrl, timeout, name = 'Prometheus', headers = {}, tls, section = 'prometheus' } = prometheus
  return outbound({ name, baseUrl, timeout, headers, tls, section, ...limits })
}

function unreadable(
  { name = 'Prometheus', section = 'prometheus' }: Prometheus,
  answer: unknown = null,
): PermanentError {
  const settings = ['token', 'user', 'headers'].map((key) => `${section}.${key}`)
  const why = isWebPage(answer)
    ? `it sent a web page, perhaps one to sign in on: look at ${settings.slice(0, 2).join(', ')} and ${settings[2]} in tocsin.yaml`
    : 'it sent no query result'
  const where = section === 'prometheus' ? 'PROMETHEUS_URL' : `${section}.url`
  return new PermanentError(`what answers at ${where} is not ${name}: ${why}`)
}

function isInfinite(pair: unknown): boolean {
  return Array.isArray(pair) && /^[+-]?Inf$/.test(String(pair[1]))
}

function onGrid(values: unknown[], start: number, end: number, step: number): [number, number | null][] {
  const known = new Map<number, number | null>()
  for (const pair of values) {
    if (Array.isArray(pair)) known.set(Math.round((Number(pair[0]) - start) / step), finite(pair[1]))
  }
  const grid: [number, number | null][] = []
  for (let index = 0; start + index * step <= end; index += 1) {
    grid.push([(start + index * step) * 1000, known.get(index) ?? null])
  }
  return grid
}

function finite(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : null
}

/**
 * The same expression, only its `count` worst series over the window: for results too many to fetch whole.
 * Needs Prometheus 2.33 or newer (`@ end()`).
 */
export function worstOf(
  expr: string,
  window: { from: Date; until: Date },
  bad: 'above' | 'below',
  count: number,
): string {
  const [choose, over] = bad === 'above' ? ['topk', 'max_over_time'] : ['bottomk', 'min_over_time']
  const step = stepOf(window)
  const seconds = Math.ceil((window.until.getTime() - window.from.getTime()) / 1000 / step) * step
  // On lines of its own: the expression may end in a comment.
  const inner = `(\n${expr}\n)`
  return `${inner} and ${choose}(${count}, ${over}(${inner}[${seconds}s:${step}s] @ end()))`
}
