// A Prometheus with made-up measurements of a small shop, for the quickstart only: with it the first incident
// has a chart although nothing is monitored yet. It is asked over HTTP like a real one, and gone once the sources have
// tokens of their own.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { firingPeriods, type Period } from '../store/alerts.ts'
import { sampleSource } from './console/sample.ts'
import type { ServerDeps } from './deps.ts'

/** One measurement: which queries ask for it, which alert disturbs it, and its value when calm and when disturbed. */
type Measurement = {
  asks: RegExp
  alert: string
  metric: Record<string, string>
  calm: number
  disturbed: number
}

const traffic = 182

const measurements: Measurement[] = [
  ...objective({ long: 0.00058, short: 0.0004, burning: 0.124 }),
  { asks: /status=~"5\.\.".*\//, alert: 'PaymentsErrorRateHigh', metric: {}, calm: 0.006, disturbed: 0.124 },
  ...[
    { status: '200', calm: traffic, disturbed: traffic * 0.87 },
    { status: '404', calm: 4.1, disturbed: 4.3 },
    { status: '500', calm: 1.1, disturbed: traffic * 0.124 },
  ].map(({ status, calm, disturbed }) => ({
    ...{ asks: /sum by \(status\)/, alert: 'PaymentsErrorRateHigh', metric: { status }, calm, disturbed },
  })),
  { asks: /histogram_quantile/, alert: 'HighLatency', metric: {}, calm: 0.34, disturbed: 3.1 },
  {
    asks: /probe_ssl_earliest_cert_expiry/,
    alert: '',
    metric: { instance: 'shop.example.org:443' },
    calm: 9,
    disturbed: 9,
  },
]

/** What is asked about the quickstart's objective: shares over long and short ranges, and amounts for the picture. */
function objective({ long, short, burning }: { long: number; short: number; burning: number }): Measurement[] {
  const share = (ranges: string) => new RegExp(`vector\\(0\\)\\) / \\(.*\\[(${ranges})\\]`)
  const steady = (asks: RegExp, value: number) => ({ asks, alert: '', metric: {}, calm: value, disturbed: value })
  return [
    steady(share('30d|3d|1d'), long),
    { asks: share('6h|1h|30m|5m'), alert: 'PaymentsErrorRateHigh', metric: {}, calm: short, disturbed: burning },
    steady(/vector\(0\)\) and \(/, traffic * long),
    steady(/^sum\(rate\(http_requests_total\{service="payments"\}\[/, traffic),
  ]
}

/** Seconds before an alert fires at which its cause begins: a rule waits that long before it is sure. */
const onset = 150
/** Seconds until a disturbance is in full swing. */
const ramp = 90

export function samplePrometheusRoutes({ bot }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    if (sampleSource(bot.config) === null) return

    app.get('/sample/prometheus/api/v1/query_range', async (request) => {
      const { start, end, step } = numbers(request, { start: 0, end: 0, step: 60 })
      const count = Math.min(11_000, Math.floor((end - start) / Math.max(1, step)) + 1)
      const times = Array.from({ length: Math.max(0, count) }, (_, i) => start + i * step)
      const result = asked(request).map(async (one) => {
        const periods = await firingPeriods(bot.db, one.alert, new Date(start * 1000))
        return { metric: one.metric, values: times.map((time) => [time, String(valueAt(one, time, periods))]) }
      })
      return { status: 'success', data: { resultType: 'matrix', result: await Promise.all(result) } }
    })

    app.get('/sample/prometheus/api/v1/query', async (request) => {
      const { time } = numbers(request, { time: bot.clock.now().getTime() / 1000 })
      const result = asked(request).map(async (one) => {
        const periods = await firingPeriods(bot.db, one.alert, new Date((time - 3600) * 1000))
        return { metric: one.metric, value: [time, String(valueAt(one, time, periods))] }
      })
      return { status: 'success', data: { resultType: 'vector', result: await Promise.all(result) } }
    })
  }
}

function asked(request: FastifyRequest): Measurement[] {
  const { query = '' } = request.query as { query?: string }
  const first = measurements.find(({ asks }) => asks.test(query))
  return first ? measurements.filter(({ asks }) => asks.source === first.asks.source) : []
}

function numbers<T extends Record<string, number>>(request: FastifyRequest, defaults: T): T {
  const given = request.query as Record<string, string>
  const read = Object.entries(defaults).map(([name, value]) => {
    const number = Number(given[name])
    return [name, given[name] !== undefined && Number.isFinite(number) ? within(number) : value] as const
  })
  return Object.fromEntries(read) as T
}

/** Within the instants that a database can hold, in seconds since 1970. */
function within(seconds: number): number {
  return Math.min(253_402_300_799, Math.max(0, seconds))
}

function valueAt({ calm, disturbed }: Measurement, time: number, periods: Period[]): number {
  const share = Math.max(0, ...periods.map((period) => swing(period, time)))
  const level = calm + (disturbed - calm) * share
  // A long ratio such as an SLO's is steady; everything else breathes a little.
  return calm > 0 && calm < 0.001 ? level : level * (1 + 0.12 * waver(time))
}

/** How far a disturbance has come, 0 to 1: rising before the alert, falling before its end, but not before it fired. */
function swing({ from, until }: Period, time: number): number {
  const begins = from.getTime() / 1000 - onset
  const rising = Math.min(1, Math.max(0, (time - begins) / ramp))
  if (until === null) return rising
  const ends = until.getTime() / 1000
  const turns = Math.max(from.getTime() / 1000, ends - ramp)
  const falling = time <= turns ? 1 : time >= ends ? 0 : (ends - time) / (ends - turns)
  return Math.min(rising, falling)
}

/** The same for the same instant, so that two charts of one stretch of time agree; between -1 and 1. */
function waver(time: number): number {
  return 0.5 * Math.sin(time / 97) + 0.3 * Math.sin(time / 31 + 1) + 0.2 * Math.sin(time / 11 + 2)
}
