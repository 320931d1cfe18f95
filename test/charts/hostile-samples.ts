// Sample charts of what is badly named, badly measured or hardly there.
import type { Chart, Point } from '../../src/charts/chart.ts'
import { start } from './pictures.ts'
import { base, climbing, jitter, minute, night, one, pods, quantile } from './sample-shapes.ts'

export const hostile: [string, Chart][] = [
  [
    'long names',
    base({
      title:
        'KubePodNotReadyForLongerThanFifteenMinutesInTheProductionClusterOfEuropeWest because of reasons nobody wrote down anywhere',
      ...night,
      series: pods(5, (index) => jitter(40 + index, 0.3 + index / 20, 0.05)).map(({ name, points }) => ({
        name: `namespace=payments-production container=main pod=${name}`,
        points,
      })),
      source: quantile.repeat(3),
    }),
  ],
  [
    'emoji and scripts',
    base({
      title: '🔥 Ödeme gecikmesi – задержка – 延迟 – التأخير',
      subtitle: 'שירות תשלומים · 支払い',
      ...night,
      series: [...one('العربية מדידה', climbing(41, 0.2, 0.9)), ...one('日本語のポッド', jitter(42, 0.3, 0.1))],
    }),
  ],
  [
    'markup and control characters',
    base({
      title: '<script>alert(1)</script> \u0000\u001b[31m \u202Egnp.exe @everyone',
      subtitle: '<!channel> *bold* `code`',
      series: one('a\nb\tc', jitter(43, 0.3, 0.1)),
    }),
  ],
  ['huge numbers', base({ unit: null, title: 'Overflow', series: one('x', (share) => 1e308 * share) })],
  ['both signs', base({ unit: null, title: 'Drift', series: one('offset', (share) => Math.sin(share * 12) * 40) })],
  ['tiny numbers', base({ title: 'Clock offset', series: one('offset', jitter(44, 3.1e-6, 2e-6)) })],
  [
    'not numbers',
    base({
      title: 'Not numbers',
      series: one('x', (_, index) => [Number.NaN, Number.POSITIVE_INFINITY, 0.4][index % 3] ?? null),
    }),
  ],
  ['level at zero', base({ title: 'Nothing happens', unit: 'per second', series: one('errors', () => 0) })],
  [
    'hours',
    base({
      title: 'Backup age',
      series: one('age', (share) => 3600 * (20 + share * 9)),
      threshold: { value: 26 * 3600, bad: 'above' },
    }),
  ],
  [
    'celsius',
    base({
      title: 'Room temperature',
      unit: '°C',
      series: one('rack 12', (share) => 21 + share * 14),
      threshold: { value: 32, bad: 'above' },
    }),
  ],
  [
    'ten thousand series',
    base({
      title: 'Cardinality',
      unit: null,
      series: Array.from({ length: 10_000 }, (_, index) => ({
        name: `s${index}`,
        points: [
          [start, index % 97],
          [start + 70 * minute, index % 89],
        ] as Point[],
      })),
    }),
  ],
]
