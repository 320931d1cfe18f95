// Schedules by example: what a team would look up in README, and what goes wrong elsewhere.
import { describe, expect, test } from 'vitest'
import { findGaps } from '../../src/core/gaps.ts'
import type { Layer } from '../../src/core/layer.ts'
import {
  gapsBetween,
  layersAt,
  nextShift,
  type Override,
  type PersonalOverride,
  type Schedule,
  shiftAt,
  shiftsBetween,
} from '../../src/core/schedule.ts'

const berlin = 'Europe/Berlin'

function layer(given: Partial<Layer> & { people: string[] }): Layer {
  const { people, ...rest } = given
  const usual = { name: null, zone: berlin, every: { days: 7 }, starts: '2026-01-05', handover: '09:00', weekday: null }
  return { ...usual, only: [], turns: people.map((person) => [person]), ...rest }
}

function schedule(...layers: Layer[]): Schedule {
  return { name: 's', zone: berlin, layers, holidays: [], calendar: null }
}

let made = 0
function override(given: Partial<PersonalOverride> & { person: string; from: Date; until: Date }): PersonalOverride {
  made++
  const usual = { kind: 'override', schedule: 's', replaces: null, madeBy: 'ada' } as const
  return { ...usual, id: made, madeAt: new Date(Date.UTC(2026, 0, 1) + made), ...given }
}

const work = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  until: '17:00',
  holidays: 'as any day',
} as const
const working = { ...work, days: [...work.days] }
const at = (text: string) => new Date(text)
const who = (s: Schedule, text: string, overrides: Override[] = []) => shiftAt(s, overrides, at(text))?.people ?? []

describe('turns', () => {
  test('change hands at the same local time in winter and summer', () => {
    const s = schedule(layer({ people: ['ada', 'grace'] }))
    const shifts = shiftsBetween(s, [], at('2026-03-23T08:00Z'), at('2026-04-06T07:00Z'))
    expect(shifts.map((one) => [one.people[0], one.from.toISOString(), one.until.toISOString()])).toEqual([
      ['grace', '2026-03-23T08:00:00.000Z', '2026-03-30T07:00:00.000Z'],
      ['ada', '2026-03-30T07:00:00.000Z', '2026-04-06T07:00:00.000Z'],
    ])
  })

  test('of twelve hours hand over at the same two times all year, and one night has thirteen', () => {
    const s = schedule(layer({ people: ['day', 'night'], every: { hours: 12 }, handover: '08:00' }))
    const night = shiftAt(s, [], at('2026-10-25T00:30Z'))
    expect(night).toMatchObject({ people: ['night'], from: at('2026-10-24T18:00Z'), until: at('2026-10-25T07:00Z') })
    expect(who(s, '2026-07-01T06:00Z')).toEqual(['day'])
    expect(who(s, '2026-12-01T07:00Z')).toEqual(['day'])
  })

  test('of a month end on the last day of a month that is too short', () => {
    const s = schedule(
      layer({ people: ['ada', 'grace'], every: { months: 1 }, starts: '2026-01-31', handover: '00:00' }),
    )
    const from = shiftsBetween(s, [], at('2026-02-01T00:00Z'), at('2026-05-01T00:00Z')).map((one) =>
      one.from.toISOString().slice(0, 10),
    )
    // Midnight in Berlin is the evening before in UTC.
    expect(from).toEqual(['2026-01-30', '2026-02-27', '2026-03-30', '2026-04-29'])
  })

  test('limited to working days starve nobody: Monday follows Friday', () => {
    const s = schedule(
      layer({ people: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], every: { days: 1 }, handover: '00:00', only: [working] }),
    )
    const days = shiftsBetween(s, [], at('2026-01-05T00:00Z'), at('2026-01-14T00:00Z')).map((one) => one.people[0])
    expect(days).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    const turns = shiftsBetween(s, [], at('2026-01-05T00:00Z'), at('2026-12-31T00:00Z')).map((one) => one.people[0])
    const counts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((person) => turns.filter((one) => one === person).length)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  test('are not moved by a new holiday', () => {
    const never = layer({
      people: ['a', 'b', 'c'],
      every: { days: 1 },
      handover: '00:00',
      only: [{ ...working, holidays: 'never' }],
    })
    const before = schedule(never)
    const after = { ...before, holidays: ['2026-01-06'] }
    expect(who(before, '2026-01-06T10:00Z')).toEqual(['b'])
    expect(who(after, '2026-01-06T10:00Z')).toEqual([])
    expect(who(after, '2026-01-07T10:00Z')).toEqual(who(before, '2026-01-07T10:00Z'))
  })

  test('begin on their first day, and nobody is there before', () => {
    const s = schedule(layer({ people: ['ada'], starts: '2026-06-01' }))
    expect(shiftAt(s, [], at('2026-06-01T06:59Z'))).toBeNull()
    expect(nextShift(s, [], at('2026-05-01T00:00Z'))).toMatchObject({ people: ['ada'], from: at('2026-06-01T07:00Z') })
  })
})

describe('the clocks change', () => {
  const hourly = schedule(
    layer({ people: ['a', 'b', 'c', 'd', 'e'], every: { hours: 1 }, starts: '2026-03-29', handover: '00:00' }),
  )

  test('of an hour never overlap, where two hours are skipped either', () => {
    const s = schedule(
      layer({ people: ['ada', 'grace', 'linus', 'alan'], every: { hours: 1 }, zone: 'Antarctica/Troll' }),
    )
    const shifts = shiftsBetween(s, [], at('2026-03-28T22:00Z'), at('2026-03-29T05:00Z'))
    expect(shifts.map((one) => one.from.toISOString().slice(11, 13)).join(' ')).toBe('22 23 00 01 02 03 04')
    expect(shifts.slice(1).map((one) => one.from)).toEqual(shifts.slice(0, -1).map((one) => one.until))
  })

  test('a shift that has no time left is passed over with its turn', () => {
    const nightly = shiftsBetween(hourly, [], at('2026-03-28T23:00Z'), at('2026-03-29T02:00Z'))
    expect(nightly.map((one) => [one.people[0], one.from.toISOString().slice(11, 16)])).toEqual([
      ['a', '23:00'],
      ['b', '00:00'],
      // c had two o'clock, which is three.
      ['d', '01:00'],
    ])
  })

  test('a hand-over at a time that comes twice is at its first', () => {
    const s = schedule(layer({ people: ['ada', 'grace'], every: { days: 1 }, starts: '2026-10-24', handover: '02:30' }))
    expect(shiftAt(s, [], at('2026-10-25T00:30Z'))).toMatchObject({ people: ['grace'], from: at('2026-10-25T00:30Z') })
    expect(who(s, '2026-10-25T00:29Z')).toEqual(['ada'])
  })

  test('a hand-over at a time that does not exist moves forward', () => {
    const s = schedule(layer({ people: ['ada', 'grace'], every: { days: 1 }, starts: '2026-03-28', handover: '02:30' }))
    expect(who(s, '2026-03-29T01:29Z')).toEqual(['ada'])
    expect(who(s, '2026-03-29T01:30Z')).toEqual(['grace'])
  })

  test('hours open at the first and close at the last occurrence, so that two layers never leave a gap', () => {
    const only = (from: string, until: string) => [{ ...working, days: ['sat' as const, 'sun' as const], from, until }]
    const s = schedule(
      layer({ people: ['early'], only: only('00:00', '02:30') }),
      layer({ people: ['late'], only: only('02:30', '00:00') }),
    )
    expect(gapsBetween(s, [], at('2026-10-24T00:00Z'), at('2026-10-25T22:00Z'))).toEqual([])
    expect(layersAt(s, at('2026-10-25T01:00Z'))).toEqual([['early'], ['late']])
    expect(who(s, '2026-10-25T01:00Z')).toEqual(['late'])
  })
})

describe('layers', () => {
  const s = schedule(
    layer({ people: ['base'], name: 'always' }),
    layer({ people: ['tokyo'], zone: 'Asia/Tokyo', only: [working] }),
    layer({ people: ['office'], only: [working] }),
  )

  test('follow the sun, each in its own zone, the later one first', () => {
    expect(who(s, '2026-01-14T00:00Z')).toEqual(['tokyo'])
    expect(who(s, '2026-01-14T08:30Z')).toEqual(['office'])
    expect(who(s, '2026-01-14T16:00Z')).toEqual(['base'])
  })

  test('people of one turn are on call together', () => {
    const both = schedule(layer({ people: [], turns: [['ada', 'grace'], ['linus']] }))
    expect(who(both, '2026-01-05T12:00Z')).toEqual(['ada', 'grace'])
  })

  test('what is over in one block of time is joined with what goes on in the next', () => {
    const long = schedule(layer({ people: ['ada', 'grace'], every: { days: 140 } }))
    expect(shiftAt(long, [], at('2026-03-01T00:00Z'))).toMatchObject({
      from: at('2026-01-05T08:00Z'),
      until: at('2026-05-25T07:00Z'),
    })
  })
})

describe('overrides', () => {
  const s = schedule(layer({ people: ['ada', 'grace'] }))
  const [from, until] = [at('2026-01-06T00:00Z'), at('2026-01-07T00:00Z')]

  test('the latest made wins, whatever the order they are read in', () => {
    const first = override({ person: 'linus', from, until })
    const second = override({ person: 'alan', from: at('2026-01-06T12:00Z'), until: at('2026-01-06T18:00Z') })
    for (const overrides of [
      [first, second],
      [second, first],
    ]) {
      expect(who(s, '2026-01-06T06:00Z', overrides)).toEqual(['linus'])
      expect(who(s, '2026-01-06T12:00Z', overrides)).toEqual(['alan'])
      expect(shiftAt(s, overrides, at('2026-01-06T06:00Z'))?.until).toEqual(at('2026-01-06T12:00Z'))
    }
  })

  test('one person for another touches nobody else', () => {
    const instead = [override({ person: 'linus', replaces: 'ada', from, until: at('2026-01-21T00:00Z') })]
    expect(who(s, '2026-01-06T06:00Z', instead)).toEqual(['linus'])
    expect(who(s, '2026-01-13T06:00Z', instead)).toEqual(['grace'])
    expect(who(s, '2026-01-20T06:00Z', instead)).toEqual(['linus'])
    expect(who(s, '2026-01-21T06:00Z', instead)).toEqual(['ada'])
  })

  test('fill a gap, and what comes next is told beyond it', () => {
    const gappy = schedule(layer({ people: ['ada'], only: [working] }))
    const evening = [override({ person: 'linus', from: at('2026-01-09T16:00Z'), until: at('2026-01-09T20:00Z') })]
    expect(nextShift(gappy, evening, at('2026-01-09T10:00Z'))).toMatchObject({ people: ['linus'] })
    expect(nextShift(gappy, evening, at('2026-01-09T17:00Z'))).toMatchObject({ from: at('2026-01-12T08:00Z') })
  })

  test('of another schedule, or of a calendar that is no longer gone by, count for nothing', () => {
    const other = override({ person: 'linus', schedule: 'other', from, until })
    const old: Override = { kind: 'calendar', schedule: 's', person: 'linus', from, until }
    expect(who(s, '2026-01-06T06:00Z', [other, old])).toEqual(['ada'])
  })

  test('shifts of a calendar that overlap are on call together', () => {
    const calendar = { ...schedule(), calendar: { address: 'x', refresh: 1 } }
    const shifts: Override[] = [
      { kind: 'calendar', schedule: 's', person: 'ada', from, until },
      {
        kind: 'calendar',
        schedule: 's',
        person: 'grace',
        from: at('2026-01-06T12:00Z'),
        until: at('2026-01-08T00:00Z'),
      },
    ]
    expect(who(calendar, '2026-01-06T06:00Z', shifts)).toEqual(['ada'])
    expect(who(calendar, '2026-01-06T18:00Z', shifts)).toEqual(['ada', 'grace'])
    expect(who(calendar, '2026-01-07T18:00Z', shifts)).toEqual(['grace'])
    expect(who(calendar, '2026-01-08T00:00Z', shifts)).toEqual([])
  })
})

describe('gaps', () => {
  const people = { ada: {}, grace: {} }
  const find = (s: Schedule, overrides: Override[] = [], days = 7) =>
    findGaps({ schedules: { s }, people }, overrides, at('2026-01-05T08:00Z'), days).map((gap) => [
      gap.cause,
      gap.from.toISOString().slice(5, 16),
      gap.until.toISOString().slice(5, 16),
    ])

  test('are found with their cause', () => {
    expect(find(schedule(layer({ people: ['ada'] })))).toEqual([])
    expect(find(schedule(layer({ people: ['ada'], only: [working] })), [], 1)).toEqual([
      ['nobody', '01-05T16:00', '01-06T08:00'],
    ])
    expect(find(schedule(layer({ people: ['ada'], starts: '2026-01-06' })))).toEqual([
      ['not begun', '01-05T08:00', '01-06T08:00'],
    ])
    expect(find(schedule(layer({ people: ['ada'], starts: '2027-01-06' })))).toEqual([
      ['not begun', '01-05T08:00', '01-12T08:00'],
    ])
    expect(find({ ...schedule(), calendar: { address: 'x', refresh: 1 } })).toEqual([
      ['empty', '01-05T08:00', '01-12T08:00'],
    ])
  })

  test('a shift of somebody who left is one, unless somebody shares it', () => {
    const gone = { from: at('2026-01-06T00:00Z'), until: at('2026-01-06T06:00Z'), person: 'zoe', schedule: 's' }
    const calendar = { ...schedule(layer({ people: ['ada'] })), calendar: { address: 'x', refresh: 1 } }
    expect(find(calendar, [{ ...gone, kind: 'calendar' }])).toEqual([['unknown person', '01-06T00:00', '01-06T06:00']])
    expect(find(schedule(layer({ people: [], turns: [['zoe', 'ada']] })))).toEqual([])
  })

  test('an override by somebody who left is none: it is passed over, and somebody else has the pager', () => {
    const gone = override({ person: 'zoe', from: at('2026-01-06T00:00Z'), until: at('2026-01-06T06:00Z') })
    expect(find(schedule(layer({ people: ['ada'] })), [gone])).toEqual([])
  })
})
