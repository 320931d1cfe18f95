// When a cron expression is next due, also in the nights in which clocks change.
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { nextTime } from '../../src/worker/cron.ts'

const next = (cron: string, zone: string, after: string) => nextTime(cron, zone, new Date(after))?.toISOString()

describe('a cron expression is due', () => {
  it.each([
    ['0 9 * * 1', 'Europe/Berlin', '2026-11-24T00:00:00Z', '2026-11-30T08:00:00.000Z'],
    ['0 9 * * 1', 'Europe/Berlin', '2026-11-30T08:00:00Z', '2026-12-07T08:00:00.000Z'],
    ['0 9 * * 1', 'Europe/Berlin', '2027-03-24T00:00:00Z', '2027-03-29T07:00:00.000Z'],
    ['0 0 1 1 *', 'Pacific/Apia', '2026-12-31T10:59:59Z', '2026-12-31T11:00:00.000Z'],
    ['@monthly', 'America/St_Johns', '2028-02-29T23:00:00Z', '2028-03-01T03:30:00.000Z'],
    ['0 9 L * *', 'UTC', '2028-02-01T00:00:00Z', '2028-02-29T09:00:00.000Z'],
    ['0 9 29 2 *', 'UTC', '2096-03-01T00:00:00Z', '2104-02-29T09:00:00.000Z'],
    ['0 9 29 2 1#5', 'UTC', '2072-03-01T00:00:00Z', '2112-02-29T09:00:00.000Z'],
    ['15 30 9 * * MON#2', 'UTC', '2026-11-24T00:00:00Z', '2026-12-14T09:30:15.000Z'],
  ])('%s in %s after %s', (cron, zone, after, at) => expect(next(cron, zone, after)).toBe(at))

  it.each([
    ['30 2 * * 0', 'Europe/Berlin', '2027-03-27T20:00:00Z', '2027-03-28T01:30:00.000Z'],
    ['0 0 * * 0', 'Asia/Beirut', '2027-03-27T12:00:00Z', '2027-03-27T22:00:00.000Z'],
    ['15 2 * * 0', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', '2026-10-03T15:45:00.000Z'],
  ])('%s in %s also where that hour does not exist', (cron, zone, after, at) =>
    expect(next(cron, zone, after)).toBe(at),
  )

  it('once where its hour comes twice', () => {
    expect(next('30 2 * * 0', 'Europe/Berlin', '2027-10-30T20:00:00Z')).toBe('2027-10-31T00:30:00.000Z')
    expect(next('30 2 * * 0', 'Europe/Berlin', '2027-10-31T00:30:00Z')).toBe('2027-11-07T01:30:00.000Z')
  })

  it('never on a day that no year has', () =>
    expect(next('0 9 1 * 1#5', 'UTC', '2026-11-24T00:00:00Z')).toBeUndefined())

  it('every day at its time of the wall, whatever the zone does', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'America/Santiago',
      'Pacific/Apia',
      'Africa/Cairo',
      'Asia/Kathmandu',
    ]
    const first = Date.parse('2026-01-01T00:00:00Z')
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 4 * 365 * 1_440 }),
        (zone, hour, minute, minutes) => {
          const after = Temporal.Instant.fromEpochMilliseconds(first + minutes * 60_000).toZonedDateTimeISO(zone)
          const on = (days: number) =>
            after.toPlainDate().add({ days }).toZonedDateTime({ timeZone: zone, plainTime: { hour, minute } })
          const expected = [0, 1, 2].map(on).find((at) => Temporal.ZonedDateTime.compare(at, after) > 0)
          const found = nextTime(`${minute} ${hour} * * *`, zone, new Date(after.epochMilliseconds))
          expect(found?.getTime()).toBe(expected?.epochMilliseconds)
        },
      ),
    )
  })
})
