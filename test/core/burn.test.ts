// How fast is too fast: the Workbook's numbers for 30 days, the same shares of every other window, and never out of reach.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burnNow, burnPairs, burnRanges, burnRate, rangeWords, rateText } from '../../src/core/burn.ts'
import { day, hour, minute, rangeText, type SloWindow } from '../../src/core/slo-window.ts'

const rolling = (days: number): SloWindow => ({ days })
const told = (objective: number, window: SloWindow) =>
  burnPairs({ objective, window }).map(
    ({ kind, long, short, factor }) => `${kind} ${factor} ${rangeText(long)} ${rangeText(short)}`,
  )

describe('the pairs of an objective', () => {
  it('are those of the SRE Workbook for 30 days', () => {
    expect(told(99.9, rolling(30))).toEqual(['fast 14.4 1h 5m', 'slow 6 6h 30m', 'ticket 1 3d 6h'])
    expect(told(99.9, { period: 'month', zone: 'Europe/Berlin' })).toEqual(told(99.9, rolling(30)))
  })

  it('keep 2, 5 and 10 % of the budget for any other window, with shorter ranges where a burn would be none', () => {
    expect(told(99.9, rolling(28))).toEqual(['fast 13.44 1h 5m', 'slow 5.6 6h 30m', 'ticket 0.933 3d 6h'])
    expect(told(99.9, rolling(7))).toEqual(['fast 3.36 1h 5m', 'slow 1.4 6h 30m', 'ticket 1.4 12h 1h'])
    expect(told(99.9, rolling(1))).toEqual(['fast 0.96 30m 5m', 'slow 1.2 1h 5m', 'ticket 1.2 2h 10m'])
    expect(told(99.9, rolling(90))).toEqual(['fast 43.2 1h 5m', 'slow 18 6h 30m', 'ticket 3 3d 6h'])
  })

  it('ask for no more than can fail: a total outage is over the factor of each of them', () => {
    // 14.4 times 10 % would be 144 % of everything.
    expect(told(90, rolling(30))).toEqual(['fast 8 1h 5m', 'slow 6 6h 30m', 'ticket 1 3d 6h'])
    const objectives = fc.double({ min: 1, max: 99.999, noNaN: true }).map((value) => Number(value.toFixed(3)))
    fc.assert(
      fc.property(objectives, fc.integer({ min: 1, max: 366 }), (objective, days) => {
        for (const pair of burnPairs({ objective, window: rolling(days) })) {
          expect(burnRate(objective, 1)).toBeGreaterThan(pair.factor)
          expect(pair.short).toBeGreaterThanOrEqual(5 * minute)
          expect(pair.short).toBeLessThan(pair.long)
          if (!pair.capped) {
            expect(pair.factor).toBeGreaterThanOrEqual(0.9)
            expect((pair.factor * pair.long) / (days * day)).toBeCloseTo(pair.share, 3)
          }
        }
      }),
    )
  })
})

describe('how it burns now', () => {
  const pairs = burnPairs({ objective: 99.9, window: rolling(30) })
  const now = (rates: Record<string, number | null>) =>
    burnNow(
      pairs,
      new Map(burnRanges(pairs).map((range) => [range, rates[rangeText(range)] ?? null] as [number, number | null])),
    )

  it('is the most urgent pair of which both ranges are over its factor', () => {
    expect(now({ '1h': 20, '5m': 20, '6h': 9, '30m': 20 })).toEqual({ rate: 20, range: hour, kind: 'fast' })
    // It is over: an hour remembers it, five minutes do not.
    expect(now({ '1h': 20, '5m': 0, '6h': 9, '30m': 9 })).toEqual({ rate: 9, range: 6 * hour, kind: 'slow' })
    expect(now({ '1h': 2, '5m': 2, '6h': 2, '30m': 2, '3d': 2 })).toMatchObject({ range: 3 * day, kind: 'ticket' })
  })

  it('is the last hour when there is no reason for an alert, or the shortest range that knows', () => {
    expect(now({ '1h': 0.4, '5m': 9 })).toEqual({ rate: 0.4, range: hour, kind: null })
    expect(now({ '1d': 0 })).toEqual({ rate: 0, range: day, kind: null })
    expect(now({})).toBeNull()
  })
})

it('rates and ranges read as people say them', () => {
  expect([0, 0.001, 0.4, 0.999, 1, 1.26, 14.4, 99.99, 640.2].map(rateText)).toEqual([
    ...['0', '0.01', '0.4', '0.99', '1', '1.2', '14.4', '99.9', '640'],
  ])
  expect([5 * minute, hour, 6 * hour, 3 * day].map(rangeWords)).toEqual(['5 min', '1 h', '6 h', '3 d'])
})
