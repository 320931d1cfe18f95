// Who is meant by a target at an instant, whatever was asked before.
import { expect, it } from 'vitest'
import { type Duty, peopleBehind } from '../../src/core/duty.ts'
import type { Override, Schedule } from '../../src/core/schedule.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour))

/** Nobody but by override. */
const primary: Schedule = { name: 'primary', zone: 'UTC', layers: [], holidays: [], calendar: null }
const duty: Duty = { people: { ada: {}, grace: {} }, schedules: { primary }, groups: { sre: ['ada', 'gone', 'grace'] } }

function override(id: number, person: string, from: number, until: number): Override {
  return {
    ...{ kind: 'override', id, schedule: 'primary', person, replaces: null, from: at(from), until: at(until) },
    ...{ madeBy: 'ada', madeAt: at(id) },
  }
}

it('is asked anew for each instant, in whatever order', () => {
  const overrides = [override(1, 'ada', 8, 12), override(2, 'grace', 12, 16)]
  const asked = [9, 13, 9, 20, 9].map((hour) => peopleBehind(duty, overrides, { schedule: 'primary' }, at(hour)))
  expect(asked).toEqual([['ada'], ['grace'], ['ada'], [], ['ada']])
})

it('is nobody who left the configuration, and by an override of theirs whoever it would have been', () => {
  const overrides = [override(1, 'ada', 8, 16), override(2, 'gone', 9, 12)]
  expect(peopleBehind(duty, overrides, { schedule: 'primary' }, at(10))).toEqual(['ada'])
  expect(peopleBehind(duty, overrides, { group: 'sre' }, at(10))).toEqual(['ada', 'grace'])
  const gone = [{ person: 'gone' }, { group: 'none' }, { schedule: 'none' }]
  expect(gone.map((target) => peopleBehind(duty, overrides, target, at(10)))).toEqual([[], [], []])
})

it('is the channel or the webhook itself', () => {
  expect(peopleBehind(duty, [], { channel: 'slack#sre' }, at(10))).toEqual(['slack#sre'])
  expect(peopleBehind(duty, [], { webhook: 'phone' }, at(10))).toEqual(['webhook:phone'])
})
