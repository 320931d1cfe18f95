// How long a chart takes in the worker thread, and how long it keeps the main thread from answering; beside the same lines
// drawn by chartjs-node-canvas without any of our additions, in this thread.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { ChartJSNodeCanvas } from 'chartjs-node-canvas'
import type { Chart, Series } from '../../src/charts/chart.ts'
import { atMost, percentile, type Row, type Section } from './figures.ts'

const warmUps = 10
const count = 40
const points = 360

export async function chartsSection(): Promise<Section> {
  const built = new URL('../../dist/src/charts/renderer.js', import.meta.url).href
  const { ChartRenderer } = (await import(built)) as typeof import('../../src/charts/renderer.ts')
  const rows: Row[] = []
  for (const [series, most] of [
    [1, 50],
    [10, 100],
  ] as const) {
    const renderer = new ChartRenderer({ cache: 0 })
    const chart = chartOf(series)
    const begun = performance.now()
    await renderer.render(chart)
    const first = performance.now() - begun
    for (let i = 0; i < warmUps; i++) await renderer.render(chart)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const times: number[] = []
    for (let i = 0; i < count; i++) times.push(await timed(() => renderer.render(chart)))
    delay.disable()
    await renderer.close()
    const bare = await bareTimes(chart)
    const beside = (share: number) => ({
      beside: { what: 'chartjs-node-canvas alone', value: percentile(bare, share) },
    })
    const name = `${series} × ${points} points`
    const p50 = percentile(times, 0.5)
    rows.push(
      { figure: `${name}: p50`, value: p50, unit: 'ms', ...beside(0.5), ...{ target: atMost(p50, most, 'ms') } } as Row,
      { figure: `${name}: p99`, value: percentile(times, 0.99), unit: 'ms', ...beside(0.99) },
      { figure: `${name}: first one, thread included`, value: first, unit: 'ms' },
      gap(name, delay.max / 1e6),
    )
  }
  return {
    title: 'Charts in the worker thread',
    rows,
    notes: ['one after the other; its own picture is higher, with axis, marks and text'],
  }
}

function gap(name: string, value: number): Row {
  const target = atMost(value, 50, 'ms')
  return { figure: `${name}: longest gap in the main thread`, value, unit: 'ms', ...(target && { target }) }
}

async function bareTimes(chart: Chart): Promise<number[]> {
  const canvas = new ChartJSNodeCanvas({ width: 800, height: 400 })
  const configuration = {
    type: 'line' as const,
    data: {
      datasets: chart.series.map(({ name, points: data }) => ({
        label: name,
        data: data.map(([x, y]) => ({ x, y: y ?? Number.NaN })),
        pointRadius: 0,
      })),
    },
    options: { animation: false as const, scales: { x: { type: 'linear' as const } } },
  }
  const draw = async () => canvas.renderToBufferSync(configuration, 'image/png')
  for (let i = 0; i < warmUps; i++) await draw()
  const times: number[] = []
  for (let i = 0; i < count; i++) times.push(await timed(draw))
  return times
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function chartOf(count: number): Chart {
  const until = new Date('2026-11-01T12:00:00Z')
  const from = new Date(until.getTime() - 60 * 60_000)
  const step = (until.getTime() - from.getTime()) / points
  const series = Array.from(
    { length: count },
    (_, s): Series => ({
      name: `instance 10.0.0.${s}`,
      points: Array.from({ length: points }, (_, i) => [
        from.getTime() + i * step,
        0.2 + 0.1 * s + 0.1 * Math.sin(i / 20 + s) + 0.02 * Math.sin(i * 7.3 + s),
      ]),
    }),
  )
  return {
    ...{ title: 'Latency, 99th percentile', subtitle: 'payments, one hour', unit: 'seconds', zone: 'Europe/Berlin' },
    ...{ from, until, series, threshold: { value: 0.5, bad: 'above' } },
    marks: [{ at: new Date(until.getTime() - 20 * 60_000), kind: 'firing', label: 'firing' }],
    source: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  }
}
