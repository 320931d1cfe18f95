// Which charts an incident gets, and what is on them.
import { afterEach, expect, test } from 'vitest'
import { chartsOfIncident } from '../../src/evidence/incident-charts.ts'
import { atBest } from '../busy.ts'
import { alertOn, chartIn, level, requestOf, startedAt } from './charted.ts'
import { json, type Metric, matrix, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function serving(metrics: Metric[]) {
  server = await standIn((asked, response) => matrix(asked, response, metrics))
  return { url: server.url, timeout: 30_000 }
}

test('an alert becomes a chart of what it watches, with its threshold, unit and moment of firing', async () => {
  const [finding] = await chartsOfIncident(requestOf(), await serving([level({ __name__: 'x_seconds' }, 0.8)]))
  expect(chartIn(finding)).toMatchObject({
    title: 'HighResponseTime',
    subtitle: 'payments · 12 Nov 13:02 – 14:04',
    unit: 'seconds',
    threshold: { value: 0.5, bad: 'above' },
    marks: [{ at: startedAt, label: 'firing' }],
    source: 'x_seconds',
    series: [{ name: 'x_seconds' }],
  })
  expect(server?.asked.map(({ params }) => params.get('query'))).toEqual(['x_seconds'])
})

test('each expression is drawn once, those of most alerts first, at most three, then the charts of the service', async () => {
  const alerts = ['a > 1', 'b > 1', 'b > 2', 'c > 1', 'd > 1', 'd > 1', 'd > 1'].map((expr) => alertOn(expr))
  const charts = [{ title: 'Traffic', expr: 'rate(e_total[5m])', unit: null }]
  const findings = await chartsOfIncident(requestOf({ alerts, charts }), await serving([level({}, 1)]))
  expect(findings.map((finding) => chartIn(finding).source)).toEqual(['d', 'b', 'a', 'rate(e_total[5m])'])
  expect(findings.at(-1)).toMatchObject({ title: 'Traffic' })
})

test('a chart that the service and an alert both want is drawn once, as the service calls it', async () => {
  const charts = [{ title: 'Response time', expr: 'x_seconds', unit: 'milliseconds' }]
  const findings = await chartsOfIncident(requestOf({ charts }), await serving([level({}, 1)]))
  expect(findings).toHaveLength(1)
  expect(chartIn(findings[0])).toMatchObject({
    title: 'Response time',
    unit: 'milliseconds',
    threshold: { value: 0.5 },
  })
})

test('of many series the firing ones come first, then the worst', async () => {
  const metrics = Array.from({ length: 22 }, (_, index) =>
    level({ job: 'pay', pod: `pod-${index}`, ip: `10.0.0.${index}` }, index),
  )
  const alerts = [alertOn('x > 5', { job: 'pay', pod: 'pod-7', ip: '10.0.0.7' })]
  const [finding] = await chartsOfIncident(requestOf({ alerts }), await serving(metrics))
  const chart = chartIn(finding)
  expect(chart.series.map(({ name }) => name)).toEqual(
    [7, ...Array.from({ length: 22 }, (_, index) => 21 - index).filter((pod) => pod !== 7)].map((pod) => `pod-${pod}`),
  )
})

test('where low is bad the lowest series are the worst', async () => {
  const metrics = [3, 1, 2].map((value) => level({ pod: `pod-${value}` }, value))
  const [finding] = await chartsOfIncident(requestOf({ alerts: [alertOn('x < 5')] }), await serving(metrics))
  expect(chartIn(finding).series.map(({ name }) => name)).toEqual(['pod-1', 'pod-2', 'pod-3'])
})

test('the legend says only what differs: as few labels as tell the series apart', async () => {
  const metrics = [
    level({ __name__: 'x', job: 'pay', method: 'GET', code: '200' }, 4),
    level({ __name__: 'x', job: 'pay', method: 'GET', code: '500' }, 3),
    level({ __name__: 'x', job: 'pay', method: 'PUT', code: '200' }, 2),
  ]
  const [finding] = await chartsOfIncident(requestOf({ alerts: [alertOn('x')] }), await serving(metrics))
  expect(chartIn(finding).series.map(({ name }) => name)).toEqual([
    'method=GET code=200',
    'method=GET code=500',
    'method=PUT code=200',
  ])
})

test('an answer that is only a part says so on the picture', async () => {
  const warning = 'partial response: store 10.0.0.3:10901 does not answer'
  server = await standIn((asked, response) => matrix(asked, response, [level({}, 1)], [warning]))
  const [finding] = await chartsOfIncident(requestOf(), { url: server.url, timeout: 30_000 })
  expect(chartIn(finding).subtitle).toBe(`payments · 12 Nov 13:02 – 14:04 · Prometheus warns: ${warning}`)
})

test('infinite values, for which an alert may well have fired, are no gap that nobody explains', async () => {
  const divided = (from: number): Metric => ({ metric: {}, value: (step) => (step >= from ? '+Inf' : '0.2') })
  const alerts = [alertOn('used / allowed > 0.9')]
  const [some] = await chartsOfIncident(requestOf({ alerts }), await serving([divided(200)]))
  expect(chartIn(some).subtitle).toContain('infinite values are not drawn')
  await server?.close()
  const [all] = await chartsOfIncident(requestOf({ alerts }), await serving([divided(0)]))
  expect(all).toMatchObject({ ok: false, reason: expect.stringContaining('all its values are infinite') })
})

test('of more series than are fetched the worst are asked for by themselves', async () => {
  server = await standIn((asked, response) => {
    const narrowed = asked.params.get('query')?.includes('topk(10')
    const metrics = Array.from({ length: narrowed ? 10 : 80 }, (_, index) =>
      level({ pod: `${narrowed ? 'worst' : 'some'}-${index}` }, index),
    )
    matrix(asked, response, metrics)
  })
  const [finding] = await chartsOfIncident(requestOf(), { url: server.url, timeout: 30_000 })
  expect(chartIn(finding).subtitle).toContain('the worst 10 of more than 50 series')
  expect(chartIn(finding).series[0]?.name).toBe('worst-9')
})

test('of so many series that they are too much data the worst are asked for, and drawn', async () => {
  const filler = 'x'.repeat(9_000_000)
  server = await standIn((asked, response) => {
    const narrowed = asked.params.get('query')?.includes('topk(10')
    if (!narrowed) return json(response, { status: 'success', data: { resultType: 'matrix', result: [], filler } })
    matrix(
      asked,
      response,
      Array.from({ length: 10 }, (_, index) => level({ pod: `worst-${index}` }, index)),
    )
  })
  const [finding] = await chartsOfIncident(requestOf(), { url: server.url, timeout: 30_000 })
  expect(chartIn(finding).subtitle).toContain('the worst 10 of more than 50 series')
  expect(chartIn(finding).series[0]?.name).toBe('worst-9')
})

test('a Prometheus too old for that still gives some of them', async () => {
  server = await standIn((asked, response) => {
    if (asked.params.get('query')?.includes('@ end()')) return json(response, { status: 'error', error: '@' }, 400)
    matrix(
      asked,
      response,
      Array.from({ length: 80 }, (_, index) => level({ pod: `some-${index}` }, index)),
    )
  })
  const [finding] = await chartsOfIncident(requestOf(), { url: server.url, timeout: 30_000 })
  expect(chartIn(finding).subtitle).toContain('some 10 of more than 50 series')
})

test('a quotient is a ratio only while it looks like one', async () => {
  const alerts = [alertOn('a / b > 0.8')]
  const [share] = await chartsOfIncident(requestOf({ alerts }), await serving([level({}, 0.9)]))
  expect(chartIn(share).unit).toBe('ratio')
  await server?.close()
  const [other] = await chartsOfIncident(requestOf({ alerts }), await serving([level({}, 4000)]))
  expect(chartIn(other).unit).toBeNull()
})

test('what is compared with another query is drawn with it as its limit', async () => {
  server = await standIn((asked, response) => {
    const limit = asked.params.get('query') === 'allowed * 0.9'
    matrix(asked, response, [
      level({ __name__: limit ? '' : 'used', q: 'a' }, limit ? 90 : 80),
      level({ __name__: limit ? '' : 'used', q: 'b' }, limit ? 45 : 60),
    ])
  })
  const request = requestOf({ alerts: [alertOn('used > allowed * 0.9')] })
  const { url } = server
  // It is waited for only a moment.
  const [finding] = await atBest(
    () => chartsOfIncident(request, { url, timeout: 30_000 }),
    ([one]) => chartIn(one).limit !== null,
  )
  const chart = chartIn(finding)
  expect(chart.series.map(({ name }) => name)).toEqual(['b', 'a'])
  expect(chart.limit).toMatchObject({ bad: 'above', series: { name: 'limit' } })
  expect(chart.limit?.series.points.at(-1)?.[1]).toBe(45)
})

test('a limit that cannot be had costs nothing but itself', async () => {
  server = await standIn((asked, response) =>
    asked.params.get('query') === 'allowed'
      ? json(response, { status: 'error', error: 'no' }, 422)
      : matrix(asked, response, [level({ q: 'a' }, 80)]),
  )
  const request = requestOf({ alerts: [alertOn('used > allowed')] })
  const [finding] = await chartsOfIncident(request, { url: server.url, timeout: 30_000 })
  expect(chartIn(finding)).toMatchObject({ limit: null, series: [{ name: 'HighResponseTime' }] })
})

test('of two thresholds the one that is crossed is drawn', async () => {
  const request = requestOf({ alerts: [alertOn('3 <= days_left < 20')] })
  const [finding] = await chartsOfIncident(request, await serving([level({}, 12)]))
  expect(chartIn(finding).threshold).toEqual({ value: 20, bad: 'below' })
})

test("of a dead man's switch the charts of the service are drawn", async () => {
  const charts = [{ title: 'Traffic', expr: 'rate(e_total[5m])', unit: null }]
  const request = requestOf({ alerts: [alertOn('vector(1)')], charts })
  const findings = await chartsOfIncident(request, await serving([level({}, 1)]))
  expect(findings.map(({ title }) => title)).toEqual(['Traffic'])
})

test('bands of the service are on its chart, and on that of an alert over the same query', async () => {
  const bands = { bad: 'above' as const, target: 0.1, acceptable: 0.5, critical: 1 }
  const charts = [{ title: 'Response time', expr: 'x_seconds', unit: null, bands }]
  const prometheus = await serving([level({}, 1)])
  for (const alerts of [[alertOn('x_seconds > 0.5')], [alertOn(null)]]) {
    const [finding] = await chartsOfIncident(requestOf({ alerts, charts }), prometheus)
    expect(chartIn(finding).bands).toEqual(bands)
  }
})

test('what cannot be shown says why', async () => {
  const empty = await chartsOfIncident(requestOf(), await serving([]))
  expect(empty).toEqual([
    { ok: false, title: 'HighResponseTime', reason: 'no data for this expression in the last hour' },
  ])
  await server?.close()

  const nothing = await chartsOfIncident(requestOf(), await serving([{ metric: {}, value: () => 'NaN' }]))
  expect(nothing[0]).toMatchObject({ ok: false, reason: 'no data for this expression in the last hour' })
  await server?.close()

  server = await standIn((_, response) => json(response, { status: 'error', error: 'query timed out' }, 422))
  const refused = await chartsOfIncident(requestOf(), { url: server.url, timeout: 30_000 })
  expect(refused[0]).toMatchObject({ ok: false, reason: expect.stringContaining('answered 422: query timed out') })

  const unset = await chartsOfIncident(requestOf(), { url: null, timeout: 30_000 })
  expect(unset).toMatchObject([{ ok: false, reason: expect.stringContaining('no PROMETHEUS_URL is set') }])

  const wordless = await chartsOfIncident(requestOf({ alerts: [alertOn(null)] }), { url: server.url, timeout: 30_000 })
  expect(wordless).toMatchObject([
    { ok: false, reason: 'the alert carries no expression for Prometheus; add charts under services.payments.charts' },
  ])
})

test('one expression that fails leaves the others alone', async () => {
  server = await standIn((asked, response) => {
    if (asked.params.get('query') === 'bad') json(response, { status: 'error', error: 'no' }, 400)
    else matrix(asked, response, [level({}, 1)])
  })
  const alerts = [alertOn('bad > 1'), alertOn('good > 1')]
  const findings = await chartsOfIncident(requestOf({ alerts }), { url: server.url, timeout: 30_000 })
  expect(findings.map(({ ok }) => ok)).toEqual([false, true])
})

test('the chart of an alert is shaded while that alert fired, the others while any did', async () => {
  const stretch = (minutes: number) => ({ from: new Date(startedAt.getTime() + minutes * 60_000), until: null })
  const alerts = [
    { ...alertOn('a > 1'), fired: [stretch(0)] },
    { ...alertOn('b > 1'), fired: [stretch(1)] },
    { ...alertOn('b > 2'), fired: [stretch(2)] },
  ]
  const charts = [{ title: 'Traffic', expr: 'c', unit: null }]
  const findings = await chartsOfIncident(requestOf({ alerts, charts }), await serving([level({}, 1)]))
  expect(findings.map((finding) => [chartIn(finding).source, chartIn(finding).firing])).toEqual([
    ['b', [stretch(1), stretch(2)]],
    ['a', [stretch(0)]],
    ['c', [stretch(0), stretch(1), stretch(2)]],
  ])
})

test('a unit is understood however a person writes it, and the scale is the one asked for', async () => {
  const charts = [{ title: 'Latency', expr: 'x', unit: 's', scale: 'log' as const }]
  const [finding] = await chartsOfIncident(requestOf({ alerts: [], charts }), await serving([level({}, 1)]))
  expect(chartIn(finding)).toMatchObject({ unit: 'seconds', scale: 'log' })
})
