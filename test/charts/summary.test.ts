import { expect, test } from 'vitest'
import { chartSummary } from '../../src/charts/summary.ts'
import { chartOf, hourOf, start } from './pictures.ts'

test('the line says now, then, the peak and the threshold', () => {
  const points = hourOf((at) => (at === 0 ? 0.23 : at === 55 ? 1.2 : at === 60 ? 0.812 : 0.3))
  const chart = chartOf({ series: [{ name: 'p95', points }], threshold: { value: 0.5, bad: 'above' } })
  expect(chartSummary(chart)).toBe('now 812 ms, was 230 ms an hour ago; peak 1.2 s at 13:55; threshold 500 ms')
})

test('where low is bad, the lowest value is told', () => {
  const points = hourOf((at) => (at === 30 ? 99.1 : 99.95))
  const chart = chartOf({ unit: 'percent', series: [{ name: 'a', points }], threshold: { value: 99.9, bad: 'below' } })
  expect(chartSummary(chart)).toBe('now 99.95 %, was 99.95 % an hour ago; low 99.1 % at 13:30; threshold 99.9 %')
})

test('with several series it names the worst one and counts the others', () => {
  const series = ['pod-a', 'pod-b', 'pod-c'].map((name) => ({ name, points: hourOf(() => 5) }))
  expect(chartSummary(chartOf({ unit: null, series }))).toBe('pod-a: now 5, was 5 an hour ago; 2 other series')
})

test('a series that stopped says since when, and one without a value says no data', () => {
  const stopped = hourOf((at) => (at <= 40 ? 1 : null))
  expect(chartSummary(chartOf({ unit: null, series: [{ name: 'up', points: stopped }] }))).toBe(
    'no data since 13:40, last 1, was 1 40 min ago',
  )
  expect(chartSummary(chartOf({ series: [] }))).toBe('no data')
})

test('of a whole incident it says before, during and after', () => {
  const at = (minute: number) => new Date(start + minute * 60_000)
  const points = hourOf((minute) =>
    minute >= 20 && minute <= 40 ? (minute === 30 ? 1.2 : 0.9) : minute < 20 ? 0.21 : 0.22,
  )
  const whole = chartOf({
    series: [{ name: 'p95', points }],
    threshold: { value: 0.5, bad: 'above' },
    incident: { from: at(20), until: at(40) },
  })
  expect(chartSummary(whole)).toBe('before 210 ms, during 20 min up to 1.2 s at 13:30, after 220 ms; threshold 500 ms')
  const unfinished = { ...whole, incident: { from: at(20), until: at(60) } }
  expect(chartSummary(unfinished)).toBe(
    'before 210 ms, during 40 min up to 1.2 s at 13:30, at the end 220 ms; threshold 500 ms',
  )
  const justNow = { ...whole, incident: { from: at(20), until: at(59) } }
  expect(chartSummary(justNow)).toContain(', at the end 220 ms;')
})

test('of a window that is over nothing is said to be now', () => {
  const chart = chartOf({ unit: null, series: [{ name: 'up', points: hourOf((at) => (at === 0 ? 3 : 2)) }] })
  const later = new Date(chart.until.getTime() + 3 * 3_600_000)
  expect(chartSummary(chart, later)).toBe('at the end 2, was 3 an hour earlier; peak 3 at 13:00')
  expect(chartSummary(chart, chart.until)).toBe('now 2, was 3 an hour ago; peak 3 at 13:00')
})
