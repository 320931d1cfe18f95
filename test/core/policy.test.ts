// Where a policy stands after each step: what is skipped, how long whoever was paged last has, and who helps.
import { describe, expect, it } from 'vitest'
import { type Hours, weekdays } from '../../src/core/hours.ts'
import { type Circumstances, helpers, type Policy, type Rung, takeStep, waitBefore } from '../../src/core/policy.ts'

const minute = 60_000
const now = new Date('2026-03-02T09:00:00Z')
const at = (minutes: number) => new Date(now.getTime() + minutes * minute)
const hours: Hours = { zone: 'UTC', days: [...weekdays], from: '09:00', until: '17:00', holidays: [] }

const policy: Policy = {
  name: 'default',
  rounds: 2,
  steps: [
    { targets: [{ person: 'ada' }], wait: 5 * minute },
    { targets: [{ schedule: 'nobody' }], wait: 7 * minute },
    { targets: [{ person: 'grace' }, { person: 'ada' }], wait: 11 * minute },
  ],
  lastResort: { people: ['margaret'], every: 10 * minute },
}

const around: Circumstances = {
  severity: 'P1',
  hours,
  onCall: (target) => ('person' in target ? [target.person] : []),
}

const rung = (step: number, more: Partial<Rung> = {}): Extract<Rung, { at: 'step' }> => ({
  ...{ at: 'step', step, round: 1, lastRound: 2, dueAt: now },
  ...(more as object),
})
const lastResort = (times: number): Rung => ({ at: 'last resort', times, round: 3, dueAt: now })

describe('a step', () => {
  it('that is taken is followed by the next one after its wait, and by the next round after the last', () => {
    expect(takeStep(policy, rung(0), around, now)).toEqual({
      outcome: { kind: 'paged', step: 0, round: 1, people: ['ada'] },
      next: { ...rung(1), dueAt: at(5), takenAt: now },
    })
    expect(takeStep(policy, rung(2), around, now).next).toEqual({ ...rung(0), round: 2, dueAt: at(11), takenAt: now })
  })

  it('that pages nobody is skipped at once, and forgets not when somebody was paged', () => {
    const skipping = { ...policy, steps: policy.steps.slice(0, 2) }
    const before = rung(1, { round: 2, takenAt: at(-5) })
    expect(takeStep(skipping, before, around, now)).toEqual({
      outcome: { kind: 'skipped', step: 1, round: 2, because: 'nobody' },
      next: { ...lastResort(0), takenAt: at(-5) },
    })
  })

  it('of a policy that has fewer by now is the last resort', () => {
    expect(takeStep(policy, rung(9), around, now).outcome).toMatchObject({ kind: 'last resort', times: 1 })
  })
})

it('whoever was paged last has the time of the step that paged them', () => {
  const waits = [rung(1), rung(2), rung(0, { round: 2 }), lastResort(0), lastResort(1), lastResort(5)]
  expect(waits.map((one) => waitBefore(policy, one) / minute)).toEqual([5, 7, 11, 11, 10, 10])
})

describe('help', () => {
  it('is the next step that knows anybody else, and hurries nothing that comes after', () => {
    expect(helpers(policy, rung(0, { dueAt: at(3) }), around, now, ['ada'])).toEqual({
      people: ['grace'],
      next: { ...rung(0), round: 2, dueAt: at(3), takenAt: now },
    })
  })

  it('is the duty managers once every step was looked at, and the policy stays where it is', () => {
    const position = rung(0)
    expect(helpers(policy, position, around, now, ['ada', 'grace'])).toEqual({ people: ['margaret'], next: position })
    expect(helpers(policy, lastResort(2), around, now, [])).toEqual({ people: ['margaret'], next: lastResort(2) })
  })
})
