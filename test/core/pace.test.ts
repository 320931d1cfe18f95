// How the time to acknowledge is shared by the steps of a policy: one written line is the pace of the escalation.
import { describe, expect, it } from 'vitest'
import type { ClockTerm } from '../../src/core/clocks.ts'
import { type Hours, weekdays } from '../../src/core/hours.ts'
import { type PlannedStep, type PolicyPlan, pace } from '../../src/core/pace.ts'

const minute = 60_000
const hours: Hours = { zone: 'UTC', days: [...weekdays], from: '09:00', until: '17:00', holidays: [] }
const step = (minutes: number | null, more: Partial<PlannedStep> = {}): PlannedStep => ({
  targets: [{ person: 'ada' }],
  wait: minutes === null ? null : minutes * minute,
  ...more,
})
const respond = (within: ClockTerm['within']): ClockTerm => ({
  name: 'respond',
  within,
  from: 'opened',
  until: 'acknowledged',
})

function waits(steps: PlannedStep[], clocks: ClockTerm[] = [respond(15 * minute)]): number[] {
  const plan: PolicyPlan = { name: 'default', steps, rounds: 1, lastResort: { people: [], every: minute } }
  return pace(plan, 'P1', clocks, hours).steps.map(({ wait }) => wait / minute)
}

describe('the waits of steps that have none of their own', () => {
  it('are equal shares of the time to acknowledge, so that all are paged before it is over', () =>
    expect(waits([step(null), step(null), step(null)])).toEqual([5, 5, 5]))

  it('share what the written ones leave', () => expect(waits([step(7), step(null), step(null)])).toEqual([7, 4, 4]))

  it('are as if there were none where the written ones use all of it up', () =>
    expect(waits([step(15), step(null), step(null)])).toEqual([15, 5, 5]))

  it('are a third of it for a lone step, which is called three times', () => expect(waits([step(null)])).toEqual([5]))

  it('leave out steps of other severities, and count those of certain hours', () => {
    const [other, certain] = [{ severity: ['P2'] as ['P2'] }, { hours: 'outside' } as const]
    expect(waits([step(null), step(null, { when: [other] }), step(null, { when: [certain] })])).toEqual([7.5, 7.5, 7.5])
  })

  it('are of a business day as long as it is open', () =>
    expect(waits([step(null), step(null)], [respond('next business day')])).toEqual([240, 240]))

  it('are of the shortest promise, of those that begin with the opening; and five minutes where there is none', () => {
    const late: ClockTerm = { ...respond(2 * minute), from: 'resolved' }
    expect(waits([step(null), step(null)], [respond(30 * minute), respond(10 * minute), late])).toEqual([5, 5])
    expect(waits([step(null)], [{ ...respond(minute), until: 'resolved' }])).toEqual([5])
  })

  it('are a second at least', () => expect(waits([step(null), step(null)], [respond(100)])).toEqual([1 / 60, 1 / 60]))
})
