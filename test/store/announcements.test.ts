// Whom a write wakes: those who are to do something now and do not know it yet, and nobody for what can wait.
import { expect, it } from 'vitest'
import type { Change } from '../../src/core/change.ts'
import { announcements, nothingBorn, quietOnes, type Writing } from '../../src/store/change-rows.ts'

const now = new Date('2026-03-02T09:00:00Z')
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds)
const how: Writing = { now, platforms: ['slack', 'console'], nameOf: (person) => person }

function change(number: number, { tellAt = null, dueAt = null, pages = [] }: Partial<Change> = {}): Change {
  return { incident: { number }, tellAt, dueAt, pages } as unknown as Change
}

const page = (number: number, dueAt = now) =>
  ({ key: `inc-${number}/r1s0/ada/slack`, dueAt }) as Change['pages'][number]
const room = (incident: number, platform: string) => ({ platform, incident, holder: 'here' })

it('says what there is to do: rooms to tell and pages to send now, decisions within two seconds', () => {
  const changes = [
    change(1, { tellAt: now, dueAt: later(2_000), pages: [page(1)] }),
    change(2, { tellAt: later(1), dueAt: later(2_001), pages: [page(2, later(1))] }),
    change(3, { dueAt: now }),
    change(4, { tellAt: now, dueAt: later(2_000), pages: [page(4)] }),
  ]
  expect(announcements(changes, how)).toEqual(['1,4 told paged due', '2', '3 due'])
  expect(quietOnes(changes, how)).toEqual([2])
  expect(announcements(changes, { ...how, quietLater: true })).toEqual(['1,4 told paged due', '3 due'])
})

it('wakes nobody for what this process begins itself, and everybody for what it does not', () => {
  const changes = [1, 2, 3].map((number) => change(number, { tellAt: now, pages: [page(number)] }))
  const born = {
    ...nothingBorn,
    rooms: [room(1, 'slack'), room(1, 'console'), room(2, 'slack')],
    pages: [{ key: page(1).key, holder: 'here' }],
  }
  expect(announcements(changes, { ...how, born })).toEqual(['1', '2,3 told paged'])
})

it('says no more than PostgreSQL takes at once', () => {
  const changes = Array.from({ length: 1_001 }, (_, i) => change(1_000_000 + i))
  const said = announcements(changes, how)
  expect(said.map((one) => one.split(',').length)).toEqual([500, 500, 1])
  expect(Math.max(...said.map((one) => one.length))).toBeLessThan(8_000)
})
