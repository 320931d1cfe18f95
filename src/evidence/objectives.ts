// Asks Prometheus where objectives stand: their windows first, then how fast they burn. A few queries at a time, and no
// longer than people wait.
import type { Labels } from '../core/alert.ts'
import { type BurnRates, burnPairs, burnRanges, burnRate } from '../core/burn.ts'
import { amountsOf, bucketMatcher, over } from '../core/indicator.ts'
import { askedShare, ratioSeries, recordedLabels, recordedSince, versionOf } from '../core/recorded.ts'
import { judge, type Slo, type SloStanding, unknownStanding } from '../core/slo.ts'
import { day, windowAt } from '../core/slo-window.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { stretchesOf } from './budget-history.ts'
import { firstMeasured } from './first-measured.ts'
import { gate } from './gate.ts'

/** What can be asked of Prometheus. Each throws TransientError or PermanentError like `queryRange`. */
export type Gauge = {
  /** The first value there is at an instant; null: none. */
  value(expr: string, at: Date): Promise<number | null>
  /** The labels of all there is at an instant. */
  labels(expr: string, at: Date): Promise<Labels[]>
  /** The first series over a stretch of time, on a regular grid. */
  history(expr: string, window: { from: Date; until: Date }): Promise<[number, number | null][]>
}

const width = 6

/** Milliseconds after which no further query is begun. */
const patience = 25_000

/** Answers whether the series of an objective have been recorded for as long as `ago` milliseconds. */
type IsRecorded = (slo: Slo, ago: number) => boolean

/** Where they stand at `now`, in the order given. `clock` tells the time that passes meanwhile. */
export async function standingsOf(
  slos: Slo[],
  given: Gauge,
  now: Date,
  clock: { now(): Date },
): Promise<SloStanding[]> {
  const gauge = patient(given, clock)
  const isRecorded = await recordings(slos, gauge, now)
  if (typeof isRecorded !== 'function') return slos.map((slo) => unknownStanding(slo, isRecorded.reason, now))
  const asked = { gauge, isRecorded, now }
  const windows = await Promise.all(slos.map((slo) => windowOf(slo, asked)))
  return Promise.all(
    windows.map(async (window) => {
      const { slo } = window
      if ('reason' in window) return unknownStanding(slo, window.reason, now)
      const pairs = burnPairs(slo)
      const rates = await ratesOf(slo, burnRanges(pairs), asked)
      const [events, stretches] = await Promise.all([
        eventsOf(slo, asked),
        stretchesOf(slo, asked).catch((error) => unlessBug(error) ?? []),
      ])
      const since = await firstMeasured(slo, stretches, asked).catch(unlessBug)
      return judge(slo, { bad: window.bad, events, rates, stretches, since }, pairs, now)
    }),
  )
}

export type Asked = { gauge: Gauge; isRecorded: IsRecorded; now: Date }

/** A few at a time, and none any more when it has taken too long. */
function patient(gauge: Gauge, clock: { now(): Date }): Gauge {
  const through = gate(width)
  const end = clock.now().getTime() + patience
  const ask = <T>(work: () => Promise<T>) =>
    through(async () => {
      if (clock.now().getTime() > end) throw new TransientError('it took too long')
      return work()
    })
  return {
    value: (expr, at) => ask(() => gauge.value(expr, at)),
    labels: (expr, at) => ask(() => gauge.labels(expr, at)),
    history: (expr, window) => ask(() => gauge.history(expr, window)),
  }
}

/** What the rules of `tocsin slo rules` have recorded, and since when; else why nobody can be asked. */
async function recordings(slos: Slo[], gauge: Gauge, now: Date): Promise<IsRecorded | { reason: string }> {
  const windows = slos.map((slo) => windowAt(slo.window, now).passed)
  const agos = [...new Set([0, day, 3 * day, ...windows])]
  const key = (name: string | undefined, version: string | undefined) => JSON.stringify([name, version])
  try {
    const answers = await Promise.all(
      agos.map(async (ago) => {
        const found = await gauge.labels(recordedSince(ago), now)
        return [ago, new Set(found.map((labels) => key(labels.slo, labels.slo_version)))] as const
      }),
    )
    const since = new Map(answers)
    return (slo, ago) => [0, ago].every((one) => since.get(one)?.has(key(slo.name, versionOf(slo))) ?? false)
  } catch (error) {
    return { reason: unanswered(error) }
  }
}

type Window = { slo: Slo } & ({ bad: number } | { reason: string })

async function windowOf(slo: Slo, { gauge, isRecorded, now }: Asked): Promise<Window> {
  const { passed } = windowAt(slo.window, now)
  try {
    const from = isRecorded(slo, passed) ? 'recorded' : 'raw'
    const bad = await gauge.value(askedShare(slo, passed, from), now)
    return bad === null ? { slo, reason: await silence(slo, passed, gauge, now) } : { slo, bad }
  } catch (error) {
    return { slo, reason: unanswered(error) }
  }
}

/** Why there is no share: nothing happened, nothing is measured, or it is asked for wrongly. */
async function silence({ indicator }: Slo, range: number, gauge: Gauge, now: Date): Promise<string> {
  const amounts = amountsOf(indicator)
  const total = amounts?.total ?? (indicator.kind === 'share' ? `count(${indicator.expr})` : '')
  const found = await gauge.value(over(total, range), now)
  if (found === null && indicator.kind === 'latency' && !indicator.native) return countMissing(indicator, gauge, now)
  if (found === null) return 'no data'
  // Of a share only this is known: there is an answer, and it is no number, as 0/0 is none.
  if (found === 0 || amounts === null) return 'no traffic'
  return indicator.kind === 'latency' && !indicator.native ? bucketMissing(indicator, gauge, now) : 'no data'
}

/** A native histogram has neither counts nor buckets of their own. */
async function countMissing(
  { metric, selector }: { metric: string; selector: string },
  gauge: Gauge,
  now: Date,
): Promise<string> {
  const native = await gauge.labels(`group(histogram_count(${metric}{${selector}}))`, now)
  return native.length === 0
    ? 'no data'
    : `${metric} is a native histogram: write native: true below latency in tocsin.yaml`
}

async function bucketMissing(
  { metric, selector, threshold }: { metric: string; selector: string; threshold: number },
  gauge: Gauge,
  now: Date,
): Promise<string> {
  const found = await gauge.labels(`group by (le) (${metric}_bucket{${selector}})`, now)
  const bounds = found.flatMap(({ le }) => (le === undefined || le === '+Inf' ? [] : [Number(le)]))
  const near = bounds.sort((a, b) => Math.abs(a - threshold) - Math.abs(b - threshold)).slice(0, 4)
  const there = near.sort((a, b) => a - b).join(', ')
  const missing = `${metric} has no bucket ${bucketMatcher(threshold).replace(/=~"(\d+).*"/, '="$1"')}`
  return there === '' ? missing : `${missing}; the nearest are ${there}`
}

/** How many events the window has, taken from the last day; null where no events are counted. */
async function eventsOf({ indicator, window }: Slo, { gauge, now }: Asked): Promise<number | null> {
  const amounts = amountsOf(indicator)
  if (amounts === null || (amounts.unit !== 'per second' && amounts.unit !== 'events')) return null
  const { passed } = windowAt(window, now)
  const range = Math.min(day, passed)
  const total = await gauge.value(over(amounts.total, range), now).catch(unlessBug)
  if (total === null) return null
  return (amounts.unit === 'events' ? total : (total * range) / 1000) * (passed / range)
}

async function ratesOf(slo: Slo, ranges: number[], { gauge, isRecorded, now }: Asked): Promise<BurnRates> {
  const rates = ranges.map(async (range) => {
    // Of the long ranges a short past is recorded at first; the others are asked of the samples by the rules too.
    const recorded = isRecorded(slo, range < day ? 0 : range)
    const expr = recorded ? `${ratioSeries(range)}${recordedLabels(slo)}` : askedShare(slo, range, 'raw')
    const bad = await gauge.value(expr, now).catch(unlessBug)
    return [range, bad === null ? null : burnRate(slo.objective, bad)] as const
  })
  return new Map(await Promise.all(rates))
}

/** A rate that cannot be asked is not known; the standing is all the same. */
function unlessBug(error: unknown): null {
  unanswered(error)
  return null
}

/** What people are told; an error that is a bug of ours is thrown. */
function unanswered(error: unknown): string {
  if (error instanceof TransientError) return 'Prometheus did not answer'
  if (error instanceof PermanentError) return `Prometheus refused the query: ${reasonOf(error)}`
  throw error
}
