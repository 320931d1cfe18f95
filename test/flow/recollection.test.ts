// What intake remembers of incidents and of the alerts that fire in them: never one without the other.
import { expect, it } from 'vitest'
import type { Incident } from '../../src/core/incident.ts'
import { type Recalled, Recollection } from '../../src/flow/recollection.ts'
import { terms } from '../http/config.ts'

function recalled(number: number, more: Partial<Incident> = {}): Recalled {
  const open = {
    ...{ status: 'open', number, groupingKey: `key ${number}`, title: 'Checkout is down', service: 'checkout' },
    ...{ severity: 'P1', openedAt: new Date(0), lead: null, trace: 't', terms, position: null, quietUntil: null },
  } as const
  return { incident: { ...open, ...more } as Incident, clocks: [], version: '1', firing: 1, place: { now: null } }
}

it('finds an incident by its number, its key, and the alerts that fire in it', () => {
  const memory = new Recollection()
  const one = recalled(1)
  memory.keep(one)
  memory.keepAlert('alert', one, 7, 'warning')
  expect([memory.byNumber(1), memory.byKey('key 1'), memory.byAlert('alert')]).toEqual([
    one,
    one,
    { one, since: 7, said: 'warning' },
  ])
  memory.forgetAlert('alert')
  expect(memory.byAlert('alert')).toBeUndefined()
})

it('forgets with an incident where its alerts fire, until it is known again', () => {
  const memory = new Recollection()
  const one = recalled(1)
  memory.keep(one)
  memory.keepAlert('alert', one, 7, 'warning')
  memory.forget(1)
  expect([memory.byNumber(1), memory.byKey('key 1'), memory.byAlert('alert')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  const later = { ...one, version: '2' }
  memory.keep(later)
  expect(memory.byAlert('alert')).toEqual({ one: later, since: 7, said: 'warning' })
})

it('keeps none that is resolved, and forgets the one that was kept longest ago', () => {
  const memory = new Recollection()
  memory.keep(recalled(1))
  memory.keep(recalled(1, { status: 'resolved' } as Partial<Incident>))
  expect(memory.byKey('key 1')).toBeUndefined()
  for (let number = 1; number <= 2_001; number++) memory.keep(recalled(number))
  expect([memory.byNumber(1), memory.byNumber(2)?.incident.number, memory.byKey('key 1')]).toEqual([
    undefined,
    2,
    undefined,
  ])
})
