// What lines are held to, in words and in colours.
import { afterAll, describe, expect, test } from 'vitest'
import { valueAxis } from '../../src/charts/axis.ts'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { chartSummary } from '../../src/charts/summary.ts'
import { chartText } from '../../src/charts/text.ts'
import type { Bands } from '../../src/core/bands.ts'
import { chartOf, countOf, hourOf, pixelsOf } from './pictures.ts'

const latency: Bands = { bad: 'above', target: 0.1, acceptable: 0.5, critical: 1 }
const accuracy: Bands = { bad: 'below', target: 0.95, acceptable: 0.8, critical: 0.7 }

describe('bands', () => {
  test('are said with the one it is in, and since when', () => {
    const series = [{ name: 'p95', points: hourOf((at) => (at < 12 ? 0.08 : 1.4)) }]
    expect(chartText(chartOf({ series, bands: latency }))).toContain(
      'In the critical band since 13:12 (target ≤ 100 ms, acceptable ≤ 500 ms, critical > 1 s).',
    )
    expect(chartSummary(chartOf({ series, bands: latency }))).toMatch(/; critical$/)
  })

  test('in which low is bad are said so', () => {
    const series = [{ name: 'accuracy', points: hourOf(() => 0.97) }]
    const chart = chartOf({ series, unit: 'ratio', bands: accuracy })
    expect(chartText(chart)).toContain(
      'In the target band all the time (target ≥ 95 %, acceptable ≥ 80 %, critical < 70 %).',
    )
    expect(chartSummary(chart)).toMatch(/; within its target$/)
  })

  test('that are near are on the axis, those that are far do not press the line flat', () => {
    const axis = (value: number) =>
      valueAxis(chartOf({ bands: latency, series: [{ name: 'x', points: hourOf(() => value) }] })).max
    expect(axis(0.45)).toBeGreaterThanOrEqual(1)
    expect(axis(0.05)).toBeLessThan(0.2)
    expect(axis(0.002)).toBeLessThan(0.01)
  })
})

describe('a limit that moves', () => {
  const chart = chartOf({
    series: [{ name: 'used', points: hourOf((at) => 0.4 + at / 100) }],
    limit: { series: { name: 'limit', points: hourOf(() => 0.8) }, bad: 'above' },
  })

  test('is said with when it was crossed', () => {
    expect(chartText(chart)).toContain('Above its limit (now 800 ms) since 13:41.')
    expect(chartSummary(chart)).toContain('; limit 800 ms')
    const low = chartOf({ ...chart, limit: chart.limit && { ...chart.limit, bad: 'below' } })
    expect(chartText(low)).toContain('Below its limit (now 800 ms) until 13:40 (40 min).')
  })

  test('has room on the axis unless it is far above', () => {
    expect(valueAxis(chart).max).toBeGreaterThan(1)
    const far = { series: { name: 'limit', points: hourOf(() => 90) }, bad: 'above' as const }
    expect(valueAxis({ ...chart, limit: far }).max).toBeLessThan(2)
  })
})

describe('on the picture', () => {
  const renderer = new ChartRenderer()
  afterAll(() => renderer.close())

  test('each zone has its colour, the line lies on top, and a limit has the colour of thresholds', async () => {
    const series = [{ name: 'p95', points: hourOf((at) => at / 40) }]
    const plain = await pixelsOf(await renderer.render(chartOf({ series })))
    const drawn = await pixelsOf(await renderer.render(chartOf({ series, bands: latency })))
    // The reds and the yellow of the two bad zones on white.
    for (const colour of ['#f2d7de', '#faeed0']) {
      expect(countOf(plain, colour)).toBeLessThan(1000)
      expect(countOf(drawn, colour)).toBeGreaterThan(50_000)
    }
    expect(countOf(drawn, '#0064a8')).toBeGreaterThan(countOf(plain, '#0064a8') * 0.6)
    const limit = { series: { name: 'limit', points: hourOf(() => 0.7) }, bad: 'above' as const }
    const limited = await pixelsOf(await renderer.render(chartOf({ series, limit })))
    expect(countOf(limited, '#b3123f')).toBeGreaterThan(1500)
    expect(countOf(plain, '#b3123f')).toBe(0)
  })
})
