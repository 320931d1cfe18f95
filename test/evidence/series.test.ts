import { expect, test } from 'vitest'
import { chartSummary } from '../../src/charts/summary.ts'
import { named, worstFirst } from '../../src/evidence/series.ts'
import { chartOf, hourOf } from '../charts/pictures.ts'

const series = (code: string, value: (minute: number) => number | null) => ({ labels: { code }, points: hourOf(value) })
const order = (...given: ReturnType<typeof series>[]) => worstFirst(given, null, []).map(({ labels }) => labels.code)

const requests = series('200', (at) => 150 + (at % 10))
const errors = series('500', (at) => (at < 45 ? 1 : 22))

test('without a threshold the series that changed most comes first, and is what the summary tells of', () => {
  const given = [requests, errors, series('404', (at) => 5 + (at % 2))]
  const worst = worstFirst(given, null, [])
  expect(worst[0]?.labels.code).toBe('500')
  expect(chartSummary(chartOf({ unit: 'per second', series: named(worst, 'requests') }))).toMatch(
    /^500: now 22\/s, was 1\/s an hour ago; .*2 other series$/,
  )
})

test('a fall is a change like a rise, also to nothing and below zero', () => {
  const fallen = series('gone', (at) => (at < 50 ? 100 : 0))
  expect(order(requests, errors, fallen)).toEqual(['gone', '500', '200'])
  expect(
    order(
      requests,
      series('turned', (at) => (at < 50 ? 100 : -100)),
    ),
  ).toEqual(['turned', '200'])
})

test('next to nothing is hardly a change from nothing', () => {
  const grown = series('200', (at) => 150 + at / 20)
  const barely = series('501', (at) => (at < 50 ? 0 : 0.01))
  expect(order(barely, grown, errors)).toEqual(['500', '200', '501'])
})

test('a series that began or ended in the window changed; one without any value comes last', () => {
  expect(
    order(
      requests,
      series('503', (at) => (at < 50 ? null : 20)),
    ),
  ).toEqual(['503', '200'])
  expect(
    order(
      requests,
      series('503', (at) => (at < 20 ? 20 : null)),
    ),
  ).toEqual(['503', '200'])
  expect(
    order(
      series('none', () => null),
      requests,
    ),
  ).toEqual(['200', 'none'])
  expect(order(series('none', () => null))).toEqual(['none'])
})

test('what was not yet recorded at all is no change of any series', () => {
  const late = (code: string, value: (at: number) => number) => series(code, (at) => (at < 30 ? null : value(at)))
  expect(
    order(
      late('200', () => 150),
      late('500', (at) => (at < 50 ? 1 : 22)),
    ),
  ).toEqual(['500', '200'])
})

test('with a threshold the worst stays first, however little it changed', () => {
  const worst = worstFirst([errors, requests], { bad: 'above' }, [])
  expect(worst.map(({ labels }) => labels.code)).toEqual(['200', '500'])
})

test('a series of which only a number tells is not called by the number alone', () => {
  const of = (label: string, ...values: string[]) =>
    named(
      values.map((value) => ({ labels: { [label]: value }, points: [] })),
      'x',
    ).map(({ name }) => name)
  expect(of('shard', '0', '12')).toEqual(['shard=0', 'shard=12'])
  expect(of('code', '200', '503')).toEqual(['200', '503'])
  expect(of('pod', 'a-0', 'a-1')).toEqual(['a-0', 'a-1'])
})
