import { afterEach, expect, test } from 'vitest'
import type { EvidenceRequest, Finding } from '../../src/evidence/evidence.ts'
import { chartsOfIncident } from '../../src/evidence/incident-charts.ts'
import { json, type Metric, matrix, type StandIn, standIn } from './stand-in.ts'

const startedAt = new Date('2026-11-12T13:02:00Z')

let server: StandIn | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function serving(metrics: Metric[]) {
  server = await standIn((asked, response) => matrix(asked, response, metrics))
  return { url: server.url, timeout: 2000 }
}

function alertOn(expr: string | null, labels: Record<string, string> = {}) {
  const generatorUrl = expr === null ? null : `http://prom:9090/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`
  return { labels: { alertname: 'HighResponseTime', ...labels }, generatorUrl, annotations: {} }
}

function requestOf(changes: Partial<EvidenceRequest> = {}): EvidenceRequest {
  return {
    title: 'p95 is too high',
    service: 'payments',
    zone: 'Europe/Berlin',
    from: new Date(startedAt.getTime() - 3_600_000),
    until: new Date(startedAt.getTime() + 120_000),
    startedAt,
    alerts: [alertOn('x_seconds > 0.5')],
    charts: [],
    marks: [],
    ...changes,
  }
}

const level = (labels: Record<string, string>, value: number): Metric => ({
  metric: labels,
  value: () => String(value),
})

function chartIn(finding: Finding | undefined) {
  if (!finding?.ok) return expect.fail(`expected a chart, not: ${finding?.reason}`)
  return finding.chart
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

test('of more series than are fetched the worst are asked for by themselves', async () => {
  server = await standIn((asked, response) => {
    const narrowed = asked.params.get('query')?.includes('topk(10')
    const metrics = Array.from({ length: narrowed ? 10 : 80 }, (_, index) =>
      level({ pod: `${narrowed ? 'worst' : 'some'}-${index}` }, index),
    )
    matrix(asked, response, metrics)
  })
  const [finding] = await chartsOfIncident(requestOf(), { url: server.url, timeout: 2000 })
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
  const [finding] = await chartsOfIncident(requestOf(), { url: server.url, timeout: 2000 })
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
  const [finding] = await chartsOfIncident(request, { url: server.url, timeout: 2000 })
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
  const [finding] = await chartsOfIncident(request, { url: server.url, timeout: 2000 })
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
  const refused = await chartsOfIncident(requestOf(), { url: server.url, timeout: 2000 })
  expect(refused[0]).toMatchObject({ ok: false, reason: expect.stringContaining('answered 422: query timed out') })

  const unset = await chartsOfIncident(requestOf(), { url: null, timeout: 2000 })
  expect(unset).toMatchObject([{ ok: false, reason: expect.stringContaining('no PROMETHEUS_URL is set') }])

  const wordless = await chartsOfIncident(requestOf({ alerts: [alertOn(null)] }), { url: server.url, timeout: 2000 })
  expect(wordless).toMatchObject([
    { ok: false, reason: 'the alert carries no expression; add charts under services.payments.charts' },
  ])
})

test('one expression that fails leaves the others alone', async () => {
  server = await standIn((asked, response) => {
    if (asked.params.get('query') === 'bad') json(response, { status: 'error', error: 'no' }, 400)
    else matrix(asked, response, [level({}, 1)])
  })
  const alerts = [alertOn('bad > 1'), alertOn('good > 1')]
  const findings = await chartsOfIncident(requestOf({ alerts }), { url: server.url, timeout: 2000 })
  expect(findings.map(({ ok }) => ok)).toEqual([false, true])
})

/** The stand-in's answer to one look a step, and to several. */
async function peaking(inPeaks: Metric[] | number) {
  server = await standIn((asked, response) => {
    if (!/_over_time/.test(asked.params.get('query') ?? '')) return matrix(asked, response, [level({ pod: 'a' }, 2)])
    if (typeof inPeaks === 'number') return json(response, { status: 'error', error: 'no' }, inPeaks)
    matrix(asked, response, inPeaks)
  })
  return { url: server.url, timeout: 2000 }
}

const queries = () =>
  server?.asked
    .filter(({ path }) => path.endsWith('/query_range'))
    .map(({ params }) => params.get('query')?.replaceAll('\n', ''))

test('a rule that watches seconds keeps its short peaks on a chart of an hour', async () => {
  const above = { alerts: [alertOn('rate(e_total[5s]) > 10')] }
  const peak: Metric = { metric: { pod: 'a' }, value: (step) => (step === 100 ? '16.9' : '2') }
  const [high] = await chartsOfIncident(requestOf(above), await peaking([peak]))
  const chart = chartIn(high)
  expect(queries()).toEqual(['max_over_time((rate(e_total[5s]))[16s:3s])'])
  expect(Math.max(...(chart.series[0]?.points ?? []).map(([, value]) => value ?? 0))).toBe(16.9)
  expect(chart.subtitle).toContain(' · highest of each 16 s')
  expect(chart.source).toBe('rate(e_total[5s])')
  await server?.close()

  const below = { alerts: [alertOn('rate(e_total[5s]) < 10')] }
  const [low] = await chartsOfIncident(requestOf(below), await peaking([level({}, 1)]))
  expect(queries()).toEqual(['min_over_time((rate(e_total[5s]))[16s:3s])'])
  expect(chartIn(low).subtitle).toContain(' · lowest of each 16 s')
})

test('the last point of short peaks is no better than what is now: that is what the alert was raised for', async () => {
  for (const [expr, now, shown] of [
    ['rate(e_total[5s]) > 10', '40', 40],
    ['rate(e_total[5s]) > 10', '1', 2],
    ['rate(e_total[5s]) < 1', '0.5', 0.5],
  ] as const) {
    server = await standIn((asked, response) => {
      if (asked.path.endsWith('/query_range')) return matrix(asked, response, [level({ pod: 'a' }, 2)])
      const result = [{ metric: { pod: 'a' }, value: [Number(asked.params.get('time')), now] }]
      json(response, { status: 'success', data: { resultType: 'vector', result } })
    })
    const [finding] = await chartsOfIncident(requestOf({ alerts: [alertOn(expr)] }), { url: server.url, timeout: 2000 })
    expect(chartIn(finding).series[0]?.points.at(-1)?.[1]).toBe(shown)
    expect(chartIn(finding).series[0]?.points.at(-2)?.[1]).toBe(2)
    await server.close()
  }
})

test('more looks are not taken where they gain nothing or cost much', async () => {
  const at = (minutes: number) => ({ from: new Date(startedAt.getTime() - minutes * 60_000), until: startedAt })
  const asked = async (expr: string, window: Partial<EvidenceRequest> = {}) => {
    await chartsOfIncident(requestOf({ alerts: [alertOn(expr)], ...window }), await peaking([level({}, 1)]))
    const [query] = queries() ?? []
    await server?.close()
    return query
  }
  // No range, a long one beside a short one, a subquery, no threshold; a short window and a very long one.
  expect(await asked('x_seconds > 1')).toBe('x_seconds')
  expect(await asked('rate(a[5s]) / rate(b[5m]) > 1')).toBe('rate(a[5s]) / rate(b[5m])')
  expect(await asked('max_over_time(rate(a[5s])[1m:5s]) > 1')).toBe('max_over_time(rate(a[5s])[1m:5s])')
  expect(await asked('rate(a[5s])')).toBe('rate(a[5s])')
  expect(await asked('rate(a[5s]) > 1', at(60))).toBe('rate(a[5s])')
  expect(await asked('rate(a[5s]) > 1', at(6 * 60))).toBe('rate(a[5s])')
})

test.each([400, 422, 503])(
  'a Prometheus that answers %d to the question for peaks is asked plainly',
  async (status) => {
    const alerts = [alertOn('rate(e_total[5s]) > 10')]
    const [finding] = await chartsOfIncident(requestOf({ alerts }), await peaking(status))
    expect(chartIn(finding).series[0]?.points[0]?.[1]).toBe(2)
    expect(chartIn(finding).subtitle).not.toContain('highest')
    expect(queries()?.at(-1)).toBe('rate(e_total[5s])')
  },
)

test('an empty answer to the question for peaks is asked again plainly', async () => {
  const alerts = [alertOn('rate(e_total[5s]) > 10')]
  const [finding] = await chartsOfIncident(requestOf({ alerts }), await peaking([]))
  expect(chartIn(finding).series).toHaveLength(1)
})

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
  return { url: server.url, timeout: 2000 }
}

const compared = { alerts: [alertOn('x_seconds > 0.5')], baseline: 'week' as const }
const endsAsked = () => server?.asked.map(({ params }) => Number(params.get('end')) * 1000) ?? []

test('the worst line is compared with the same hours of last week, moved into the window', async () => {
  const [finding] = await chartsOfIncident(requestOf(compared), await remembering({ 7: 5 }))
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
  const [yesterday] = await chartsOfIncident(requestOf(compared), await remembering({ 1: 3 }))
  expect(chartIn(yesterday).baseline).toMatchObject({ name: 'yesterday' })
  await server?.close()
  const [none] = await chartsOfIncident(requestOf(compared), await remembering({}))
  expect(chartIn(none).baseline).toBeNull()
  await server?.close()
  const [day] = await chartsOfIncident(requestOf({ ...compared, baseline: 'day' }), await remembering({ 1: 3, 7: 5 }))
  expect(chartIn(day).baseline).toMatchObject({ name: 'yesterday' })
  await server?.close()
  await chartsOfIncident(requestOf({ ...compared, baseline: 'none' }), await remembering({ 1: 3, 7: 5 }))
  expect(endsAsked()).toHaveLength(1)
})

test('last week is not waited for: a chart without it is there at once', async () => {
  const begun = performance.now()
  const [finding] = await chartsOfIncident(requestOf(compared), await remembering({ 7: 5 }, { 7: 5000 }))
  expect(performance.now() - begun).toBeLessThan(1500)
  expect(chartIn(finding)).toMatchObject({ baseline: null, series: [{ points: expect.anything() }] })
})

test('only the line that is compared with itself gets a last week, of many the worst', async () => {
  const pods = [level({ pod: 'a' }, 9), level({ pod: 'b' }, 1)]
  const [finding] = await chartsOfIncident(requestOf(compared), await serving(pods))
  expect(chartIn(finding).baseline?.points[0]?.[1]).toBe(9)
  await server?.close()
  server = await standIn((asked, response) => {
    const past = Number(asked.params.get('end')) * 1000 < startedAt.getTime() - week / 2
    matrix(asked, response, past ? [level({ pod: 'c' }, 4), level({ pod: 'd' }, 4)] : pods)
  })
  const [other] = await chartsOfIncident(requestOf(compared), { url: server.url, timeout: 2000 })
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
