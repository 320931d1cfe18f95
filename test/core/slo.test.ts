// Error budgets: the arithmetic people check on a napkin, and that no text flatters it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burnPairs } from '../../src/core/burn.ts'
import { attainedText, budgetLeft, budgetText, errorBudget, judge, shareText } from '../../src/core/slo.ts'
import { day } from '../../src/core/slo-window.ts'
import { now, sloOf, standing } from '../slo/objectives.ts'

const slo = (objective: number, days = 30) => sloOf({ objective, window: { days } })
const rolling = (days: number) => ({ length: days * day, passed: days * day })
const budget = (objective: number, days = 30) => errorBudget(objective, days * day)
const left = (objective: number, attained: number, days = 30) => budgetLeft(objective, rolling(days), 1 - attained)
const judged = (objective: number, good: number) => standing(slo(objective), good)

const objectives = fc.constantFrom(50, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999)
const shares = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.99, max: 1, noNaN: true }))

describe('an error budget', () => {
  it('of 99.9 % over 30 days is exactly 43.2 minutes', () => {
    expect(budget(99.9)).toBe(43.2)
    expect(budget(99.99, 28)).toBeCloseTo(4.032, 9)
    expect(budget(95)).toBe(2160)
  })

  it('is half spent when half of the allowed failures happened', () => {
    expect(left(99.9, 0.9995)).toEqual({ share: 0.5, minutes: 21.6 })
  })

  it('is untouched at 100 %, empty at the objective and overspent below it', () => {
    fc.assert(
      fc.property(objectives, shares, (objective, attained) => {
        expect(left(objective, 1)).toEqual({ share: 1, minutes: budget(objective) })
        expect(left(objective, objective / 100).share).toBe(0)
        const some = left(objective, attained)
        expect(some.share).toBeLessThanOrEqual(1)
        expect(some.minutes).toBeCloseTo(some.share * budget(objective), 6)
        expect(Math.sign(some.share)).toBe(Math.sign(some.minutes))
      }),
    )
  })

  it('never grows when less was attained', () => {
    fc.assert(
      fc.property(objectives, shares, shares, (objective, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(left(objective, less).share).toBeLessThanOrEqual(left(objective, more).share)
      }),
    )
  })
})

describe('a standing', () => {
  it('is kept, at risk or missed by what is left of the budget', () => {
    const status = (answer: number) => judged(99.9, answer).status
    expect(status(1)).toBe('kept')
    expect(status(0.99925)).toBe('kept')
    expect(status(0.99924)).toBe('at risk')
    expect(status(0.999)).toBe('at risk')
    expect(status(0.998999)).toBe('missed')
  })

  it('is unknown, with the reason, when the answer is no share of anything', () => {
    expect(judged(99.9, 99.95)).toMatchObject({
      status: 'unknown',
      reason: 'the query answered 99.95, not a share from 0 to 1; if that is a percentage, divide it by 100',
    })
    for (const nonsense of [-0.1, 250, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const one = judged(99.9, nonsense)
      expect(one).toMatchObject({ status: 'unknown' })
      expect(one).not.toHaveProperty('attained')
    }
  })

  it('says which of two expressions counts what the other does not', () => {
    const ratio = sloOf({ indicator: { kind: 'ratio', part: 'good', expr: 'a', total: 'b' } })
    expect(standing(ratio, 1.5)).toMatchObject({
      reason: '150 % of “total” would be good: “good” counts what “total” does not',
    })
    const bad = sloOf({ indicator: { kind: 'ratio', part: 'bad', expr: 'a', total: 'b' } })
    expect(standing(bad, -1)).toMatchObject({
      reason: '200 % of “total” would be bad: “bad” counts what “total” does not',
    })
  })

  it('forgives what floating point adds to a share of one', () => {
    expect(judged(99.9, 1.0000000000000002)).toMatchObject({ status: 'kept', attained: 1 })
    // Two rates of one moment are extrapolated apart by this much.
    expect(judged(99.9, 1.004)).toMatchObject({ status: 'kept', attained: 1 })
  })
})

describe('the texts of a standing', () => {
  it('read below the objective exactly when the objective was missed', () => {
    fc.assert(
      fc.property(objectives, shares, (objective, answer) => {
        const one = judged(objective, answer)
        if (one.status === 'unknown') throw new Error(one.reason)
        const shown = Number.parseFloat(attainedText(one.slo, one.attained))
        expect(shown < objective).toBe(one.status === 'missed')
      }),
    )
  })

  it('say 100 % only when nothing was lost', () => {
    expect(attainedText(slo(99.9), 1)).toBe('100 %')
    expect(attainedText(slo(99.9), 0.9999999)).toBe('99.999 %')
    expect(attainedText(slo(99.9), 0.9989999)).toBe('99.899 %')
    expect(attainedText(slo(95), 0.9731)).toBe('97.31 %')
  })

  it('name budgets in the unit that reads best', () => {
    expect([43.2, 0.432, 2160, 13_104, 0, -21.6].map(budgetText)).toEqual([
      '43.2 min',
      '25.9 s',
      '36 h',
      '9.1 d',
      '0 min',
      '21.6 min',
    ])
    expect([1, 0.5, 0.295, 0.004, 0, -0.25, -12].map(shareText)).toEqual([
      '100 %',
      '50 %',
      '29 %',
      '0 %',
      '0 %',
      '25 %',
      '1200 %',
    ])
  })
})

describe('an objective over a month of the calendar', () => {
  const monthly = sloOf({ window: { period: 'month', zone: 'Europe/Berlin' } })
  const at = new Date('2026-11-04T00:00:00Z')

  it('has the budget of the whole month from its first day on', () => {
    // Three days and an hour of thirty: what fails now has the whole month to be made good in.
    const one = standing(monthly, 0.998, new Map(), at)
    expect(one).toMatchObject({ budgetMinutes: 43.2, status: 'kept', attained: 0.998 })
    if (one.status === 'unknown') throw new Error(one.reason)
    expect(one.left.minutes).toBeCloseTo(43.2 - 0.002 * 73 * 60, 4)
  })

  it('is missed when more failed than the whole month may', () => {
    expect(standing(monthly, 0.98, new Map(), at)).toMatchObject({ status: 'missed' })
  })
})

describe('a budget of a few events', () => {
  it('is said, and one of many is not', () => {
    const few = (events: number | null) =>
      judge(slo(99.9), { bad: 0, events, rates: new Map(), stretches: [], since: null }, burnPairs(slo(99.9)), now)
    expect(few(4200)).toMatchObject({ fewEvents: 4.2 })
    expect(few(42_000)).toMatchObject({ fewEvents: null })
    expect(few(null)).toMatchObject({ fewEvents: null })
  })
})
