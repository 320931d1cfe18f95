// Measuring objectives: what is asked first, what is made of no answer, and that neither a slow nor a large Prometheus holds
// anybody up.
import { describe, expect, it } from 'vitest'
import { badShare } from '../../src/core/indicator.ts'
import { versionOf } from '../../src/core/recorded.ts'
import type { Slo } from '../../src/core/slo.ts'
import { day, hour } from '../../src/core/slo-window.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { type Gauge, standingsOf } from '../../src/evidence/objectives.ts'
import { gaugeOf, now, sloOf } from '../slo/objectives.ts'

const still = { now: () => now }
const ratio = (changes: Partial<Slo> = {}) =>
  sloOf({
    indicator: { kind: 'ratio', part: 'bad', expr: 'rate(bad[$window])', total: 'rate(all[$window])' },
    ...changes,
  })
const latency = sloOf({
  indicator: { kind: 'latency', metric: 'seconds', selector: 'job="a"', threshold: 2, native: false },
})
const one = async (slo: Slo, answers: Partial<Gauge>) => (await standingsOf([slo], gaugeOf(answers), now, still))[0]

describe('no answer is told apart from an outage and from all being well', () => {
  const total = (value: number | null) => async (expr: string) => (expr.startsWith('sum(rate(all') ? value : null)

  it('nothing happened: no traffic', async () => {
    expect(await one(ratio(), { value: total(0) })).toMatchObject({ status: 'unknown', reason: 'no traffic' })
    const shared = { value: async (expr: string) => (expr.startsWith('count(') ? 1 : null) }
    expect(await one(sloOf(), shared)).toMatchObject({ status: 'unknown', reason: 'no traffic' })
  })

  it('nothing is measured: no data', async () => {
    expect(await one(ratio(), { value: total(null) })).toMatchObject({ status: 'unknown', reason: 'no data' })
    expect(await one(sloOf(), {})).toMatchObject({ status: 'unknown', reason: 'no data' })
  })

  it('the histogram has no such bucket: which ones it has', async () => {
    const asked: string[] = []
    const labels = async (expr: string) => {
      asked.push(expr)
      return expr.includes('by (le)') ? ['0.1', '1.0', '2.5', '5.0', '10.0', '+Inf'].map((le) => ({ le })) : []
    }
    const value = async (expr: string) => (expr.startsWith('sum(rate(seconds_count') ? 12 : null)
    expect(await one(latency, { labels, value })).toMatchObject({
      status: 'unknown',
      reason: 'seconds has no bucket le="2"; the nearest are 0.1, 1, 2.5, 5',
    })
    expect(asked).toContain('group by (le) (seconds_bucket{job="a"})')
  })
})

it('a native histogram that is taken for one with buckets says what to write', async () => {
  const labels = async (expr: string) => (expr === 'group(histogram_count(seconds{job="a"}))' ? [{}] : [])
  expect(await one(latency, { labels })).toMatchObject({
    status: 'unknown',
    reason: 'seconds is a native histogram: write native: true below latency in tocsin.yaml',
  })
  expect(await one(latency, {})).toMatchObject({ status: 'unknown', reason: 'no data' })
})

describe('how fast it burns', () => {
  it('is asked for every range, and one that fails is only not known', async () => {
    const value = async (expr: string) => {
      if (expr.includes('[3d]')) throw new TransientError('slow')
      return /\[(5m|1h)\]/.test(expr) ? 0.02 : 0.0001
    }
    expect(await one(ratio(), { value })).toMatchObject({
      status: 'kept',
      burn: { rate: 20, range: hour, kind: 'fast' },
      forecast: { kind: 'lasts', over: day },
    })
  })

  it('is taken from what the rules record, once it has been recorded for as long as is looked back', async () => {
    const slo = ratio()
    const recorded = [{ slo: slo.name, slo_version: versionOf(slo) }]
    const ask = async (since: (expr: string) => boolean) => {
      const asked: string[] = []
      const value = async (expr: string) => {
        asked.push(expr)
        return 0.0001
      }
      await one(slo, { value, labels: async (expr) => (since(expr) ? recorded : []) })
      return asked
    }
    const young = await ask((expr) => !/offset (3d|30d)/.test(expr))
    expect(young[0]).toBe(badShare(slo.indicator, 30 * day))
    const labels = `{slo="Checkout",slo_version="${versionOf(slo)}"}`
    expect(young).toContain(`slo:bad:ratio1h${labels}`)
    expect(young).toContain(`slo:bad:ratio1d${labels}`)
    expect(young).toContain(badShare(slo.indicator, 3 * day))
    const old = await ask(() => true)
    expect(old[0]).toBe(
      `sum_over_time(slo:bad:amount5m${labels}[30d]) / (sum_over_time(slo:total:amount5m${labels}[30d]) > 0)`,
    )
    // What was recorded of another definition is not used for this one.
    const other = ratio({
      indicator: { kind: 'ratio', part: 'bad', expr: 'rate(b[$window])', total: 'rate(a[$window])' },
    })
    expect(versionOf(other)).not.toBe(versionOf(slo))
    expect(versionOf(ratio({ objective: 95 }))).toBe(versionOf(slo))
  })

  it('of little traffic comes with how few events the whole budget is', async () => {
    const value = async (expr: string) => (expr === 'sum(rate(all[1d]))' ? 140 / 86_400 : 0)
    // 140 a day are 4,200 in 30 days, of which 4.2 may fail.
    expect(await one(ratio(), { value })).toMatchObject({ fewEvents: expect.closeTo(4.2, 6) })
  })
})

describe('a Prometheus in trouble', () => {
  it('that does not answer at all is asked once, not once an objective', async () => {
    let asked = 0
    const away = async () => {
      asked += 1
      throw new TransientError('away')
    }
    const standings = await standingsOf(
      Array.from({ length: 20 }, (_, n) => ratio({ name: `${n}` })),
      gaugeOf({ value: away, labels: away }),
      now,
      still,
    )
    expect(new Set(standings.map((s) => s.status === 'unknown' && s.reason))).toEqual(
      new Set(['Prometheus did not answer']),
    )
    expect(asked).toBeLessThan(6)
  })

  it('that refuses one query costs one objective', async () => {
    const value = async (expr: string) => {
      if (expr.includes('broken')) throw new PermanentError('parse error')
      return 0
    }
    const broken = sloOf({ name: 'Broken', indicator: { kind: 'share', expr: 'broken[$window]' } })
    const standings = await standingsOf([broken, ratio()], gaugeOf({ value }), now, still)
    expect(standings.map((s) => s.status)).toEqual(['unknown', 'kept'])
    expect(standings[0]).toMatchObject({ reason: 'Prometheus refused the query: parse error' })
  })

  it('is never asked more than six things at once, and nothing new after 25 seconds', async () => {
    let [running, most, passed] = [0, 0, 0]
    const value = async () => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
      passed += 1000
      return 0.0001
    }
    const clock = { now: () => new Date(now.getTime() + passed) }
    const slos = Array.from({ length: 40 }, (_, n) => ratio({ name: `${n}` }))
    const standings = await standingsOf(slos, gaugeOf({ value }), now, clock)
    expect(most).toBeLessThanOrEqual(6)
    expect(passed).toBeLessThanOrEqual(32_000)
    expect(standings.at(-1)).toMatchObject({ status: 'unknown', reason: 'Prometheus did not answer' })
    expect(standings[0]).toMatchObject({ status: 'kept', burn: null, forecast: null })
  })
})

describe('a budget over time', () => {
  it('goes from all of it to what is left, by what happened and not by how long', async () => {
    const grid = Array.from({ length: 241 }, (_, n) => now.getTime() - 30 * day + (n * 30 * day) / 240)
    const history = async (expr: string): Promise<[number, number | null][]> =>
      // All failures are in the last tenth; nothing is known of the first quarter.
      grid.map((at, n) => [at, n < 60 ? null : expr.includes('bad') ? (n > 216 ? 0.375 : 0) : 10])
    const standing = await one(ratio({ objective: 99 }), { value: async () => 0.005, history })
    if (standing === undefined || standing.status === 'unknown') throw new Error('unknown')
    const { history: points, left } = standing
    expect(points[0]).toEqual([grid[59], 1])
    expect(points.find(([at]) => at === grid[216])?.[1]).toBe(1)
    expect(points.at(-1)).toEqual([now.getTime(), left.share])
    expect(points.at(-2)?.[1]).toBeCloseTo(0.52, 1)
  })

  it('of an objective that was first measured 40 minutes ago is known to be of that only', async () => {
    const begun = now.getTime() - 40 * 60_000
    const asked: string[] = []
    const history = async (expr: string, { from, until }: { from: Date; until: Date }) => {
      asked.push(expr)
      const step = (until.getTime() - from.getTime()) / 240
      return Array.from({ length: 241 }, (_, n): [number, number | null] => {
        const at = from.getTime() + n * step
        return [at, at >= begun ? (expr.includes('bad') ? 0 : 10) : null]
      })
    }
    const young = await one(ratio({ objective: 99 }), { value: async () => 0.005, history })
    if (young === undefined || young.status === 'unknown') throw new Error('unknown')
    expect(Math.abs((young.since?.getTime() ?? 0) - begun)).toBeLessThan(60_000)
    // Asked closely once, of the three hours in which it began.
    expect(asked.filter((expr) => expr.includes('[5m]'))).toEqual(['sum(rate(all[5m]))'])
  })

  it('of an objective that has been measured for nearly all of its window is not qualified, nor asked for twice', async () => {
    let asked = 0
    const history = async (_: string, { from, until }: { from: Date; until: Date }) => {
      asked += 1
      const step = (until.getTime() - from.getTime()) / 240
      return Array.from({ length: 241 }, (_, n): [number, number | null] => [from.getTime() + n * step, 1])
    }
    expect(await one(ratio(), { value: async () => 0, history })).toMatchObject({ since: null })
    expect(asked).toBe(2)
  })

  it('that cannot be asked for costs the picture and nothing else', async () => {
    const history = async () => {
      throw new TransientError('slow')
    }
    expect(await one(ratio(), { value: async () => 0, history })).toMatchObject({ status: 'kept', history: [] })
  })
})
