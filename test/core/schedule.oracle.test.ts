// Schedules against a naive reading of README's rules, minute by minute, around the nights in which the clocks change.
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { weekdays } from '../../src/core/hours.ts'
import type { Layer } from '../../src/core/layer.ts'
import { gapsBetween, type PersonalOverride, type Schedule, shiftAt, shiftsBetween } from '../../src/core/schedule.ts'
import { naiveSchedule } from './naive-schedule.ts'

const minute = 60_000
const day = 1440 * minute

/** Both changes of 2026, and where there is none, a day like any other. */
const changes = [
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  // Half an hour, at two.
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  // At midnight: the day itself begins twice, or late.
  ['America/Santiago', '2026-04-05T03:00Z'],
  ['America/Santiago', '2026-09-06T04:00Z'],
  ['Asia/Kolkata', '2026-06-15T00:00Z'],
] as const
const zones = [...new Set(changes.map(([zone]) => zone))]

/** Minutes looked at before the change, and in all. The first ones only serve to find where shifts begin. */
const before = 4 * 1440
const minutes = 6 * 1440
const lookedAt = 2 * 1440

const person = fc.constantFrom('ada', 'grace', 'linus', 'alan')
/** Mostly where clocks change. */
const time = fc.oneof(
  fc.constantFrom('00:00', '00:30', '01:00', '01:30', '01:45', '02:00', '02:15', '02:30', '03:00', '23:30'),
  fc.tuple(fc.nat(23), fc.nat(3)).map(([h, q]) => `${String(h).padStart(2, '0')}:${String(q * 15).padStart(2, '0')}`),
)

function dateAround(change: number, earliest: number, latest: number): fc.Arbitrary<string> {
  return fc
    .integer({ min: earliest, max: latest })
    .map((days) => new Date(change + days * day).toISOString().slice(0, 10))
}

const window = fc.record({
  days: fc.subarray([...weekdays], { minLength: 1 }),
  holidays: fc.constantFrom('also', 'never', 'as any day'),
  from: time,
  until: time,
}) as fc.Arbitrary<Layer['only'][number]>

function layer(zone: string, change: number): fc.Arbitrary<Layer> {
  return fc.record({
    name: fc.constant(null),
    zone: fc.oneof({ weight: 3, arbitrary: fc.constant(zone) }, fc.constantFrom(...zones)),
    turns: fc.array(fc.uniqueArray(person, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }),
    every: fc.oneof(
      fc.integer({ min: 1, max: 40 }).map((hours) => ({ hours })),
      fc.constantFrom(1, 1, 2, 3, 7, 14).map((days) => ({ days })),
      fc.constant({ months: 1 }),
    ),
    starts: dateAround(change, -40, 0),
    handover: time,
    weekday: fc.constant(null),
    only: fc.oneof(fc.constant<Layer['only']>([]), fc.array(window, { minLength: 1, maxLength: 3 })),
  })
}

function override(from: number): fc.Arbitrary<Omit<PersonalOverride, 'id' | 'madeAt'>> {
  return fc
    .record({
      person,
      replaces: fc.oneof(fc.constant(null), person),
      start: fc.integer({ min: before - lookedAt, max: minutes }),
      length: fc.integer({ min: 1, max: 2000 }),
    })
    .map(({ start, length, ...who }) => ({
      ...who,
      kind: 'override',
      schedule: 's',
      madeBy: 'ada',
      from: new Date(from + start * minute),
      until: new Date(from + (start + length) * minute),
    }))
}

const situation = fc.constantFrom(...changes).chain(([zone, at]) => {
  const change = Date.parse(at)
  const from = change - before * minute
  return fc.record({
    from: fc.constant(from),
    schedule: fc.record({
      name: fc.constant('s'),
      zone: fc.constant<string>(zone),
      layers: fc.array(layer(zone, change), { minLength: 1, maxLength: 3 }),
      holidays: fc.array(dateAround(change, -2, 2), { maxLength: 3 }),
      calendar: fc.constant(null),
    }) satisfies fc.Arbitrary<Schedule>,
    overrides: fc.array(override(from), { maxLength: 4 }).map((made) =>
      // Made one after the other, whatever the order they are read in.
      made.map((one, i): PersonalOverride => ({ ...one, id: i, madeAt: new Date(from + i * minute) })).reverse(),
    ),
  })
})

describe('the engine and the naive reading', () => {
  test('agree in every minute around the changes of five zones', () => {
    fc.assert(
      fc.property(situation, ({ from, schedule, overrides }) => {
        const naive = naiveSchedule(
          schedule,
          [...overrides].reverse().map((one) => ({
            ...one,
            from: (one.from.getTime() - from) / minute,
            until: (one.until.getTime() - from) / minute,
          })),
          from,
          minutes,
        )
        const [start, end] = [before - lookedAt, minutes - 1]
        const at = (m: number) => new Date(from + m * minute)
        for (let m = start; m < end; m++) {
          const shift = shiftAt(schedule, overrides, at(m))
          same('on call', at(m), shift?.people ?? [], naive[m] ?? [])
          if (shift !== null && (shift.from > at(m) || at(m) >= shift.until))
            throw new Error(`not in its own shift: ${m}`)
        }
        const planned = planOf(shiftsBetween(schedule, overrides, at(start), at(end)), from)
        const gaps = gapsBetween(schedule, overrides, at(start), at(end)).map((gap) => ({ ...gap, people: ['gap'] }))
        const open = planOf(gaps, from)
        for (let m = start; m < end; m++) {
          same('planned', at(m), planned.get(m) ?? [], naive[m] ?? [])
          same('gap', at(m), open.get(m) ?? [], naive[m]?.length === 0 ? ['gap'] : [])
        }
      }),
      { numRuns: Number(process.env.SCHEDULE_RUNS ?? 100) },
    )
  }, 600_000)
})

function same(what: string, at: Date, found: string[], expected: string[]): void {
  if ([...found].sort().join() === [...expected].sort().join()) return
  throw new Error(
    `${what} at ${at.toISOString()}: found ${found.join() || 'nobody'}, expected ${expected.join() || 'nobody'}`,
  )
}

/** Shifts as minutes; throws when two of them overlap. */
function planOf(shifts: { people: string[]; from: Date; until: Date }[], from: number): Map<number, string[]> {
  const plan = new Map<number, string[]>()
  for (const shift of shifts) {
    const first = Math.max(0, (shift.from.getTime() - from) / minute)
    const last = Math.min(minutes, (shift.until.getTime() - from) / minute)
    for (let m = first; m < last; m++) {
      if (plan.has(m)) throw new Error(`two shifts at minute ${m}`)
      plan.set(m, shift.people)
    }
  }
  return plan
}
