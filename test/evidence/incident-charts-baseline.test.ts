// The dotted line: the same hours of last week, or of yesterday.
import { afterEach, expect, test } from 'vitest'
import type { EvidenceRequest } from '../../src/evidence/evidence.ts'
import { chartsOfIncident } from '../../src/evidence/incident-charts.ts'
import { atBest } from '../busy.ts'
import { alertOn, chartIn, level, requestOf, startedAt } from './charted.ts'
import { type Metric, matrix, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function serving(metrics: Metric[]) {
  server = await standIn((asked, response) => matrix(asked, response, metrics))
  return { url: server.url, timeout: 30_000 }
}

const hour = 3_600_000
const week = 7 * 24 * hour

/** Answers with 1 now, and with what each of these says for a window so many days earlier; null: nothing. */
async function remembering(days: Record<number, number | null>, delay: Record<number, number> = {}) {
  server = await standIn(async (asked, response) => {
    const ago = Math.round((startedAt.getTime() + 120_000 - Number(asked.params.get('end')) * 1000) / (24 * hour))
    const value = ago === 0 ? 1 : days[ago]
    const wait = delay[ago] ?? 0
    if (wait > 0) await new Promise((resolve) => AbortSignal.timeout(wait).addEventListener('abort', resolve))
    matrix(asked, response, value == null ? [] : [level({ pod: 'a' }, value)])
  })
  return { url: server.url, timeout: 30_000 }
}

const compared = { alerts: [alertOn('x_seconds > 0.5')], baseline: 'week' as const }
/** Last week is waited for only a moment. */
const inTime = (from: Awaited<ReturnType<typeof serving>>, changes: Partial<EvidenceRequest> = compared) =>
  atBest(
    () => chartsOfIncident(requestOf(changes), from),
    ([finding]) => chartIn(finding).baseline !== null,
  )
const endsAsked = () => server?.asked.map(({ params }) => Number(params.get('end')) * 1000) ?? []

test('the worst line is compared with the same hours of last week, moved into the window', async () => {
  const [finding] = await inTime(await remembering({ 7: 5 }))
  const { baseline, series, from, until } = chartIn(finding)
  expect(baseline?.name).toBe('last week')
  expect(baseline?.points.every(([, value]) => value === 5)).toBe(true)
  expect(baseline?.points.map(([at]) => at)).toEqual(series[0]?.points.map(([at]) => at))
  expect(baseline?.points[0]?.[0]).toBeGreaterThanOrEqual(from.getTime() - 60_000)
  expect(baseline?.points.at(-1)?.[0]).toBeLessThanOrEqual(until.getTime())
})

test('last week is at the same hour of the clock on the wall, also across a change of it', async () => {
  const monday = new Date('2026-10-26T13:00:00Z')
  const window = { from: new Date(monday.getTime() - hour), until: monday, startedAt: monday }
  await chartsOfIncident(requestOf({ ...compared, ...window }), await serving([level({}, 1)]))
  // 14:00 in winter, 14:00 in summer.
  expect(endsAsked().sort()).toEqual([new Date('2026-10-19T12:00:00Z').getTime(), monday.getTime()])
})

test('without last week it is yesterday, and without yesterday there is no such line', async () => {
  const [yesterday] = await inTime(await remembering({ 1: 3 }))
  expect(chartIn(yesterday).baseline).toMatchObject({ name: 'yesterday' })
  await server?.close()
  const [none] = await chartsOfIncident(requestOf(compared), await remembering({}))
  expect(chartIn(none).baseline).toBeNull()
  await server?.close()
  const [day] = await inTime(await remembering({ 1: 3, 7: 5 }), { ...compared, baseline: 'day' })
  expect(chartIn(day).baseline).toMatchObject({ name: 'yesterday' })
  await server?.close()
  await chartsOfIncident(requestOf({ ...compared, baseline: 'none' }), await remembering({ 1: 3, 7: 5 }))
  expect(endsAsked()).toHaveLength(1)
})

test('last week is not waited for: a chart without it is there at once', async () => {
  const begun = performance.now()
  const [finding] = await chartsOfIncident(requestOf(compared), await remembering({ 7: 5 }, { 7: 60_000 }))
  expect(performance.now() - begun).toBeLessThan(20_000)
  expect(chartIn(finding)).toMatchObject({ baseline: null, series: [{ points: expect.anything() }] })
})

test('only the line that is compared with itself gets a last week, of many the worst', async () => {
  const pods = [level({ pod: 'a' }, 9), level({ pod: 'b' }, 1)]
  const [finding] = await inTime(await serving(pods))
  expect(chartIn(finding).baseline?.points[0]?.[1]).toBe(9)
  await server?.close()
  server = await standIn((asked, response) => {
    const past = Number(asked.params.get('end')) * 1000 < startedAt.getTime() - week / 2
    matrix(asked, response, past ? [level({ pod: 'c' }, 4), level({ pod: 'd' }, 4)] : pods)
  })
  const [other] = await chartsOfIncident(requestOf(compared), { url: server.url, timeout: 30_000 })
  expect(chartIn(other).baseline).toBeNull()
})

test('a window longer than what lies between is compared with nothing', async () => {
  const window = { from: new Date(startedAt.getTime() - 2 * week), until: startedAt }
  await chartsOfIncident(requestOf({ ...compared, ...window }), await remembering({ 1: 1, 7: 1 }))
  expect(endsAsked()).toHaveLength(1)
})

test('of six charts three are compared: a Prometheus in trouble is not asked everything twice', async () => {
  const charts = ['a', 'b', 'c', 'd', 'e', 'f'].map((expr) => ({ title: expr, expr, unit: null }))
  const request = requestOf({ alerts: [], charts, baseline: 'week' })
  await chartsOfIncident(request, await serving([level({}, 1)]))
  expect(server?.asked).toHaveLength(9)
})
