import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bands, bandsOf, zoneAt, zonesOf } from '../../src/core/bands.ts'

const latency: Bands = { bad: 'above', target: 0.1, acceptable: 0.5, critical: 1 }
const accuracy: Bands = { bad: 'below', target: 0.95, acceptable: 0.8, critical: 0.7 }

describe('bands', () => {
  test('go the way their bounds go', () => {
    expect(bandsOf({ target: 0.1, acceptable: 0.5, critical: 1 })).toEqual(latency)
    expect(bandsOf({ target: 0.95, acceptable: 0.8, critical: 0.7 })).toEqual(accuracy)
    expect(bandsOf({ target: 70, acceptable: null, critical: 90 })?.bad).toBe('above')
  })

  test('that go no way, or of which there is one, are none', () => {
    expect(bandsOf({ target: 0.1, acceptable: 2, critical: 1 })).toBeNull()
    expect(bandsOf({ target: 0.1, acceptable: 0.1, critical: 1 })).toBeNull()
    expect(bandsOf({ target: null, acceptable: null, critical: 1 })).toBeNull()
  })

  test('a value at a bound is on its better side', () => {
    expect([0.1, 0.11, 0.5, 0.51, 1, 1.01].map((value) => zoneAt(latency, value))).toEqual([
      ...['target', 'acceptable', 'acceptable', 'poor', 'poor', 'critical'],
    ])
    expect([0.95, 0.94, 0.8, 0.79, 0.7, 0.69].map((value) => zoneAt(accuracy, value))).toEqual([
      ...['target', 'acceptable', 'acceptable', 'poor', 'poor', 'critical'],
    ])
  })

  test('without a bound its zone is not there', () => {
    const names = (bands: Bands) => zonesOf(bands).map(({ name }) => name)
    expect(names({ ...latency, acceptable: null })).toEqual(['target', 'acceptable', 'critical'])
    expect(names({ ...latency, critical: null })).toEqual(['target', 'acceptable', 'poor'])
    expect(names({ ...latency, target: null })).toEqual(['acceptable', 'poor', 'critical'])
  })

  test('zones touch each other and leave nothing out', () => {
    const bound = fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { nil: null })
    fc.assert(
      fc.property(bound, bound, bound, (target, acceptable, critical) => {
        const bands = bandsOf({ target, acceptable, critical })
        fc.pre(bands !== null)
        const zones = zonesOf(bands)
        expect(zones[0]?.better).toBeNull()
        expect(zones.at(-1)?.worse).toBeNull()
        for (const [index, { worse }] of zones.slice(0, -1).entries()) expect(zones[index + 1]?.better).toBe(worse)
      }),
    )
  })
})
