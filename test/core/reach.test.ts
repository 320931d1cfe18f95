import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/hours.ts'
import { nextWay, planWays, type Quiet, quietUntil, type Way } from '../../src/core/reach.ts'
import { channelRecipient, recipientOf } from '../../src/core/recipient.ts'

const minute = 60_000
const rule: Way[] = [
  { channel: 'slack', after: 0 },
  { channel: 'email', after: 3 * minute },
  { channel: 'webhook:phone', after: 5 * minute },
]

describe('the ways a page takes', () => {
  it('are those of the rule, each after its own time', () => {
    expect(planWays(rule, ['slack', 'console', 'email', 'webhook:phone'], ['slack'])).toEqual(rule)
  })

  it('begin at once, even when the first ways of the rule are not there', () => {
    expect(planWays(rule, ['email', 'webhook:phone'], ['email'])).toEqual([
      { channel: 'email', after: 0 },
      { channel: 'webhook:phone', after: 2 * minute },
    ])
  })

  it('are the usual ones without a rule, and when nothing of the rule is there', () => {
    expect(planWays(null, ['slack', 'email'], ['slack'])).toEqual([{ channel: 'slack', after: 0 }])
    expect(planWays(rule, ['console'], ['console'])).toEqual([{ channel: 'console', after: 0 }])
  })

  it('go on in the own order, then over whatever else there is, and end', () => {
    const own: Way[] = [
      { channel: 'email', after: 0 },
      { channel: 'slack', after: 0 },
    ]
    const have = ['slack', 'discord', 'email', 'console']
    expect(nextWay(own, have, [])).toBe('email')
    expect(nextWay(own, have, ['email'])).toBe('slack')
    expect(nextWay(own, have, ['email', 'slack'])).toBe('discord')
    expect(nextWay(own, have, have)).toBeNull()
    expect(nextWay(null, [], [])).toBeNull()
  })
})

describe('quiet hours', () => {
  const quiet: Quiet = { zone: 'Europe/Berlin', days: [...weekdays], from: '22:00', until: '07:00' }
  const end = (at: string, over: Partial<Quiet> = {}) => quietUntil({ ...quiet, ...over }, new Date(at))?.toISOString()

  it('reach over midnight', () => {
    expect(end('2026-03-02T20:59:59Z')).toBeUndefined()
    expect(end('2026-03-02T21:00:00Z')).toBe('2026-03-03T06:00:00.000Z')
    expect(end('2026-03-03T05:59:59Z')).toBe('2026-03-03T06:00:00.000Z')
    expect(end('2026-03-03T06:00:00Z')).toBeUndefined()
  })

  it('can lie within a day', () => {
    const lunch = { from: '12:00', until: '13:00' }
    expect(end('2026-03-02T11:30:00Z', lunch)).toBe('2026-03-02T12:00:00.000Z')
    expect(end('2026-03-02T12:00:00Z', lunch)).toBeUndefined()
  })

  it('belong to the day on which they begin', () => {
    // Friday night reaches into Saturday; Saturday night is not quiet.
    const week = { days: ['mon', 'tue', 'wed', 'thu', 'fri'] as Quiet['days'] }
    expect(end('2026-03-07T03:00:00Z', week)).toBe('2026-03-07T06:00:00.000Z')
    expect(end('2026-03-07T22:00:00Z', week)).toBeUndefined()
    expect(end('2026-03-08T22:00:00Z', week)).toBeUndefined()
  })

  it('end at the last 02:30 of an autumn night, and a spring night moves forward', () => {
    const early = { until: '02:30' }
    expect(end('2026-10-25T00:45:00Z', early)).toBe('2026-10-25T01:30:00.000Z')
    expect(end('2026-03-29T00:59:00Z', early)).toBe('2026-03-29T01:30:00.000Z')
  })

  it('begin at the first 02:30 of an autumn night', () => {
    const late = { from: '02:30', until: '08:00' }
    expect(end('2026-10-25T00:29:59Z', late)).toBeUndefined()
    expect(end('2026-10-25T00:30:00Z', late)).toBe('2026-10-25T07:00:00.000Z')
  })

  it('follow their own zone', () => {
    expect(end('2026-03-02T13:00:00Z', { zone: 'Asia/Tokyo' })).toBe('2026-03-02T22:00:00.000Z')
  })
})

it('a recipient is a person, a channel or a webhook', () => {
  expect(recipientOf('ada')).toEqual({ kind: 'person', person: 'ada' })
  expect(recipientOf('#sre')).toEqual({ kind: 'channel', platform: null, channel: 'sre' })
  expect(recipientOf(channelRecipient('slack', 'sre'))).toEqual({ kind: 'channel', platform: 'slack', channel: 'sre' })
  expect(recipientOf('webhook:pagerduty')).toEqual({ kind: 'webhook', channel: 'webhook:pagerduty' })
})

it('quiet hours end at one instant, wherever within them one asks', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kolkata']
  const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  const shown = ([h, m]: [number, number]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`
  const year = { min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      time,
      time,
      fc.integer(year),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (zone, a, b, ms, share) => {
        // Nights of nearly a whole day may touch the next where the clocks change.
        fc.pre((b[0] - a[0] + 24) % 24 >= 1 && (b[0] - a[0] + 24) % 24 <= 20)
        const quiet: Quiet = { zone, days: [...weekdays], from: shown(a), until: shown(b) }
        const at = new Date(ms)
        const until = quietUntil(quiet, at)
        if (until === null) return true
        const between = new Date(ms + Math.floor((until.getTime() - ms - 1) * share))
        return (
          until > at && quietUntil(quiet, between)?.getTime() === until.getTime() && quietUntil(quiet, until) === null
        )
      },
    ),
    { numRuns: 500 },
  )
})
