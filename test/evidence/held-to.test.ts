import { expect, test } from 'vitest'
import { decidedBy, limitOf } from '../../src/evidence/held-to.ts'
import type { RangeSeries } from '../../src/evidence/prometheus.ts'
import { splitExpression, watchesNothing } from '../../src/evidence/promql.ts'
import { worstFirst } from '../../src/evidence/series.ts'

const series = (labels: Record<string, string>, ...values: (number | null)[]): RangeSeries => ({
  labels,
  points: values.map((value, index) => [index * 1000, value]),
})

test('of two lines the one that is crossed decides, and of two that are crossed the one crossed least', () => {
  const days = splitExpression('3 <= days_left < 20')
  expect(decidedBy(days, [series({}, 30, 25, 19)])).toEqual({ value: 20, bad: 'below' })
  const codes = splitExpression('probe_http_status_code <= 199 or probe_http_status_code >= 400')
  expect(decidedBy(codes, [series({}, 200, 200, 503)])).toEqual({ value: 400, bad: 'above' })
  const replicas = splitExpression('replicas != 3')
  expect(decidedBy(replicas, [series({}, 3, 3, 2)])).toEqual({ value: 3, bad: 'below' })
  expect(decidedBy(replicas, [series({}, 3, 5, 3)])).toEqual({ value: 3, bad: 'above' })
})

test('when nothing is crossed the likelier line is shown', () => {
  const replicas = splitExpression('replicas != 3')
  expect(decidedBy(replicas, [series({}, 3, 3)])).toEqual(replicas.threshold)
  expect(decidedBy({ threshold: null, others: [] }, [])).toBeNull()
})

test('the limit of a line is the one with its labels', () => {
  const limits = [series({ job: 'q', instance: 'a' }, 5), series({ job: 'q', instance: 'b' }, 6)]
  expect(limitOf({ __name__: 'used', job: 'q', instance: 'b', disk: 'x' }, limits)).toBe(limits[1])
  expect(limitOf({ job: 'q' }, limits)).toBeNull()
  expect(limitOf({ job: 'other' }, [series({}, 7)])?.points).toEqual([[0, 7]])
})

test('worst is what is farthest past its own limit', () => {
  const used = [series({ q: 'large' }, 90, 90), series({ q: 'small' }, 5, 9)]
  const limits = [series({ q: 'large' }, 100, 100), series({ q: 'small' }, 6, 6)]
  const order = (limited: RangeSeries[]) =>
    worstFirst(used, { bad: 'above' }, [], limited).map(({ labels }) => labels.q)
  expect(order(limits)).toEqual(['small', 'large'])
  expect(order([])).toEqual(['large', 'small'])
})

test("a dead man's switch watches nothing", () => {
  expect(['vector(1)', 'vector(1) > 0', 'time() > 5', '1 == 1'].map(watchesNothing)).toEqual([true, true, true, true])
  expect(['up', 'absent(up)', 'vector(1) and up', 'not ( promql'].map(watchesNothing)).toEqual([
    ...[false, false, false, false],
  ])
})
