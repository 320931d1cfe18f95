// Objectives as they are written: six ways to say what is measured, and a clear word for what is none of them.
import { describe, expect, test } from 'vitest'
import type { Slo } from '../../src/core/slo.ts'
import { load, wrong } from './files.ts'

const one = (keys: string): Slo => {
  const [slo] = load(`zone: Europe/Berlin\nslos: [{ name: a, objective: 99, ${keys} }]`).slos
  if (slo === undefined) throw new Error('no SLO')
  return slo
}
const problem = (keys: string) => wrong(`slos: [{ name: a, objective: 99, ${keys} }]`).at(-1)?.trim()

describe('what is measured', () => {
  test('a counter by itself stands for its rate, an expression for itself', () => {
    expect(one("good: 'ok{a=\"b\"}', total: 'sum(increase(all[$window]))'").indicator).toEqual({
      ...{ kind: 'ratio', part: 'good', expr: 'rate(ok{a="b"}[$window])', total: 'sum(increase(all[$window]))' },
    })
    expect(one('bad: errors, total: all').indicator).toMatchObject({ part: 'bad', expr: 'rate(errors[$window])' })
  })

  test('an availability may be selected or computed', () => {
    expect(one(`availability: 'up{job="a"}'`).indicator).toMatchObject({ plain: true })
    expect(one(`availability: 'max(up{job="a"})'`).indicator).toMatchObject({ plain: false })
  })

  test('a latency is a histogram and a time with its unit, with or without what people write around it', () => {
    const latency = (threshold: string) => one(`latency: { metric: s, threshold: ${threshold} }`).indicator
    expect(['500ms', '2s', '0.25s', '1m'].map((t) => latency(t))).toMatchObject(
      [0.5, 2, 0.25, 60].map((threshold) => ({ threshold, native: false, selector: '' })),
    )
    const written = one(`latency: { metric: s_bucket, threshold: 2s, selector: '{job="a",}' }`)
    expect(written.indicator).toMatchObject({ metric: 's', selector: 'job="a"' })
  })

  test('a value has a good side', () => {
    expect(one('value: q, above: 0.8').indicator).toMatchObject({ kind: 'value', good: 'above', than: 0.8 })
    expect(one('value: q, below: -1.5e3').indicator).toMatchObject({ good: 'below', than: -1500 })
  })

  test('nothing, half of it or two of it are told with the key to add or to take out', () => {
    expect(problem('window: 7d')).toMatch(/slos\[0\]\.good: is missing: nothing says what is measured; give good and/)
    expect(problem('good: a')).toMatch(/slos\[0\]\.good: "a" needs the key total beside it/)
    expect(problem('total: a')).toMatch(/slos\[0\]\.total: "a" needs the key good or bad/)
    expect(problem('value: a')).toMatch(/slos\[0\]\.value: "a" needs the key above or below/)
    expect(problem('above: 1')).toMatch(/slos\[0\]\.above: "1" needs the key value/)
    expect(problem('good: a, bad: b, total: c')).toMatch(/slos\[0\]\.bad: "b" stands beside good/)
    expect(problem('value: a, above: 1, below: 2')).toMatch(/make two objectives of it/)
    expect(problem('promql: a, availability: up')).toMatch(/slos\[0\]\.promql: "a" does not go with availability/)
    expect(problem('latency: { metric: s, threshold: 2 }')).toMatch(
      /threshold: "2" is not a time with its unit; write e\.g\. 500ms, 2s/,
    )
  })
})

test('windows roll by days, or are those of the calendar in the team’s zone', () => {
  expect(one('window: 28d, availability: up').window).toEqual({ days: 28 })
  expect(one('window: 1w, availability: up').window).toEqual({ days: 7 })
  expect(one('window: Quarter, availability: up').window).toEqual({ period: 'quarter', zone: 'Europe/Berlin' })
  expect(problem('window: year, availability: up')).toMatch(/"year" is not a number of days, or week, month or quarter/)
})

test('everything is not promised', () => {
  expect(wrong('slos: [{ name: a, objective: 100 %, availability: up }]').at(-1)).toMatch(
    /objective: "100 %" leaves no error budget: nothing may ever fail; promise a little less; write e\.g\. 99\.9/,
  )
})

test('burn alerts are P1, P2 and P3 unless they are said to be something else, or nothing', () => {
  expect(one('availability: up').alerts).toEqual({ fast: 'P1', slow: 'P2', ticket: 'P3' })
  expect(one('availability: up, alerts: { fast: P2, ticket: never }').alerts).toEqual({
    ...{ fast: 'P2', slow: 'P2', ticket: null },
  })
})
