// When a budget will be spent: what the arithmetic says for a steady burn, which past it goes by, and never beyond the end.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BudgetPoint } from '../../src/core/budget-history.ts'
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
const told = (left: number, burn: ReturnType<typeof rates>, history: BudgetPoint[] = []) =>
  forecast({ left, window: windowAt(rolling, now), history, rates: burn }, now)
const from = now.getTime() - 30 * day

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
    expect(told(0.5, rates(0.1, 9, 3))).toMatchObject({ kind: 'runs out', over: 3 * day })
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
        const made = forecast({ left, window, history: [], rates: steady(rate) }, at)
        expect(made?.kind).not.toBe('spent')
        if (made?.kind !== 'runs out') return
        expect(made.at.getTime()).toBeGreaterThanOrEqual(at.getTime())
        expect(made.at.getTime()).toBeLessThan(window.until.getTime())
      }),
    )
  })

  it('of a month is when what is left is gone at that rate, to the minute', () => {
    fc.assert(
      fc.property(lefts, burns, instants, (left, rate, at) => {
        const window = windowAt({ period: 'month', zone: 'Europe/Berlin' }, at)
        const made = forecast({ left, window, history: [], rates: steady(rate) }, at)
        if (made?.kind === 'runs out') {
          expect((rate * (made.at.getTime() - at.getTime())) / window.length).toBeCloseTo(left, 4)
        } else expect(rate * (window.until.getTime() - at.getTime())).toBeLessThanOrEqual(left * window.length * 1.0001)
      }),
    )
  })

  it('counts on what leaves a window that rolls: what burned slower than it lasts all the time goes on to last', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (rate) => {
        expect(told(1 - rate, steady(rate))).toMatchObject({ kind: 'lasts' })
        const even = Array.from({ length: 31 }, (_, n): BudgetPoint => [from + n * day, 1 - (rate * n) / 30])
        expect(told(1 - rate, steady(rate), even)).toMatchObject({ kind: 'lasts' })
      }),
    )
  })

  it('knows what stays in the window: an outage of ten days ago is in it for twenty more', () => {
    const outage: BudgetPoint[] = [
      [from, 1],
      [from + 20 * day, 1],
      [from + 20.1 * day, 0.1],
      [from + 30 * day, 0.1],
    ]
    // Half as fast as it lasts: a tenth of the budget is gone in six days.
    expect(told(0.1, steady(0.5), outage)).toEqual({
      ...{ kind: 'runs out', at: new Date(now.getTime() + 6 * day), over: 3 * day },
    })
    // One of 27 days ago has left before that.
    const old: BudgetPoint[] = outage.map(([at, left], n) => [n === 1 || n === 2 ? at - 17 * day : at, left])
    expect(told(0.1, steady(0.5), old)).toMatchObject({ kind: 'lasts' })
  })

  it('is never earlier than what is left takes, and earlier when more burns', () => {
    fc.assert(
      fc.property(lefts, burns, burns, (left, a, b) => {
        const [slow, fast] = a < b ? [a, b] : [b, a]
        const [one, other] = [slow, fast].map((rate) => told(left, rates(rate, rate, 0)))
        if (one?.kind !== 'runs out') return
        expect((slow * (one.at.getTime() - now.getTime())) / (30 * day)).toBeGreaterThanOrEqual(left - 1e-6)
        expect(one.at.getTime()).toBeLessThanOrEqual(now.getTime() + 30 * day)
        expect(other).toMatchObject({ kind: 'runs out' })
        if (other?.kind === 'runs out') expect(other.at.getTime()).toBeLessThanOrEqual(one.at.getTime())
      }),
    )
  })
})
