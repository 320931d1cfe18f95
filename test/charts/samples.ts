// Charts of every kind we could think of, for the contact sheet and for those who want to know that none is refused.
import type { Chart, ChartMark } from '../../src/charts/chart.ts'
import { held } from './held-samples.ts'
import { hostile } from './hostile-samples.ts'
import { start } from './pictures.ts'
import {
  at,
  base,
  climbing,
  episode,
  firing,
  hour,
  jitter,
  minute,
  night,
  one,
  pods,
  pointsOf,
  quantile,
  type Shape,
  week,
} from './sample-shapes.ts'

const usual: [string, Chart][] = [
  [
    'latency with baseline',
    base({
      ...night,
      series: one('p95', climbing(1, 0.23, 1.1)),
      baseline: week(climbing(2, 0.2, 0.21)),
      source: quantile,
    }),
  ],
  [
    'error ratio',
    base({
      title: 'TooManyErrors',
      unit: 'ratio',
      ...night,
      threshold: { value: 0.05, bad: 'above' },
      series: one('errors', climbing(3, 0.004, 0.31)),
    }),
  ],
  [
    'percent near the whole',
    base({
      title: 'Availability below objective',
      unit: 'percent',
      ...night,
      threshold: { value: 99.9, bad: 'below' },
      series: one('availability', climbing(4, 99.97, 99.97)).map(({ name }) => ({
        name,
        points: pointsOf((share) => (share > 0.85 ? 99.82 : 99.97)),
      })),
    }),
  ],
  [
    'bytes',
    base({
      title: 'Memory near its limit',
      unit: 'bytes',
      threshold: { value: 3.75 * 2 ** 30, bad: 'above' },
      series: one('container_memory_working_set_bytes', (share) => (1.2 + 2.7 * share) * 2 ** 30),
      marks: [firing(64)],
    }),
  ],
  [
    'bytes per second',
    base({
      title: 'Network',
      unit: 'bytes per second',
      series: one('eth0', jitter(5, 48e6, 9e6)),
      baseline: week(jitter(6, 31e6, 6e6)),
    }),
  ],
  [
    'requests per second dropped',
    base({
      title: 'Traffic is gone',
      unit: 'per second',
      ...night,
      threshold: { value: 20, bad: 'below' },
      series: one('requests', climbing(7, 210, 3)),
      baseline: week(jitter(8, 230, 30)),
    }),
  ],
  ['six pods', base({ ...night, series: pods(6, (index) => climbing(10 + index, 0.2 + index / 40, 1.2 - index / 6)) })],
  [
    'forty pods',
    base({
      ...night,
      subtitle: 'payments · 12 Nov 13:00 – 14:10',
      series: pods(40, (index) =>
        climbing(50 + index, 0.2 + index / 400, index < 4 ? 1.4 - index / 8 : 0.25 + index / 200),
      ),
    }),
  ],
  [
    'fifty levels',
    base({ title: 'Queue length', unit: null, series: pods(50, (index) => jitter(90 + index, 100 - index * 2, 4)) }),
  ],
  [
    'two series',
    base({
      title: 'CPU by mode',
      unit: 'ratio',
      series: [...one('user', climbing(11, 0.2, 0.7)), ...one('system', jitter(12, 0.1, 0.04))],
    }),
  ],
  [
    'up',
    base({
      title: 'TargetDown',
      unit: null,
      threshold: { value: 0, bad: 'below' },
      series: one('up', (share) => (share > 0.85 ? 0 : 1)),
      marks: [firing(60)],
      firing: [{ from: at(60), until: null }],
    }),
  ],
  [
    'flapped',
    base({
      title: 'Flapping',
      ...night,
      firing: [
        [20, 24],
        [31, 36],
        [45, 46],
        [60, 70],
      ].map(([from = 0, until = 0]) => ({ from: at(from), until: at(until) })),
      marks: [firing(20)],
      series: one('p95', (share) => 0.3 + 0.4 * Math.max(0, Math.sin(share * 30))),
    }),
  ],
  [
    'gaps',
    base({
      ...night,
      series: one('p95', (share) => ((share > 0.3 && share < 0.42) || share > 0.93 ? null : 0.3 + share / 3)),
    }),
  ],
  [
    'measured every fourth step',
    base({ series: one('recording', (share, index) => (index % 4 === 0 ? 0.3 + share / 5 : null)) }),
  ],
  ['lone points', base({ series: one('batch', (_, index) => (index % 40 === 7 ? 0.2 + index / 500 : null)) })],
  ['one point', base({ series: one('just started', (_, index) => (index === 238 ? 0.4 : null)) })],
  ['no data', base({})],
  [
    'threshold far above',
    base({ ...night, threshold: { value: 30, bad: 'above' }, series: one('p95', jitter(13, 0.2, 0.1)) }),
  ],
  [
    'log scale',
    base({
      title: 'Queue depth, log scale',
      unit: null,
      scale: 'log',
      threshold: { value: 5000, bad: 'above' },
      series: one('queue', (share) => 10 ** (share * 5)),
    }),
  ],
  [
    'log scale with zeros',
    base({
      title: 'Errors, log scale',
      unit: 'per second',
      scale: 'log',
      series: one('errors', (share) => (share < 0.4 ? 0 : 10 ** (share * 4 - 3))),
    }),
  ],
  [
    'log scale of a narrow range',
    base({ title: 'p99, log scale', scale: 'log', series: one('p99', climbing(14, 0.2, 1.6)) }),
  ],
]

const many: ChartMark[] = [
  firing(41),
  { at: at(42), kind: 'opened', label: 'opened' },
  { at: at(44), kind: 'acknowledged', label: 'acknowledged' },
  { at: at(63), kind: 'resolved', label: 'resolved' },
]
const deployed = (minutes: number, label: string): ChartMark => ({ at: at(minutes), kind: 'deployment', label })

const moments: [string, Chart][] = [
  [
    'every mark',
    base({
      ...night,
      series: one('p95', episode(20, 0.2, 1, [0.58, 0.85])),
      marks: [...many, deployed(38, 'payments v1.42.0')],
    }),
  ],
  [
    'many deployments',
    base({
      ...night,
      series: one('p95', climbing(21, 0.2, 0.9)),
      marks: [firing(62), ...Array.from({ length: 9 }, (_, index) => deployed(5 + index * 6, `v1.4${index}`))],
    }),
  ],
  [
    'deployment with a long name',
    base({
      ...night,
      series: one('p95', climbing(22, 0.2, 0.9)),
      marks: [firing(62), deployed(60, 'registry.example.net/shop/payments:2026-11-12T13-02-11Z-3f9ab21')],
    }),
  ],
  [
    'before, during, after',
    base({
      subtitle: 'payments · 12 Nov 13:00 – 14:10',
      threshold: { value: 0.5, bad: 'above' },
      series: one('p95', episode(23, 0.22, 1.1, [0.36, 0.7])),
      baseline: week(jitter(24, 0.2, 0.05)),
      incident: { from: at(27), until: at(52) },
      firing: [{ from: at(27), until: at(49) }],
      marks: [
        { at: at(27), kind: 'firing', label: 'firing' },
        { at: at(31), kind: 'acknowledged', label: 'acknowledged' },
        { at: at(52), kind: 'resolved', label: 'resolved' },
      ],
    }),
  ],
  [
    'resolved by hand, no after',
    base({
      threshold: { value: 0.5, bad: 'above' },
      series: one('p95', climbing(25, 0.22, 1.1, 0.7)),
      incident: { from: at(50), until: at(70) },
      firing: [{ from: at(50), until: null }],
      marks: [
        { at: at(50), kind: 'firing', label: 'firing' },
        { at: at(70), kind: 'resolved', label: 'resolved' },
      ],
    }),
  ],
  [
    'a short incident',
    base({
      threshold: { value: 0.5, bad: 'above' },
      series: one('p95', episode(26, 0.22, 1.1, [0.8, 0.86])),
      incident: { from: at(57), until: at(60) },
      firing: [{ from: at(57), until: at(60) }],
      marks: [
        { at: at(57), kind: 'firing', label: 'firing' },
        { at: at(60), kind: 'resolved', label: 'resolved' },
      ],
    }),
  ],
]

const longs = (span: number, from: string, subtitle: string, shape: Shape, count = 240): Chart => {
  const begin = Date.parse(from)
  return base({
    subtitle,
    from: new Date(begin),
    until: new Date(begin + span),
    series: [{ name: 'requests', points: pointsOf(shape, span, count, begin) }],
    unit: 'per second',
    title: 'Traffic',
  })
}
const daily: Shape = (_, index) => 120 + 90 * Math.sin((index / 240) * Math.PI * 60)

const windows: [string, Chart][] = [
  ['five minutes', longs(5 * minute, '2026-11-12T12:00Z', 'five minutes', jitter(30, 20, 5), 60)],
  ['a day', longs(24 * hour, '2026-11-11T12:00Z', 'a day', (share) => 120 + 90 * Math.sin(share * 6.28))],
  ['a week', longs(7 * 24 * hour, '2026-11-05T12:00Z', 'a week', (share) => 120 + 90 * Math.sin(share * 6.28 * 7))],
  ['a month', longs(30 * 24 * hour, '2026-10-12T12:00Z', 'a month', daily, 600)],
  [
    'the day clocks go back',
    longs(30 * hour, '2026-10-24T20:00Z', 'Berlin leaves summer time', (share) => 120 + 90 * Math.sin(share * 6.28)),
  ],
  [
    'the day clocks go forward',
    longs(12 * hour, '2026-03-28T20:00Z', 'Berlin enters summer time', (share) => 120 + 60 * Math.sin(share * 6.28)),
  ],
  ['no time at all', base({ until: new Date(start), series: one('p95', jitter(31, 0.3, 0.1)) })],
]
export const samples: [string, Chart][] = [...usual, ...moments, ...windows, ...hostile, ...held]
