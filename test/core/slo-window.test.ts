// Windows of objectives: days that roll, and periods of the calendar in the team's own zone.
import { expect, it } from 'vitest'
import { day, hour, minute, rangeText, type SloWindow, windowAt } from '../../src/core/slo-window.ts'

const at = (window: SloWindow, now: string) => {
  const { from, until, length, passed } = windowAt(window, new Date(now))
  return { from: from.toISOString(), until: until.toISOString(), hours: length / hour, passed: passed / hour }
}
const berlin = (period: 'week' | 'month' | 'quarter') => ({ period, zone: 'Europe/Berlin' })

it('a rolling window ends now', () => {
  expect(at({ days: 7 }, '2026-11-18T12:00:00Z')).toEqual({
    ...{ from: '2026-11-11T12:00:00.000Z', until: '2026-11-18T12:00:00.000Z', hours: 168, passed: 168 },
  })
})

it('a month begins at midnight in the zone, and is an hour longer when the clocks go back', () => {
  expect(at(berlin('month'), '2026-10-01T00:00:00Z')).toEqual({
    ...{ from: '2026-09-30T22:00:00.000Z', until: '2026-10-31T23:00:00.000Z', hours: 31 * 24 + 1, passed: 2 },
  })
})

it('a week begins on Monday, a quarter with its first month', () => {
  expect(at(berlin('week'), '2026-11-22T23:30:00Z')).toMatchObject({ from: '2026-11-22T23:00:00.000Z', passed: 0.5 })
  expect(at(berlin('quarter'), '2026-12-31T22:59:00Z')).toMatchObject({
    ...{ from: '2026-09-30T22:00:00.000Z', until: '2026-12-31T23:00:00.000Z' },
  })
})

it('of a period that has just begun, five minutes are looked at', () => {
  expect(windowAt(berlin('month'), new Date('2026-10-31T23:00:01Z')).passed).toBe(5 * minute)
})

it('ranges are written in words PromQL knows', () => {
  expect([30 * day, 12 * hour, 90 * minute, 45_000, 61_000, 3, 1.5 * day].map(rangeText)).toEqual([
    ...['30d', '12h', '90m', '45s', '61s', '1s', '36h'],
  ])
})
