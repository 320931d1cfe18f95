// Business hours against a naive reading of README's rules, minute by minute, around the nights in which the clocks change.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfNextBusinessDay, type Hours, isOpen, nextOpening, weekdays } from '../../src/core/hours.ts'

const minute = 60_000
const day = 1440 * minute

const changes = [
  ['Europe/Berlin', '2027-03-28T01:00Z'],
  ['Europe/Berlin', '2027-10-31T01:00Z'],
  ['America/New_York', '2027-11-07T06:00Z'],
  ['Australia/Lord_Howe', '2027-04-03T15:00Z'],
  ['Australia/Lord_Howe', '2027-10-02T15:30Z'],
  ['America/Santiago', '2027-04-04T03:00Z'],
  ['America/Santiago', '2027-09-05T04:00Z'],
  ['Asia/Kolkata', '2027-06-15T00:00Z'],
] as const

const time = fc
  .tuple(fc.oneof(fc.constantFrom(0, 1, 2, 3, 22, 23), fc.nat(23)), fc.nat(3))
  .map(([h, q]) => `${String(h).padStart(2, '0')}:${String(q * 15).padStart(2, '0')}`)

const walls = new Map<string, string[]>()

/** What the wall shows, minute by minute: told to Intl once, which takes its time. */
function wallOf(zone: string, from: number, minutes: number): string[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const shown =
    walls.get(`${zone} ${from}`) ?? Array.from({ length: minutes }, (_, i) => format.format(from + i * minute))
  walls.set(`${zone} ${from}`, shown)
  return shown
}

/** For each minute from `from` on whether it is open. */
function naive({ zone, days, from: opens, until: closes, holidays }: Hours, from: number, minutes: number): boolean[] {
  const shown = wallOf(zone, from, minutes)
  // What is not there moves on by as much as the clock does: as many minutes after the last that was.
  const when = (date: string, at: string, which: 'first' | 'last') => {
    for (let back = 0; back < 180; back++) {
      const wall = new Date(Date.parse(`${date}T${at}:00Z`) - back * minute)
        .toISOString()
        .slice(0, 16)
        .replace('T', ' ')
      const found = back === 0 && which === 'first' ? shown.indexOf(wall) : shown.lastIndexOf(wall)
      if (found >= 0) return found + back
    }
    return -1
  }
  const open = shown.map(() => false)
  for (const date of new Set(shown.map((one) => one.slice(0, 10)))) {
    const name = weekdays[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7]
    if (name === undefined || !days.includes(name) || holidays.includes(date)) continue
    open.fill(true, when(date, opens, 'first'), when(date, closes, 'last'))
  }
  return open
}

const around = fc.constantFrom(...changes).chain(([zone, change]) =>
  fc.record({
    change: fc.constant(Date.parse(change)),
    hours: fc
      .tuple(time, time, fc.subarray([...weekdays], { minLength: 5 }), fc.subarray([-1, 0, 1], { maxLength: 1 }))
      .filter(([from, until]) => from < until)
      .map(([from, until, days, offs]): Hours => {
        const holidays = offs.map((off) => new Date(Date.parse(change) + off * day).toISOString().slice(0, 10))
        return { zone, days, from, until, holidays }
      }),
  }),
)

describe('business hours', () => {
  test('are those of a naive reading, in nights in which the clocks change, too', () => {
    fc.assert(
      fc.property(around, ({ hours, change }) => {
        const from = change - 3 * day
        const open = naive(hours, from, 8 * 1440)
        // All of it begins and ends at quarters of an hour.
        for (let i = 1440; i < 5 * 1440; i += 15) {
          const at = new Date(from + i * minute)
          expect(isOpen(hours, at), at.toISOString()).toBe(open[i])
          const next = open.indexOf(true, i)
          if (next >= 0) expect(nextOpening(hours, at).toISOString()).toBe(new Date(from + next * minute).toISOString())
        }
      }),
      { numRuns: 60 },
    )
  })

  test('that open at a time that comes twice do not open in the past', () => {
    const hours: Hours = { zone: 'Europe/Berlin', days: [...weekdays], from: '02:30', until: '20:00', holidays: [] }
    const second = new Date('2027-10-31T01:10:00Z')
    expect(isOpen(hours, second)).toBe(true)
    expect(nextOpening(hours, second)).toEqual(second)
    expect(nextOpening(hours, new Date('2027-03-28T01:10:00Z'))).toEqual(new Date('2027-03-28T01:30:00Z'))
    expect(endOfNextBusinessDay(hours, second)).toEqual(new Date('2027-11-01T19:00:00Z'))
  })

  test('that the clock leaves out altogether are not open that day, and are the next', () => {
    const zone = 'Australia/Lord_Howe'
    const hours: Hours = {
      zone,
      days: ['wed', 'thu', 'fri', 'sat', 'sun'],
      from: '02:00',
      until: '02:30',
      holidays: [],
    }
    const before = new Date('2027-10-02T14:00:00Z')
    expect(nextOpening(hours, before)).toEqual(new Date('2027-10-05T15:00:00Z'))
    expect(endOfNextBusinessDay(hours, new Date('2027-10-01T14:00:00Z'))).toEqual(new Date('2027-10-05T15:30:00Z'))
  })
})
