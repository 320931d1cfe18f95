// Every preset against a real Prometheus that scrapes what the five exporters serve, drawn; and what is wrong, in its words.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, type TestContext } from 'vitest'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { chartText } from '../../src/charts/text.ts'
import { drawAskedCharts } from '../../src/evidence/asked-charts.ts'
import { readChartWords } from '../../src/evidence/chart-words.ts'
import { exporters } from '../../src/presets/index.ts'
import { it } from '../beside.ts'
import { atBest } from '../busy.ts'
import { freePort } from '../port.ts'
import { exporterSamples, metricsText } from './exporter-metrics.ts'
import { needs } from './program.ts'
import { folder, run } from './running.ts'

const began = Date.now()
const exporter = createServer((request, response) => {
  response.end(metricsText((request.url ?? '').slice(1), (Date.now() - began) / 1000))
})
const renderer = new ChartRenderer()

beforeAll(() => new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve)))
afterAll(async () => {
  exporter.close()
  await renderer.close()
})

type Draw = (words: string, labels?: Record<string, string>) => ReturnType<typeof drawAskedCharts>

/** Asks a Prometheus that has looked at all exporters for long enough to tell rates. */
async function start(context: TestContext): Promise<Draw> {
  const prometheus = needs(context, 'prometheus')
  const { port: served } = exporter.address() as AddressInfo
  const [port, data] = [await freePort(), folder()]
  const jobs = Object.keys(exporterSamples).map(
    (name) =>
      `  - { job_name: ${name}, metrics_path: /${name}, static_configs: [{ targets: ["127.0.0.1:${served}"] }], relabel_configs: [{ target_label: instance, replacement: "${name}-1:9100" }] }`,
  )
  writeFileSync(join(data, 'prometheus.yml'), `global: { scrape_interval: 1s }\nscrape_configs:\n${jobs.join('\n')}\n`)
  const url = `http://127.0.0.1:${port}`
  const files = [`--config.file=${join(data, 'prometheus.yml')}`, `--storage.tsdb.path=${join(data, 'tsdb')}`]
  await run(prometheus, [...files, `--web.listen-address=127.0.0.1:${port}`], `${url}/-/ready`)
  const draw: Draw = (words, labels = {}) => drawnBy(url, words, labels)
  const rates = ['redis commands', 'node cpu', 'container cpu', 'postgres transactions', 'blackbox duration']
  const told = async () => (await Promise.all(rates.map((words) => draw(words)))).every(([found]) => found?.ok)
  await context.expect.poll(told, { timeout: 20_000, interval: 500 }).toBe(true)
  return draw
}

function drawnBy(url: string, words: string, labels: Record<string, string>) {
  const now = new Date()
  const usual = { from: new Date(now.getTime() - 60_000), until: now }
  const asked = readChartWords(words, { now, zone: 'UTC', usual, labels })
  const where = { service: '', zone: 'UTC', baseline: 'none' as const, startedAt: null, marks: [], alerts: [] }
  return drawAskedCharts(asked, where, { url, timeout: 30_000 })
}

const every = exporters.flatMap(({ name, presets }) =>
  presets.map((preset) => ({ exporter: name, preset: preset.name })),
)

it('every preset has something to show, and nothing of an instance that nobody has', async (context) => {
  const draw = await start(context)
  const { expect } = context
  const silent: string[] = []
  for (const { exporter: name, preset } of every) {
    for (const instance of ['', ` instance=${name}-1:9100`]) {
      const [found] = await draw(`${name} ${preset}${instance}`)
      if (!found?.ok) silent.push(`${name} ${preset}${instance}: ${found?.reason}`)
      else if (chartText(found.chart).includes('No data')) silent.push(`${name} ${preset}: no values`)
    }
    const [other] = await draw(`${name} ${preset} instance=nobody`)
    if (other?.ok !== false) silent.push(`${name} ${preset} has something of nobody`)
  }
  expect(silent).toEqual([])
})

it('limits, other ports, slips of the pen and refusals are told with what Prometheus knows', async (context) => {
  const draw = await start(context)
  const { expect } = context
  for (const words of ['container memory', 'redis memory']) {
    // A limit is waited for only a moment.
    const [found] = await atBest(
      () => draw(words),
      ([one]) => !one?.ok || one.chart.limit !== null,
    )
    if (!found?.ok) return expect.fail(found?.reason)
    expect(found.chart.limit?.series.points.length).toBeGreaterThan(0)
    expect((await renderer.render(found.chart)).byteLength).toBeGreaterThan(5_000)
  }
  const first = async (words: string, labels = {}) => (await draw(words, labels))[0]
  expect(await first('node cpu', { instance: 'node-1:8080' })).toMatchObject({
    chart: { subtitle: expect.stringContaining('the same machine') },
  })
  const told: [words: string, told: string][] = [
    ['nod_load1', 'did you mean node_load1?'],
    ['redis_up{job="rediss"}', 'did you mean job="redis"?'],
    ['redis memory instance=redis-2:9100', 'did you mean instance="redis-1:9100"?'],
    ['rate(node_load1[0s])', 'duration must be greater than 0'],
    ['rate(node_load1)', 'expected type range vector'],
  ]
  for (const [words, reason] of told)
    expect(await first(words)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) })
})
