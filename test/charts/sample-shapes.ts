// What sample charts are made of: lines that climb, flicker or come back, with the same noise each time.
import type { Chart, ChartMark, Point, Series } from '../../src/charts/chart.ts'
import { start } from './pictures.ts'

export const minute = 60_000
export const hour = 60 * minute

/** The same noise each time. */
function noise(seed: number) {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

export type Shape = (share: number, index: number) => number | null

export function pointsOf(shape: Shape, span = 70 * minute, count = 240, from = start): Point[] {
  return Array.from({ length: count + 1 }, (_, index) => [from + (index / count) * span, shape(index / count, index)])
}

export const jitter = (seed: number, base: number, by: number): Shape => {
  const next = noise(seed)
  return () => base + (next() - 0.5) * by
}

/** Calm, then a climb from `at` on that stays high. */
export function climbing(seed: number, low: number, high: number, at = 0.85): Shape {
  const next = noise(seed)
  return (share) => {
    const up = Math.min(1, Math.max(0, (share - at) / 0.08))
    return (low + (high - low) * up) * (1 + (next() - 0.5) * 0.12)
  }
}

/** Calm, high between two moments, calm again. */
export function episode(seed: number, low: number, high: number, [from, until]: [number, number] = [0.4, 0.7]): Shape {
  const next = noise(seed)
  return (share) => {
    const up = Math.min(1, Math.max(0, (share - from) / 0.05)) * Math.min(1, Math.max(0, (until - share) / 0.05))
    return (low + (high - low) * up) * (1 + (next() - 0.5) * 0.15)
  }
}

export const one = (name: string, shape: Shape): Series[] => [{ name, points: pointsOf(shape) }]

export function base(changes: Partial<Chart>): Chart {
  return {
    title: 'HighResponseTime',
    subtitle: 'payments · 12 Nov 13:00 – 14:10',
    unit: 'seconds',
    zone: 'Europe/Berlin',
    from: new Date(start),
    until: new Date(start + 70 * minute),
    series: [],
    threshold: null,
    marks: [],
    ...changes,
  }
}

export const at = (minutes: number) => new Date(start + minutes * minute)
export const firing = (minutes: number): ChartMark => ({ at: at(minutes), kind: 'firing', label: 'firing' })
export const pods = (count: number, shape: (index: number) => Shape): Series[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `payments-7d9f8c-${(index * 7919 + 31_337).toString(36)}`,
    points: pointsOf(shape(index)),
  }))

export const night: Partial<Chart> = {
  threshold: { value: 0.5, bad: 'above' },
  marks: [firing(62)],
  firing: [{ from: at(62), until: null }],
}
export const week = (shape: Shape): Series => ({ name: 'last week', points: pointsOf(shape) })
export const quantile =
  'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="payments",code!~"5.."}[5m])))'
