// Figures of a week: nothing to count is said as such, and boundaries count an incident exactly once.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentOf, type Response, responseFigures, spread } from '../../src/core/statistics.ts'

const minute = 60_000
const from = new Date('2026-11-16T00:00:00Z')
const until = new Date('2026-11-23T00:00:00Z')

function response(given: Partial<Response>): Response {
  return { opened: true, openedAt: from, acknowledgedAt: null, resolvedAt: null, verdict: 'none', ...given }
}

describe('a spread', () => {
  it('of nothing is nothing, not zero', () => {
    expect(spread([])).toBeNull()
  })

  it('has its median between the two in the middle', () => {
    expect(spread([10, 1, 3])).toEqual({ count: 3, mean: 14 / 3, median: 3 })
    expect(spread([4, 1, 100, 2])).toEqual({ count: 4, mean: 26.75, median: 3 })
  })

  it('keeps mean and median within what was measured', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }), (durations) => {
        const { mean, median } = spread(durations) ?? { mean: -1, median: -1 }
        for (const figure of [mean, median]) {
          expect(figure).toBeGreaterThanOrEqual(Math.min(...durations))
          expect(figure).toBeLessThanOrEqual(Math.max(...durations))
        }
      }),
    )
  })
})

describe('the figures of a week', () => {
  it('count an incident that was resolved later with the week of its end', () => {
    const earlier = new Date(from.getTime() - 60 * minute)
    const figures = responseFigures(
      [
        response({ opened: false, openedAt: earlier, acknowledgedAt: earlier, resolvedAt: from }),
        response({ resolvedAt: until }),
        response({ resolvedAt: new Date(from.getTime() + 10 * minute) }),
      ],
      from,
      until,
    )
    expect(figures.opened).toBe(2)
    expect(figures.timeToAcknowledge).toBeNull()
    expect(figures.timeToResolve).toEqual({ count: 2, mean: 35 * minute, median: 35 * minute })
  })

  it('keep those without a verdict out of the share, and say who was spared an answer', () => {
    const figures = responseFigures(
      [
        response({ verdict: 'in time', acknowledgedAt: from }),
        response({ verdict: 'in time', resolvedAt: from }),
        response({ verdict: 'late', acknowledgedAt: from }),
        response({ verdict: 'undecided' }),
        response({ verdict: 'none' }),
      ],
      from,
      until,
    )
    expect(figures).toMatchObject({ opened: 5, inTime: 2, late: 1, undecided: 1, endedUnanswered: 1 })
  })

  it('call it 100 % only when all were in time', () => {
    expect(percentOf(199, 200)).toBe(99)
    expect(percentOf(200, 200)).toBe(100)
    expect(percentOf(0, 0)).toBeNull()
  })
})
