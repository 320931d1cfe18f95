// Sample charts of what lines are held to: bands in both directions, near and far, and limits that move.
import type { Chart, Point, Series } from '../../src/charts/chart.ts'
import type { Bands } from '../../src/core/bands.ts'
import { chartOf, start } from './pictures.ts'

const minute = 60_000

const latency: Bands = { bad: 'above', target: 0.1, acceptable: 0.5, critical: 1 }
const accuracy: Bands = { bad: 'below', target: 0.95, acceptable: 0.8, critical: 0.7 }

function line(name: string, shape: (share: number) => number): Series {
  const points = Array.from({ length: 241 }, (_, index): Point => {
    const share = index / 240
    return [start + share * 60 * minute, shape(share) * (1 + 0.04 * Math.sin(index * 1.7) * Math.cos(index * 0.9))]
  })
  return { name, points }
}

const climb =
  (low: number, high: number, at = 0.75) =>
  (share: number) =>
    low + (high - low) * Math.min(1, Math.max(0, (share - at) / 0.1))

const source = 'histogram_quantile(0.95, sum by (le) (rate(inference_duration_seconds_bucket[5m])))'
const firing = [{ at: new Date(start + 50 * minute), kind: 'firing' as const, label: 'firing' }]
const slow: Partial<Chart> = { title: 'Inference p95', subtitle: 'causal-inference', source, bands: latency }
const disk: Partial<Chart> = { title: 'Queue is fuller than allowed', unit: 'bytes', subtitle: 'queue' }

export const held: [string, Chart][] = [
  ['bands, critical', chartOf({ ...slow, series: [line('p95', climb(0.08, 1.3))], marks: firing })],
  ['bands, acceptable', chartOf({ ...slow, series: [line('p95', climb(0.06, 0.3, 0.4))] })],
  ['bands, all is well', chartOf({ ...slow, series: [line('p95', () => 0.05)] })],
  ['bands, far away', chartOf({ ...slow, series: [line('p95', () => 0.002)] })],
  ['bands, far beyond', chartOf({ ...slow, series: [line('p95', climb(0.2, 30))] })],
  [
    'bands and a threshold',
    chartOf({
      ...slow,
      series: [line('eu', climb(0.08, 1.3)), line('us', climb(0.2, 0.4))],
      threshold: { value: 0.5, bad: 'above' },
      baseline: { ...line('last week', () => 0.09) },
      firing: [{ from: new Date(start + 50 * minute), until: null }],
      marks: firing,
    }),
  ],
  [
    'low is bad',
    chartOf({
      ...{ title: 'Inference accuracy', unit: 'ratio', bands: accuracy, source: 'causal_inference_accuracy_ratio' },
      series: [line('accuracy', climb(0.96, 0.66, 0.5))].map(({ name, points }) => ({
        name,
        points: points.map(([at, value]): Point => [at, value === null ? null : Math.min(1, value)]),
      })),
    }),
  ],
  [
    'low is bad, all is well',
    chartOf({
      ...{ title: 'Inference accuracy', unit: 'ratio', bands: accuracy },
      series: [
        {
          name: 'accuracy',
          points: line('', () => 0).points.map(([at], index): Point => [at, 0.972 + 0.002 * Math.sin(index)]),
        },
      ],
    }),
  ],
  [
    'two bands',
    chartOf({
      ...{ title: 'Memory', unit: 'percent', bands: { bad: 'above', target: 70, acceptable: null, critical: 90 } },
      series: [line('node-1', climb(55, 95)), line('node-2', () => 48), line('node-3', () => 61)],
    }),
  ],
  ['bands, log', chartOf({ ...slow, scale: 'log', series: [line('p95', climb(0.03, 8))] })],
  [
    'a limit that moves',
    chartOf({
      ...disk,
      series: [line('q-1', (share) => 4e9 + 4e9 * share), line('q-2', () => 3e9)],
      limit: { series: { name: 'limit', points: line('', climb(8e9, 6e9, 0.5)).points }, bad: 'above' },
      marks: firing,
    }),
  ],
  [
    'a limit far above',
    chartOf({
      ...disk,
      series: [line('q-1', (share) => 4e8 + 1e8 * share)],
      limit: { series: line('limit', () => 6e10), bad: 'above' },
    }),
  ],
]
