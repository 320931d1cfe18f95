// Weeks are seven local days, whatever daylight saving does to them, and their keys give them back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weekBefore, weekNamed, weekOf } from '../../src/core/week.ts'

const hours = (week: { from: Date; until: Date }) => (week.until.getTime() - week.from.getTime()) / 3_600_000

describe('the week of a digest', () => {
  it('is Monday to Sunday before a digest on Monday, and is called by its ISO week', () => {
    expect(weekOf(new Date('2026-11-23T08:00:00Z'), 'Europe/Berlin')).toEqual({
      key: '2026-W47',
      zone: 'Europe/Berlin',
      from: new Date('2026-11-15T23:00:00Z'),
      until: new Date('2026-11-22T23:00:00Z'),
    })
  })

  it('is the seven days before a digest on any other day, and is called by the first of them', () => {
    const week = weekOf(new Date('2026-11-20T15:00:00Z'), 'Europe/Berlin')
    expect(week).toMatchObject({ key: '2026-W46-5', from: new Date('2026-11-12T23:00:00Z') })
  })

  it('is an hour shorter in spring and an hour longer in autumn', () => {
    expect(hours(weekOf(new Date('2026-03-30T07:00:00Z'), 'Europe/Berlin'))).toBe(167)
    expect(hours(weekOf(new Date('2026-10-26T08:00:00Z'), 'Europe/Berlin'))).toBe(169)
    expect(hours(weekOf(new Date('2026-10-26T08:00:00Z'), 'Asia/Kolkata'))).toBe(168)
  })

  it('belongs to the zone: Monday morning in Auckland is still Sunday in Los Angeles', () => {
    const now = new Date('2026-11-22T20:00:00Z')
    expect(weekOf(now, 'Pacific/Auckland').key).toBe('2026-W47')
    expect(weekOf(now, 'America/Los_Angeles').key).toBe('2026-W46-7')
  })

  it('joins the week before without a gap, is the same all day long, and comes back from its key', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC')
    const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(instants, zones, (now, zone) => {
        const week = weekOf(now, zone)
        expect(weekBefore(week).until).toEqual(week.from)
        expect(week.until <= now).toBe(true)
        expect(weekOf(week.until, zone)).toEqual(week)
        expect(weekNamed(week.key, zone)).toEqual(week)
      }),
    )
  })

  it('is null for what is no key', () => {
    for (const key of ['', '2026-W00', '2026-W54', '2027-W53', '2026-W47-1', '2026-W47-8', 'last week', '2026-47']) {
      expect(weekNamed(key, 'UTC'), key).toBeNull()
    }
    expect(weekNamed('2026-W53', 'UTC')).not.toBeNull()
  })
})
