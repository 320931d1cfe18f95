// When a budget will be spent: what the arithmetic says for a steady burn, which past it goes by, and never beyond the end.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecast } from '../../src/core/forecast.ts'
import { day, hour, type SloWindow, windowAt } from '../../src/core/slo-window.ts'
import { now } from '../slo/objectives.ts'

const rates = (six: number | null, one: number | null, three: number | null) =>
  new Map([
    [6 * hour, six],
    [day, one],
    [3 * day, three],
  ])
const steady = (rate: number) => rates(rate, rate, rate)
const rolling: SloWindow = { days: 30 }
const told = (left: number, burn: ReturnType<typeof rates>, window: SloWindow = rolling) =>
  forecast(left, windowAt(window, now), burn, now)

describe('a forecast', () => {
  it('is when what is left is gone at the rate of late', () => {
    // Half a budget of 30 days at ten times: a day and a half.
    expect(told(0.5, steady(10))).toEqual({ kind: 'runs out', at: new Date('2026-11-20T00:00:00Z'), over: 6 * hour })
    expect(told(1, steady(0))).toMatchObject({ kind: 'lasts' })
    expect(told(0, steady(0))).toEqual({ kind: 'spent' })
    expect(told(-0.3, steady(5))).toEqual({ kind: 'spent' })
    expect(told(0.5, rates(null, null, null))).toBeNull()
  })

  it('goes by the last six hours when they burn too fast, else by the calmer of a day and three', () => {
    expect(told(0.5, rates(2, 0.1, 0.1))).toMatchObject({ over: 6 * hour })
    // An outage this night that is over.
    expect(told(0.5, rates(0.1, 9, 3))).toMatchObject({ over: 3 * day })
    // One two days ago.
    expect(told(0.5, rates(0.1, 0.2, 9))).toMatchObject({ kind: 'lasts', over: day })
    // What fails every night.
    expect(told(0.5, rates(0, 3, 3))).toMatchObject({ kind: 'runs out', over: 3 * day })
    expect(told(0.5, rates(0.1, null, null))).toMatchObject({ kind: 'lasts', over: 6 * hour })
    expect(told(0.5, rates(null, 3, null))).toMatchObject({ kind: 'runs out', over: day })
  })

  const lefts = fc.double({ min: 1e-6, max: 1, noNaN: true })
  const burns = fc.double({ min: 0, max: 1000, noNaN: true })
  const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  const periods = fc.constantFrom('week', 'month', 'quarter') as fc.Arbitrary<'week' | 'month' | 'quarter'>

  it('never lies beyond the end of a period, nor before now', () => {
    fc.assert(
      fc.property(lefts, burns, instants, periods, (left, rate, at, period) => {
        const window = windowAt({ period, zone: 'Europe/Berlin' }, at)
        const made = forecast(left, window, steady(rate), at)
        expect(made?.kind).not.toBe('spent')
        if (made?.kind !== 'runs out') return
        expect(made.at.getTime()).toBeGreaterThanOrEqual(at.getTime())
        expect(made.at.getTime()).toBeLessThan(window.until.getTime())
      }),
    )
  })

  it('is spent exactly then, at that rate, and earlier when more burns or less is left', () => {
    fc.assert(
      fc.property(lefts, burns, burns, (left, a, b) => {
        const [slow, fast] = a < b ? [a, b] : [b, a]
        const [one, other] = [told(left, steady(slow)), told(left, steady(fast))]
        if (one?.kind === 'runs out') {
          expect((slow * (one.at.getTime() - now.getTime())) / (30 * day)).toBeCloseTo(left, 6)
          expect(other).toMatchObject({ kind: 'runs out' })
          if (other?.kind === 'runs out') expect(other.at.getTime()).toBeLessThanOrEqual(one.at.getTime())
        }
      }),
    )
  })
})
