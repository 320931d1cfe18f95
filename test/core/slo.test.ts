// Error budgets: the arithmetic people check on a napkin, and that no text flatters it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attainedText,
  budgetLeft,
  budgetText,
  errorBudget,
  judge,
  type Slo,
  shareText,
  sloQuery,
} from '../../src/core/slo.ts'

const slo = (objective: number, window = 30): Slo => ({
  name: 'Checkout',
  service: 'checkout',
  objective,
  window,
  expr: 'avg_over_time(up{job="checkout"}[$window])',
})

const objectives = fc.constantFrom(50, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999)
const shares = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.99, max: 1, noNaN: true }))

describe('an error budget', () => {
  it('of 99.9 % over 30 days is exactly 43.2 minutes', () => {
    expect(errorBudget(slo(99.9))).toBe(43.2)
    expect(errorBudget(slo(99.99, 28))).toBeCloseTo(4.032, 9)
    expect(errorBudget(slo(95))).toBe(2160)
  })

  it('is half spent when half of the allowed failures happened', () => {
    expect(budgetLeft(slo(99.9), 0.9995)).toEqual({ share: 0.5, minutes: 21.6 })
  })

  it('is untouched at 100 %, empty at the objective and overspent below it', () => {
    fc.assert(
      fc.property(objectives, shares, (objective, attained) => {
        const one = slo(objective)
        expect(budgetLeft(one, 1)).toEqual({ share: 1, minutes: errorBudget(one) })
        expect(budgetLeft(one, objective / 100).share).toBe(0)
        const left = budgetLeft(one, attained)
        expect(left.share).toBeLessThanOrEqual(1)
        expect(left.minutes).toBeCloseTo(left.share * errorBudget(one), 6)
        expect(Math.sign(left.share)).toBe(Math.sign(left.minutes))
      }),
    )
  })

  it('never grows when less was attained', () => {
    fc.assert(
      fc.property(objectives, shares, shares, (objective, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(budgetLeft(slo(objective), less).share).toBeLessThanOrEqual(budgetLeft(slo(objective), more).share)
      }),
    )
  })
})

describe('a standing', () => {
  it('is kept, at risk or missed by what is left of the budget', () => {
    const status = (answer: number) => judge(slo(99.9), answer).status
    expect(status(1)).toBe('kept')
    expect(status(0.99925)).toBe('kept')
    expect(status(0.99924)).toBe('at risk')
    expect(status(0.999)).toBe('at risk')
    expect(status(0.998999)).toBe('missed')
  })

  it('has no risk and no budget at an objective of 100 %', () => {
    expect(judge(slo(100), 1)).toMatchObject({ status: 'kept', budgetMinutes: 0, left: { share: 0, minutes: 0 } })
    expect(judge(slo(100), 0.9999)).toMatchObject({ status: 'missed', left: { minutes: -4.32 } })
  })

  it('is unknown, with the reason, when the answer is no share of anything', () => {
    expect(judge(slo(99.9), null)).toMatchObject({ status: 'unknown', reason: 'no data' })
    expect(judge(slo(99.9), Number.NaN)).toMatchObject({ status: 'unknown', reason: 'no data' })
    expect(judge(slo(99.9), 99.95)).toMatchObject({
      status: 'unknown',
      reason: 'the query answered 99.95, not a share from 0 to 1; if that is a percentage, divide it by 100',
    })
    for (const nonsense of [-0.1, 250, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const standing = judge(slo(99.9), nonsense)
      expect(standing).toMatchObject({ status: 'unknown' })
      expect(standing).not.toHaveProperty('attained')
    }
  })

  it('forgives what floating point adds to a share of one', () => {
    expect(judge(slo(99.9), 1.0000000000000002)).toMatchObject({ status: 'kept', attained: 1 })
  })
})

describe('the texts of a standing', () => {
  it('read below the objective exactly when the objective was missed', () => {
    fc.assert(
      fc.property(objectives, shares, (objective, answer) => {
        const standing = judge(slo(objective), answer)
        if (standing.status === 'unknown') throw new Error(standing.reason)
        const shown = Number.parseFloat(attainedText(standing.slo, standing.attained))
        expect(shown < objective).toBe(standing.status === 'missed')
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

describe('the query of an SLO', () => {
  it('asks for its window wherever $window stands, in words PromQL knows', () => {
    expect(sloQuery({ ...slo(99.9), expr: 'sum(rate(good[$window])) / sum(rate(all[$window]))' })).toBe(
      'sum(rate(good[30d])) / sum(rate(all[30d]))',
    )
    expect(sloQuery(slo(99.9, 0.5))).toContain('[12h]')
  })
})
