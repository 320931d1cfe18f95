// What is proposed about alerts: only what happened often enough, with the numbers it rests on.
import { describe, expect, test } from 'vitest'
import { hastyAnswers, type LookedAt, proposals } from '../../src/core/alert-habits.ts'

const minute = 60_000
const start = Date.parse('2026-11-02T03:00:00Z')
let count = 0

/** Resolved by itself after two minutes, and nobody touched it, unless said otherwise. */
function incident(more: Partial<LookedAt> & { at?: number } = {}): LookedAt {
  const { at = count * 24 * 60 * minute, ...rest } = more
  const openedAt = new Date(start + at)
  count++
  return {
    ...{ number: count, service: 'payments', severity: 'P2', alert: 'Slow', openedAt, acknowledgedAt: null },
    ...{ resolvedAt: new Date(openedAt.getTime() + 10 * minute), touched: false, verdict: null, fired: 2 * minute },
    ...rest,
  }
}
const times = (n: number, more: Parameters<typeof incident>[0] = {}) => Array.from({ length: n }, () => incident(more))

describe('a longer `for`', () => {
  test('is proposed for what clears itself within minutes, again and again, with nobody acting', () => {
    const short = [...times(3), incident({ fired: 4 * minute })]
    expect(proposals(short)).toEqual([{ kind: 'raise for', alert: 'Slow', times: 4, within: 4 * minute }])
  })

  test.each([
    ['it happened twice', times(2)],
    ['somebody did something', times(5, { touched: true })],
    ['somebody called it useful', times(5, { verdict: 'useful' })],
    ['it lasted', times(5, { fired: 30 * minute, severity: 'P3' })],
    ['it still fires', times(5, { fired: null, resolvedAt: null })],
    ['most of its incidents lasted', [...times(3), ...times(4, { touched: true, fired: 60 * minute })]],
  ])('is not when %s', (_, incidents) => {
    expect(proposals(incidents).filter(({ kind }) => kind === 'raise for')).toEqual([])
  })
})

describe('a lower severity', () => {
  const lasting = { fired: 60 * minute }

  test('is proposed for what people called noise twice', () => {
    expect(proposals(times(2, { ...lasting, touched: true, verdict: 'noise' }))).toEqual([
      { kind: 'demote', alert: 'Slow', severity: 'P2', to: 'P3', noise: 2, ignored: 0 },
    ])
  })

  test('is proposed for what nobody touched three times, counted together with noise', () => {
    const mixed = [
      ...times(2, { ...lasting, severity: 'P1' }),
      incident({ ...lasting, verdict: 'noise', severity: 'P1' }),
    ]
    expect(proposals(mixed)).toEqual([
      { kind: 'demote', alert: 'Slow', severity: 'P1', to: 'P2', noise: 1, ignored: 2 },
    ])
  })

  test('is not once anybody called it useful, nor for what wakes nobody', () => {
    expect(proposals([...times(3, { ...lasting, verdict: 'noise' }), incident({ verdict: 'useful' })])).toEqual([])
    expect(proposals(times(5, { ...lasting, severity: 'P3', verdict: 'noise' }))).toEqual([])
  })
})

describe('grouping', () => {
  const pair = (day: number, apart = 2 * minute) => [
    incident({ alert: 'Errors', touched: true, at: day * 24 * 60 * minute }),
    incident({ alert: 'Slow', touched: true, at: day * 24 * 60 * minute + apart }),
  ]

  test('is proposed for two rules of a service that come together three times', () => {
    expect(proposals([...pair(1), ...pair(2), ...pair(3)])).toEqual([
      { kind: 'group', alerts: ['Errors', 'Slow'], times: 3 },
    ])
  })

  test('counts a storm once, and not what is minutes apart or of another service', () => {
    expect(proposals([...pair(1), ...pair(1), ...pair(1)])).toEqual([])
    expect(proposals([...pair(1, 6 * minute), ...pair(2, 6 * minute), ...pair(3, 6 * minute)])).toEqual([])
    const elsewhere = [1, 2, 3].flatMap((day) => pair(day).map((one, i) => ({ ...one, service: `s${i}` })))
    expect(proposals(elsewhere)).toEqual([])
  })
})

test('a storm that opened thousands of incidents within minutes is looked at in no time: pages wait for it', () => {
  const storm = (alert: (i: number) => string) =>
    Array.from({ length: 5_000 }, (_, i) => incident({ alert: alert(i), touched: true, at: i * 60 }))
  // Each held against each of the others, it would be over only long after the time that a test has.
  for (const alerts of [1, 2, 200, 5_000]) expect(proposals(storm((i) => `Alert ${i % alerts}`))).toEqual([])
  const again = [1, 2, 3].flatMap((day) =>
    storm((i) => `Alert ${i % 2}`).map((one) => ({
      ...one,
      openedAt: new Date(one.openedAt.getTime() + day * 86_400_000),
    })),
  )
  expect(proposals(again)).toEqual([{ kind: 'group', alerts: ['Alert 0', 'Alert 1'], times: 3 }])
})

test('the strongest proposals come first, and five are enough', () => {
  const many = ['A', 'B', 'C', 'D', 'E', 'F'].flatMap((alert, i) => times(3 + i, { alert }))
  expect(proposals(many).map((one) => (one.kind === 'raise for' ? one.alert : one.kind))).toEqual([
    'F',
    'E',
    'D',
    'C',
    'B',
  ])
})

test('an acknowledgement within half a minute is hasty; at thirty seconds it is not', () => {
  const after = (seconds: number) => {
    const one = incident()
    return { ...one, acknowledgedAt: new Date(one.openedAt.getTime() + seconds * 1000) }
  }
  expect(hastyAnswers([after(5), after(29.999), after(30), incident()])).toHaveLength(2)
})
