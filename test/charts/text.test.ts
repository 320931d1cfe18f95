import { describe, expect, test } from 'vitest'
import type { Point } from '../../src/charts/chart.ts'
import { withGaps } from '../../src/charts/gaps.ts'
import { sparkline } from '../../src/charts/sparkline.ts'
import { chartText } from '../../src/charts/text.ts'
import { trendOf } from '../../src/charts/trend.ts'
import { chartOf, hourOf, start } from './pictures.ts'
import { samples } from './samples.ts'

describe('a chart in words', () => {
  test('says the numbers, when the threshold was crossed, last week, the moments and the others', () => {
    const points = hourOf((at) => (at < 40 ? 0.2 : 0.9))
    const text = chartText(
      chartOf({
        series: [
          { name: 'p95', points },
          { name: 'p50', points: hourOf(() => 0.1) },
        ],
        threshold: { value: 0.5, bad: 'above' },
        baseline: { name: 'last week', points: hourOf(() => 0.21) },
        marks: [{ at: new Date(start + 42 * 60_000), kind: 'firing', label: 'firing' }],
      }),
    )
    expect(text.split('\n')).toEqual([
      'HighResponseTime, payments (times in Europe/Berlin).',
      'p95: first 200 ms, last 900 ms, min 200 ms at 13:00, max 900 ms at 13:40; rising.',
      'Above the threshold 500 ms since 13:40.',
      'Last week: 210 ms at the end.',
      'Marks: firing 13:42.',
      'Others: p50 100 ms.',
      '▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁████████',
    ])
  })

  test('says how long and how often the threshold was crossed when that is over', () => {
    const points = hourOf((at) => (at % 20 >= 10 && at < 50 ? 0.9 : 0.2))
    const text = chartText(chartOf({ series: [{ name: 'p95', points }], threshold: { value: 0.5, bad: 'above' } }))
    expect(text).toContain('Above the threshold 500 ms from 13:30 until 13:40 (10 min); 2 times in all.')
    expect(text).toContain('; up and down.')
  })

  test('of `up == 0` says that it is at its threshold, and of what never was there that it never was', () => {
    const down = chartOf({ unit: null, threshold: { value: 0, bad: 'below' } })
    const text = (value: (at: number) => number) =>
      chartText({ ...down, series: [{ name: 'up', points: hourOf(value) }] })
    expect(text((at) => (at < 30 ? 1 : 0))).toContain('At the threshold 0 since 13:30.')
    expect(text(() => 1)).toContain('up: 1 all the time.\nNever reached the threshold 0.')
  })

  test('says when a line ended, and that there is no data', () => {
    const points = hourOf((at) => (at < 30 ? 1 : null))
    expect(chartText(chartOf({ series: [{ name: 'up', points }] }))).toContain('(no data since 13:29)')
    expect(chartText(chartOf({ series: [], threshold: { value: 2, bad: 'above' } }))).toContain(
      'No data; the threshold is 2 s.',
    )
  })

  test.each(samples)('fits where it goes and is never empty: %s', (_, chart) => {
    for (const most of [1000, 300]) {
      const text = chartText(chart, most)
      expect(text.length).toBeLessThanOrEqual(most)
      expect(text).toMatch(/all the time|first|No data/)
      expect(text).not.toMatch(/NaN|Infinity|undefined|null|\p{Cc}(?<!\n)/u)
    }
  })
})

test('a sparkline has the height of the highest in each part, and a space for a gap', () => {
  const window = { from: new Date(0), until: new Date(80) }
  const points: Point[] = [0, 1, 2, 3, 4, 5, 6, 7].map((value) => [value * 10 + 5, value])
  expect(sparkline(points, window, 8)).toBe('▁▂▃▄▅▆▇█')
  expect(
    sparkline(
      points.filter(([, value]) => value !== 3),
      window,
      8,
    ),
  ).toBe('▁▂▃ ▅▆▇█')
  expect(
    sparkline(
      [
        [5, 1.7e308],
        [75, -1.7e308],
      ],
      window,
      8,
    ),
  ).toBe('█      ▁')
  expect(sparkline([], window)).toBe('')
})

test.each([
  ['rising', [1, 1, 1, 1, 5, 9, 9, 9]],
  ['rising', [...Array.from({ length: 230 }, () => 1), 3, 6, 9, 9]],
  ['falling', [9, 9, 9, 5, 1, 1, 1, 1]],
  ['falling', [99.97, 99.97, 99.97, 99.97, 99.82, 99.82, 99.82, 99.82]],
  ['level', [100, 102, 99, 101, 98, 103, 100, 101]],
  ['level', [0, 0, 0]],
  ['peaked', [1, 1, 1, 9, 9, 1, 1, 1]],
  ['dipped', [9, 9, 9, 1, 1, 9, 9, 9]],
  ['wavering', [1, 9, 1, 9, 1, 9, 1, 9]],
  ['rising', [-1.7e308, 0, 1.7e308]],
  ['level', [7]],
])('a line is %s: %j', (trend, values) => {
  expect(trendOf(values)).toBe(trend)
})

describe('a gap', () => {
  const grid = (value: (index: number) => number | null): Point[] =>
    Array.from({ length: 100 }, (_, index) => [index, value(index)])
  const gaps = (points: Point[]) => withGaps(points).filter(([, value]) => value === null).length

  test('is where nothing was measured', () => {
    expect(gaps(grid((index) => (index === 40 ? null : 1)))).toBe(1)
    expect(gaps(grid((index) => (index > 40 && index < 60 ? null : 1)))).toBe(1)
    expect(gaps(grid((index) => (index < 90 ? Number.NaN : 1)))).toBe(0)
  })
  test('is not between measurements that are rarer than the grid', () => {
    expect(gaps(grid((index) => (index % 4 === 0 ? 1 : null)))).toBe(0)
    expect(gaps(grid((index) => (index % 4 === 0 && (index < 40 || index > 60) ? 1 : null)))).toBe(1)
  })
  test('is at the end of what ended', () => {
    expect(withGaps(grid((index) => (index < 90 ? 1 : null))).at(-1)).toEqual([99, null])
    expect(withGaps(grid((index) => (index === 90 ? 1 : null)))).toEqual([
      [90, 1],
      [99, null],
    ])
  })
})

test('what rose with the newest point alone is rising, and did not come back', () => {
  const flat = Array.from({ length: 230 }, () => 0.4)
  expect(trendOf([...flat, 30])).toBe('rising')
  expect(trendOf([...flat, 30, 0.4])).toBe('peaked')
  expect(trendOf([...flat.map(() => 30), 0.4])).toBe('falling')
})
