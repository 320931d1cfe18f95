// Peaks that are shorter than the step of a chart: what an alert saw is on it.
import { afterEach, expect, test } from 'vitest'
import type { EvidenceRequest } from '../../src/evidence/evidence.ts'
import { chartsOfIncident } from '../../src/evidence/incident-charts.ts'
import { alertOn, chartIn, level, requestOf, startedAt } from './charted.ts'
import { json, type Metric, matrix, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

/** The stand-in's answer to one look a step, and to several. */
async function peaking(inPeaks: Metric[] | number) {
  server = await standIn((asked, response) => {
    if (!/_over_time/.test(asked.params.get('query') ?? '')) return matrix(asked, response, [level({ pod: 'a' }, 2)])
    if (typeof inPeaks === 'number') return json(response, { status: 'error', error: 'no' }, inPeaks)
    matrix(asked, response, inPeaks)
  })
  return { url: server.url, timeout: 30_000 }
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
    const [finding] = await chartsOfIncident(requestOf({ alerts: [alertOn(expr)] }), {
      url: server.url,
      timeout: 30_000,
    })
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
