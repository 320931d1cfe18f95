// Bands of a service's charts: with units, in both directions, and a clear word for what goes no way.
import { expect, test } from 'vitest'
import { load, wrong } from './files.ts'

const chart = (keys: string) => load(`services: { a: { charts: [{ title: t, ${keys} }] } }`).services.a?.charts[0]
const problem = (keys: string) => wrong(`services: { a: { charts: [{ title: t, ${keys} }] } }`).at(-1)?.trim()

test('bounds are written with their units, and held in the unit of the chart', () => {
  const bands = 'bands: { target: 100ms, acceptable: 500ms, critical: 1s }'
  expect(chart(`promql: x_seconds, ${bands}`)).toMatchObject({
    unit: 'seconds',
    bands: { bad: 'above', target: 0.1, acceptable: 0.5, critical: 1 },
  })
  expect(chart(`promql: x, unit: ms, ${bands}`)?.bands).toMatchObject({ target: 100, acceptable: 500, critical: 1000 })
  expect(chart(`promql: x_bytes, bands: { target: 1GiB, critical: 2GiB }`)?.bands).toMatchObject({ target: 1024 ** 3 })
})

test('low may be bad', () => {
  expect(chart('promql: accuracy, bands: { target: 0.95, acceptable: 0.8, critical: 0.7 }')).toMatchObject({
    unit: null,
    bands: { bad: 'below', target: 0.95, acceptable: 0.8, critical: 0.7 },
  })
  expect(chart('promql: accuracy, unit: "%", bands: { target: 95%, acceptable: 80%, critical: 70% }')?.bands).toEqual({
    ...{ bad: 'below', target: 95, acceptable: 80, critical: 70 },
  })
})

test('where nothing else tells what is measured, the bounds do', () => {
  expect(chart('promql: latency, bands: { target: 100ms, critical: 1s }')).toMatchObject({ unit: 'seconds' })
  expect(chart('promql: a / b, bands: { target: 100ms, critical: 1s }')).toMatchObject({ unit: 'seconds' })
  expect(chart('promql: accuracy, bands: { target: 95%, critical: 70% }')).toMatchObject({
    unit: 'ratio',
    bands: { target: 0.95, critical: 0.7 },
  })
})

test('bounds that go no way, measure something else or stand alone are told with the way out', () => {
  expect(problem('promql: x_seconds, bands: { target: 100ms, acceptable: 2s, critical: 1s }')).toMatch(
    /bands\.critical.* goes another way: target, acceptable, critical must each be worse than the one before/,
  )
  expect(problem('promql: x_seconds, bands: { target: 5GiB, critical: 1s }')).toMatch(
    /bands\.target.* is no bound of what is measured in seconds; write it so, or give the chart its unit/,
  )
  expect(problem('promql: x_seconds, bands: { critical: 1s }')).toMatch(
    /bands\.critical.* is alone: two of target, acceptable and critical tell which way is worse/,
  )
  expect(problem('promql: x, bands: { target: fast, critical: 1 }')).toMatch(
    /bands\.target.* is not a number, with its unit or without/,
  )
  expect(problem('promql: x, bands: { traget: 1, target: 1, critical: 2 }')).toMatch(/traget.* did you mean target\?/)
})

test('a chart without any is as it was', () => {
  expect(chart('promql: x_seconds')).toEqual({ title: 't', expr: 'x_seconds', unit: null, scale: 'linear' })
})
