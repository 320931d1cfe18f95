// Calendars as Google, Outlook and people write them: recurrences, exceptions, zones, whole days; and broken ones.
import { describe, expect, test } from 'vitest'
import { readEvents } from '../../src/calendars/events.ts'

const people = [
  { key: 'ada', name: 'Ada Lovelace', email: 'ada@example.org' },
  { key: 'grace', name: 'Grace Hopper', email: 'grace@example.org' },
]
const from = new Date('2026-03-01T00:00:00Z')
const until = new Date('2026-04-15T00:00:00Z')

const calendar = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...events, 'END:VCALENDAR', ''].join('\r\n')
let count = 0
const event = (...lines: string[]) => {
  count++
  const uid = lines.some((line) => line.startsWith('UID:')) ? [] : [`UID:${count}`]
  return ['BEGIN:VEVENT', ...uid, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'].join('\r\n')
}
const read = (text: string, zone = 'Europe/Berlin') => readEvents({ text, zone, schedule: 's', people, from, until })
const shifts = (text: string, zone?: string) =>
  read(text, zone).shifts.map((one) => `${one.person} ${one.from.toISOString()} ${one.until.toISOString()}`)

/** As Outlook writes them. */
const outlookZone = `BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE`.replaceAll('\n', '\r\n')

describe('shifts', () => {
  test('recur at the same local time across the change of the clocks, with exceptions and moved ones', () => {
    const weekly = event(
      'UID:weekly',
      'DTSTART;TZID=Europe/Berlin:20260302T090000',
      'DTEND;TZID=Europe/Berlin:20260309T090000',
      'RRULE:FREQ=WEEKLY;INTERVAL=1;COUNT=6',
      'EXDATE;TZID=Europe/Berlin:20260316T090000',
      'SUMMARY:Ada',
    )
    const moved = event(
      'UID:weekly',
      'RECURRENCE-ID;TZID=Europe/Berlin:20260330T090000',
      'DTSTART;TZID=Europe/Berlin:20260331T090000',
      'DTEND;TZID=Europe/Berlin:20260406T090000',
      'SUMMARY:Grace Hopper',
    )
    expect(shifts(calendar(weekly, moved))).toEqual([
      'ada 2026-03-02T08:00:00.000Z 2026-03-09T08:00:00.000Z',
      'ada 2026-03-09T08:00:00.000Z 2026-03-16T08:00:00.000Z',
      'ada 2026-03-23T08:00:00.000Z 2026-03-30T07:00:00.000Z',
      'grace 2026-03-31T07:00:00.000Z 2026-04-06T07:00:00.000Z',
      'ada 2026-04-06T07:00:00.000Z 2026-04-13T07:00:00.000Z',
    ])
  })

  test('leave no hole of an hour in autumn', () => {
    const week = (start: string, end: string, who: string) =>
      event(
        `DTSTART;TZID=Europe/Berlin:${start}`,
        `DTEND;TZID=Europe/Berlin:${end}`,
        'RRULE:FREQ=WEEKLY;INTERVAL=2',
        `SUMMARY:${who}`,
      )
    const text = calendar(
      week('20261005T090000', '20261012T090000', 'ada'),
      week('20261012T090000', '20261019T090000', 'grace'),
    )
    const order = { text, zone: 'Europe/Berlin', schedule: 's', people }
    const read = readEvents({ ...order, from: new Date('2026-10-05T08:00Z'), until: new Date('2026-11-09T08:00Z') })
    const ends = read.shifts.map((one) => one.until.toISOString()).slice(0, -1)
    expect(read.shifts.map((one) => one.from.toISOString()).slice(1)).toEqual(ends)
  })

  test('in Outlook’s own zone names are where they belong', () => {
    const night = event(
      'DTSTART;TZID=W. Europe Standard Time:20260328T220000',
      'DTEND;TZID=W. Europe Standard Time:20260329T060000',
      'SUMMARY:Nightshift',
      'ATTENDEE;CN=Ada:mailto:ada@example.org',
      'ATTENDEE;PARTSTAT=DECLINED:mailto:grace@example.org',
      'ATTENDEE;CUTYPE=ROOM:mailto:room@example.org',
    )
    expect(read(calendar(outlookZone, night))).toMatchObject({
      shifts: [{ person: 'ada', from: new Date('2026-03-28T21:00:00Z'), until: new Date('2026-03-29T04:00:00Z') }],
      unknown: [],
    })
  })

  test('of whole days, and of times that name no zone, are in the schedule’s zone', () => {
    const days = event('DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260330', 'SUMMARY:ada')
    const daily = event('DTSTART;VALUE=DATE:20260401', 'RRULE:FREQ=DAILY;UNTIL=20260402', 'SUMMARY:grace')
    const floating = event('DTSTART:20260410T090000', 'DURATION:PT8H', 'SUMMARY:ada')
    expect(shifts(calendar(days, daily, floating))).toEqual([
      'ada 2026-03-27T23:00:00.000Z 2026-03-29T22:00:00.000Z',
      'grace 2026-03-31T22:00:00.000Z 2026-04-01T22:00:00.000Z',
      'grace 2026-04-01T22:00:00.000Z 2026-04-02T22:00:00.000Z',
      'ada 2026-04-10T07:00:00.000Z 2026-04-10T15:00:00.000Z',
    ])
    expect(shifts(calendar(days), 'America/New_York')).toEqual([
      'ada 2026-03-28T04:00:00.000Z 2026-03-30T04:00:00.000Z',
    ])
  })

  test('of whole days last to their end, written as a length or not at all', () => {
    const autumn = { from: new Date('2026-10-01T00:00Z'), until: new Date('2026-11-10T00:00Z') }
    const texts = ['DURATION:P1W', 'DURATION:P7D', 'DTEND;VALUE=DATE:20261026'].map((end) =>
      calendar(event('DTSTART;VALUE=DATE:20261019', end, 'SUMMARY:ada')),
    )
    for (const text of texts) {
      expect(readEvents({ text, zone: 'Europe/Berlin', schedule: 's', people, ...autumn }).shifts).toEqual([
        { person: 'ada', from: new Date('2026-10-18T22:00Z'), until: new Date('2026-10-25T23:00Z') },
      ])
    }
    const day = event('DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260328', 'SUMMARY:ada')
    expect(shifts(calendar(day))).toEqual(['ada 2026-03-27T23:00:00.000Z 2026-03-28T23:00:00.000Z'])
  })

  test('follow each other without a hole when each lasts seven days', () => {
    const week = (start: string, who: string) =>
      event(`DTSTART;TZID=Europe/Berlin:${start}`, 'DURATION:P7D', 'RRULE:FREQ=WEEKLY;INTERVAL=2', `SUMMARY:${who}`)
    const found = read(calendar(week('20260309T090000', 'ada'), week('20260316T090000', 'grace'))).shifts
    expect(found.slice(1).map((one) => one.from)).toEqual(found.slice(0, -1).map((one) => one.until))
    expect(found).toHaveLength(6)
  })

  test('that last hours and come again end at the same local time, also when the clocks change in the first of them', () => {
    const week = (who: string, start: string) =>
      event(`DTSTART;TZID=Europe/Berlin:${start}`, 'DURATION:PT168H', 'RRULE:FREQ=WEEKLY;INTERVAL=2', `SUMMARY:${who}`)
    expect(shifts(calendar(week('ada', '20260323T090000'), week('grace', '20260330T090000')))).toEqual([
      'ada 2026-03-23T08:00:00.000Z 2026-03-30T07:00:00.000Z',
      'grace 2026-03-30T07:00:00.000Z 2026-04-06T07:00:00.000Z',
      'ada 2026-04-06T07:00:00.000Z 2026-04-13T07:00:00.000Z',
      'grace 2026-04-13T07:00:00.000Z 2026-04-20T07:00:00.000Z',
    ])
  })

  test('that last hours end when these have passed, also at a time that comes twice', () => {
    // In Santiago 4 April ends with two hours from 23:00 on.
    const once = event('DTSTART;TZID=America/Santiago:20260404T113000', 'DURATION:PT13H', 'SUMMARY:ada')
    expect(shifts(calendar(once))).toEqual(['ada 2026-04-04T14:30:00.000Z 2026-04-05T03:30:00.000Z'])
  })

  test('of every other week are in its weeks, and the first is there, on whatever day it begins', () => {
    const starts = (...lines: string[]) =>
      shifts(calendar(event(...lines, 'SUMMARY:ada'))).map((one) => one.slice(9, 14))
    const on = (day: string, rule: string) =>
      starts(`DTSTART;TZID=Europe/Berlin:202603${day}T090000`, 'DURATION:PT1H', `RRULE:FREQ=WEEKLY;INTERVAL=2;${rule}`)
    // A Tuesday; the Monday after it is in a week between.
    expect(on('03', 'BYDAY=MO')).toEqual(['03-03', '03-16', '03-30', '04-13'])
    expect(on('03', 'BYDAY=MO;COUNT=3')).toEqual(['03-03', '03-16', '03-30'])
    expect(on('03', 'BYDAY=MO,SU')).toEqual(['03-03', '03-08', '03-16', '03-22', '03-30', '04-05', '04-13'])
    expect(on('03', 'WKST=SU;BYDAY=SU,MO')).toEqual(['03-03', '03-15', '03-16', '03-29', '03-30', '04-12', '04-13'])
    expect(on('02', 'BYDAY=MO;COUNT=3')).toEqual(['03-02', '03-16', '03-30'])
  })

  test('are the same whatever the zone of the machine', () => {
    const floating = event(
      'DTSTART:20260316T090000',
      'DTEND:20260323T090000',
      'RRULE:FREQ=WEEKLY;COUNT=4',
      'SUMMARY:ada',
    )
    const days = event('DTSTART;VALUE=DATE:20260323', 'DURATION:P7D', 'SUMMARY:grace')
    const here = shifts(calendar(floating, days))
    const zone = process.env.TZ
    try {
      for (const other of ['America/New_York', 'Asia/Beirut', 'UTC']) {
        process.env.TZ = other
        expect(shifts(calendar(floating, days)), other).toEqual(here)
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
    expect(here).toContain('ada 2026-03-30T07:00:00.000Z 2026-04-06T07:00:00.000Z')
  })

  test('that were added to a series count, those taken out do not', () => {
    const at = (time: string) => `DTSTART;TZID=Europe/Berlin:${time}`
    const series = event(
      at('20260302T090000'),
      'DTEND;TZID=Europe/Berlin:20260302T170000',
      'RRULE:FREQ=WEEKLY;COUNT=2',
      'RDATE;TZID=Europe/Berlin:20260304T090000,20260305T090000,20260330T090000',
      'RDATE;VALUE=PERIOD:20260306T080000Z/20260306T100000Z,20260307T080000Z/PT1H',
      'EXDATE;TZID=Europe/Berlin:20260305T090000',
      'SUMMARY:ada',
    )
    expect(shifts(calendar(series))).toEqual([
      'ada 2026-03-02T08:00:00.000Z 2026-03-02T16:00:00.000Z',
      'ada 2026-03-04T08:00:00.000Z 2026-03-04T16:00:00.000Z',
      'ada 2026-03-06T08:00:00.000Z 2026-03-06T10:00:00.000Z',
      'ada 2026-03-07T08:00:00.000Z 2026-03-07T09:00:00.000Z',
      'ada 2026-03-09T08:00:00.000Z 2026-03-09T16:00:00.000Z',
      'ada 2026-03-30T07:00:00.000Z 2026-03-30T15:00:00.000Z',
    ])
  })

  test('that were moved count where they are now, from wherever they came, with their series or without it', () => {
    const at = (day: string, who: string, ...lines: string[]) =>
      event(`DTSTART:202603${day}T090000Z`, `DTEND:202603${day}T100000Z`, `SUMMARY:${who}`, ...lines)
    const series = event(
      'UID:old',
      'DTSTART:20250602T090000Z',
      'DTEND:20250602T100000Z',
      'RRULE:FREQ=WEEKLY;COUNT=3',
      'SUMMARY:ada',
    )
    const fromLastYear = at('10', 'grace', 'UID:old', 'RECURRENCE-ID:20250609T090000Z')
    const alone = [
      at('11', 'ada', 'UID:a', 'RECURRENCE-ID:20260309T090000Z'),
      at('12', 'grace', 'UID:a', 'RECURRENCE-ID:20260316T090000Z'),
    ]
    expect(shifts(calendar(fromLastYear, series, ...alone)).map((one) => one.slice(0, 16))).toEqual([
      'grace 2026-03-10',
      'ada 2026-03-11T0',
      'grace 2026-03-12',
    ])
  })

  test('of one UID are those of the latest revision; two times under one UID are two', () => {
    const at = (day: string, who: string, ...lines: string[]) =>
      event('UID:1', `DTSTART:202603${day}T090000Z`, `DTEND:202603${day}T100000Z`, `SUMMARY:${who}`, ...lines)
    const revised = calendar(at('02', 'ada', 'SEQUENCE:2'), at('02', 'grace', 'SEQUENCE:1'))
    expect(read(revised).shifts.map(({ person }) => person)).toEqual(['ada'])
    expect(read(calendar(at('02', 'ada'), at('03', 'grace'))).shifts.map(({ person }) => person)).toEqual([
      'ada',
      'grace',
    ])
    expect(read(calendar(at('02', 'ada')) + calendar(at('03', 'grace'))).shifts).toHaveLength(2)
  })

  const zoned = (tzid: string, ...zones: string[]) =>
    shifts(calendar(...zones, event(`DTSTART;TZID=${tzid}:20260330T090000`, 'DURATION:PT1H', 'SUMMARY:ada')))[0]?.slice(
      4,
      20,
    )
  const rules = (tzid: string, standard: string, summer: string) =>
    outlookZone
      .replace(/TZID:.*\r/, `TZID:${tzid}\r`)
      .replaceAll('+0100', standard)
      .replaceAll('+0200', summer)

  test.each([
    ['Europe/Berlin', '2026-03-30T07:00'],
    ['/freeassociation.sourceforge.net/Europe/Berlin', '2026-03-30T07:00'],
    ['/mozilla.org/20050126_1/America/Argentina/Ushuaia', '2026-03-30T12:00'],
    ['Eastern Standard Time', '2026-03-30T13:00'],
    ['"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', '2026-03-30T07:00'],
    ['GMT+0530', '2026-03-30T03:30'],
  ])('in the zone %s are where they belong', (tzid, start) => {
    expect(zoned(tzid)).toBe(start)
  })

  test('in a zone that the calendar describes go by what it says', () => {
    expect(zoned('Ours', rules('Ours', '+0100', '+0200'))).toBe('2026-03-30T07:00')
    // Cairo has these offsets, too, but not on this day.
    expect(zoned('Ours', rules('Ours', '+0200', '+0300'))).toBe('2026-03-30T06:00')
    expect(zoned('tzone://Microsoft/Custom', rules('tzone://Microsoft/Custom', '+0100', '+0200'))).toBe(
      '2026-03-30T07:00',
    )
    expect(zoned('Fixed', rules('Fixed', '+0545', '+0545'))).toBe('2026-03-30T03:15')
  })

  test('that are cancelled, empty or far away are none; those under way count whole', () => {
    const at = (start: string, end: string, ...lines: string[]) =>
      event(`DTSTART:${start}`, `DTEND:${end}`, 'SUMMARY:ada', ...lines)
    expect(
      shifts(
        calendar(
          at('20260302T090000Z', '20260303T090000Z', 'STATUS:CANCELLED'),
          at('20260304T090000Z', '20260304T090000Z'),
          at('20200304T090000Z', '20200305T090000Z'),
          at('20260227T090000Z', '20260302T090000Z'),
        ),
      ),
    ).toEqual(['ada 2026-02-27T09:00:00.000Z 2026-03-02T09:00:00.000Z'])
  })

  test('that come again and last for months count also when one began before all that is looked at', () => {
    const yearly = event('DTSTART:20250110T090000Z', 'DTEND:20250410T090000Z', 'RRULE:FREQ=YEARLY', 'SUMMARY:ada')
    expect(shifts(calendar(yearly))).toEqual(['ada 2026-01-10T09:00:00.000Z 2026-04-10T09:00:00.000Z'])
  })

  test('of one person that overlap are one', () => {
    const first = event('DTSTART:20260302T090000Z', 'DTEND:20260303T090000Z', 'SUMMARY:ada')
    const second = event('DTSTART:20260302T180000Z', 'DTEND:20260304T090000Z', 'SUMMARY:Ada Lovelace')
    expect(shifts(calendar(first, first, second))).toEqual(['ada 2026-03-02T09:00:00.000Z 2026-03-04T09:00:00.000Z'])
  })

  test('are whose address is written without mailto:, or beside an address that is none', () => {
    const of = (attendee: string) =>
      read(calendar(event('DTSTART:20260302T090000Z', 'DTEND:20260302T170000Z', 'SUMMARY:On call', attendee)))
    const people = ['ATTENDEE:grace@example.org', 'ATTENDEE;CN=G;EMAIL=grace@example.org:urn:uuid:1f2e'].map((one) =>
      of(one).shifts.map(({ person }) => person),
    )
    expect(people).toEqual([['grace'], ['grace']])
    // Invited under another address than the one that is known: either says who it is.
    for (const other of ['"g.hopper@home.example"', '', 'not an address'])
      expect(of(`ATTENDEE;CN=G;EMAIL=${other}:mailto:Grace@example.org`).shifts).toMatchObject([{ person: 'grace' }])
    expect(of('ATTENDEE:zoe@example.org').unknown).toEqual(['zoe@example.org'])
  })

  test('of people nobody knows are nobody’s, and their names are told once', () => {
    const zoe = event(
      'DTSTART:20260302T090000Z',
      'DTEND:20260302T170000Z',
      'RRULE:FREQ=DAILY;COUNT=5',
      'SUMMARY:Zoe has the pager',
    )
    expect(read(calendar(zoe))).toEqual({ shifts: [], unknown: ['Zoe has the pager'] })
  })
})

test('lines may end in any way, and names be in small letters', () => {
  const text = calendar(
    event('dtstart:20260302t090000z', 'DTEND:20260302T100000Z', 'SUMMARY:Ada Love', ' lace', 'STATUS:confirmed'),
  )
  const expected = ['ada 2026-03-02T09:00:00.000Z 2026-03-02T10:00:00.000Z']
  for (const end of ['\r\n', '\n', '\r']) expect(shifts(text.replaceAll('\r\n', end))).toEqual(expected)
  expect(shifts(`\uFEFF${text}`)).toEqual(expected)
})

describe('a calendar that is', () => {
  const good = event('DTSTART:20260302T090000Z', 'DTEND:20260303T090000Z', 'SUMMARY:ada')
  test.each([
    ['a page to sign in at', '<!doctype html><title>Sign in</title>', 'it is not an iCal calendar'],
    ['nothing', '', 'it is not an iCal calendar'],
    ['cut off', calendar(good).slice(0, -30), 'it ends in the middle'],
    ['without events', calendar(), 'it has no events'],
    [
      'of ever so many shifts',
      calendar(event('DTSTART:20260302T090000Z', 'DTEND:20260302T091000Z', 'RRULE:FREQ=MINUTELY', 'SUMMARY:ada')),
      '“ada” recurs in a way that cannot be read',
    ],
    [
      'in a zone nobody knows',
      calendar(event('DTSTART;TZID=Mars/Olympus:20260302T090000', 'DURATION:PT1H', 'SUMMARY:ada')),
      '“ada” is in a time zone nobody knows: Mars/Olympus',
    ],
    ...['EXDATE', 'RDATE'].map((name) => [
      `one whose ${name} is in a zone nobody knows`,
      calendar(
        event('DTSTART:20260302T090000Z', 'SUMMARY:ada', `${name};TZID=Mars/Olympus:20260303T090000`, 'DURATION:PT1H'),
      ),
      '“ada” is in a time zone nobody knows: Mars/Olympus',
    ]),
    [
      'of a zone whose rules are none',
      calendar(
        outlookZone.replaceAll('FREQ=YEARLY', 'FREQ=NEVER').replace(/TZID:.*\r/, 'TZID:Ours\r'),
        event('DTSTART;TZID=Ours:20260302T090000', 'DURATION:PT1H', 'SUMMARY:ada'),
      ),
      '“ada” is in a time zone nobody knows: Ours',
    ],
    [
      'of a time beyond counting',
      calendar(event('DTSTART:20260302T090000', 'DURATION:P9999999999D', 'SUMMARY:ada')),
      '“ada” is at a time that cannot be counted',
    ],
    ['of no time', calendar(good, event('DTSTART:20260231T090000Z', 'SUMMARY:ada')), 'DTSTART of “ada” is no time'],
    ['without a beginning', calendar(good, event('SUMMARY:ada')), '“ada” does not say when it begins'],
    [
      'changed from some time on',
      calendar(
        good,
        event('RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z', 'DTSTART:20260302T090000Z', 'SUMMARY:ada'),
      ),
      '“ada” changes all that follow it',
    ],
    [
      'that leaves out by a rule',
      calendar(event('DTSTART:20260302T090000Z', 'EXRULE:FREQ=DAILY', 'SUMMARY:ada')),
      '“ada” leaves times out by a rule',
    ],
    [
      'of a rule that is none',
      calendar(event('DTSTART:20260302T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=SOMETIMES', 'SUMMARY:ada')),
      '“ada” recurs in a way that cannot be read',
    ],
  ])('%s is refused', (_what, text, problem) => {
    expect(() => read(text)).toThrow(problem)
  })
})
