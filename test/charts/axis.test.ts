import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { timeTicks, valueAxis } from '../../src/charts/axis.ts'
import type { Chart } from '../../src/charts/chart.ts'

function axisOf(values: (number | null)[], threshold: Chart['threshold'] = null, unit: string | null = null) {
  return valueAxis({ series: [{ name: 'a', points: values.map((value, index) => [index, value]) }], threshold, unit })
}

describe('the value axis', () => {
  test('starts at zero and includes the threshold', () => {
    const axis = axisOf([0.2, 0.3], { value: 0.5, bad: 'above' })
    expect(axis).toMatchObject({ min: 0, off: null })
    expect(axis.max).toBeCloseTo(0.6)
  })
  test('leaves zero when all that happens is far from it', () => {
    const { min, max } = axisOf([99.97, 99.86], { value: 99.9, bad: 'below' }, 'percent')
    expect(min).toBeGreaterThan(99)
    expect(max).toBe(100)
  })
  test('does not press the line flat for a threshold that is far off', () => {
    const axis = axisOf([0.2, 0.3], { value: 30, bad: 'above' })
    expect(axis.off).toBe('above')
    expect(axis.max).toBeLessThan(1)
  })
  test('has whole ticks for what is counted in whole things', () => {
    expect(axisOf([1, 1, 0], { value: 0, bad: 'below' })).toMatchObject({ min: 0, max: 1, spacing: 1 })
  })
  test('has ticks at round GiB, not at round bytes', () => {
    expect(axisOf([3.1 * 2 ** 30], null, 'bytes').spacing).toBe(2 ** 30)
  })
  test('goes below zero with the data', () => {
    const { min, max } = axisOf([-8, 7])
    expect(min).toBeLessThanOrEqual(-8)
    expect(max).toBeGreaterThanOrEqual(7)
  })
  test('holds every value of any series, with few ticks', () => {
    const values = fc.array(fc.option(fc.double({ noNaN: true, min: -1e15, max: 1e15 })), { minLength: 1 })
    const unit = fc.constantFrom('seconds', 'bytes', 'ratio', 'percent', null)
    fc.assert(
      fc.property(values, unit, (points, of) => {
        const { min, max, spacing } = axisOf(points, null, of)
        expect(max).toBeGreaterThan(min)
        expect((max - min) / spacing).toBeLessThan(12)
        for (const value of points) {
          if (value === null) continue
          expect(value).toBeGreaterThanOrEqual(min - spacing * 1e-6)
          expect(value).toBeLessThanOrEqual(max + spacing * 1e-6)
        }
      }),
    )
  })
})

describe('the time axis', () => {
  const labels = (from: string, until: string, zone: string) =>
    timeTicks(new Date(from), new Date(until), zone).map(({ label }) => label)

  test('has round local times, also in zones of half hours', () => {
    expect(labels('2026-11-12T12:02Z', '2026-11-12T13:07Z', 'Europe/Berlin')).toEqual([
      '13:10',
      '13:20',
      '13:30',
      '13:40',
      '13:50',
      '14:00',
    ])
    expect(labels('2026-11-12T00:00Z', '2026-11-12T06:00Z', 'Asia/Kolkata')[0]).toBe('06:00')
  })
  test('names the day where a new one begins', () => {
    expect(labels('2026-11-12T20:00Z', '2026-11-13T02:00Z', 'Europe/Berlin')).toContain('13 Nov')
  })
  test('stays at round times across both changes of daylight saving time', () => {
    expect(labels('2026-10-24T22:00Z', '2026-10-26T00:00Z', 'Europe/Berlin')).toEqual([
      '00:00',
      '06:00',
      '12:00',
      '18:00',
      '26 Oct',
    ])
    expect(labels('2026-03-28T23:00Z', '2026-03-30T00:00Z', 'Europe/Berlin')).toEqual([
      '00:00',
      '06:00',
      '12:00',
      '18:00',
      '30 Mar',
    ])
  })
  test('has between one and nine ticks in order for any window of a minute to a year', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC', 'Asia/Kathmandu')
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e9 }),
        fc.integer({ min: 60, max: 31_536_000 }),
        zones,
        (from, span, zone) => {
          const ticks = timeTicks(new Date(from * 1000), new Date((from + span) * 1000), zone)
          expect(ticks.length).toBeLessThan(12)
          for (const [index, { at }] of ticks.entries()) {
            expect(at).toBeGreaterThanOrEqual(from * 1000)
            expect(at).toBeLessThanOrEqual((from + span) * 1000)
            if (index > 0) expect(at).toBeGreaterThan(ticks[index - 1]?.at ?? 0)
          }
        },
      ),
    )
  })
})
