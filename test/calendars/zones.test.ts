// Which zone a calendar means by a name that is none of a place.
import { expect, test } from 'vitest'
import { readContent } from '../../src/calendars/content.ts'
import { readEvents } from '../../src/calendars/events.ts'
import { zoneFinder } from '../../src/calendars/zones.ts'
import { wallAt } from '../../src/core/wall.ts'

const years = { from: new Date('2026-01-01T00:00Z'), until: new Date('2027-02-01T00:00Z') }
const summer = Date.parse('2026-07-01T12:00Z')

type Rule = [kind: string, from: string, to: string, onset: string, rule?: string]
const described = (tzid: string, ...rules: Rule[]) =>
  [
    ...['BEGIN:VTIMEZONE', `TZID:${tzid}`],
    ...rules.flatMap(([kind, from, to, onset, rule]) => [
      ...[`BEGIN:${kind}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, `DTSTART:${onset}`],
      ...(rule ? [`RRULE:FREQ=YEARLY;${rule}`] : []),
      `END:${kind}`,
    ]),
    'END:VTIMEZONE',
  ].join('\r\n')
const london: Rule[] = [
  ['STANDARD', '+0100', '+0000', '19501029T020000', 'BYMINUTE=0;BYHOUR=2;BYDAY=-1SU;BYMONTH=10'],
  ['DAYLIGHT', '+0000', '+0100', '19500326T010000', 'BYMINUTE=0;BYHOUR=1;BYDAY=-1SU;BYMONTH=3'],
]
const berlin: Rule[] = [
  ['STANDARD', '+0200', '+0100', '19701025T030000', 'BYDAY=-1SU;BYMONTH=10'],
  ['DAYLIGHT', '+0100', '+0200', '19700329T020000', 'BYDAY=-1SU;BYMONTH=3'],
]
const fixed = (offset: string): Rule[] => [['STANDARD', offset, offset, '19700101T000000']]

/** Hours ahead of UTC in summer; null: nobody knows the zone. */
function ahead(tzid: string, rules: Rule[] = []): number | null {
  const definitions = rules.length === 0 ? '' : described(tzid, ...rules)
  const zone = zoneFinder(readContent(definitions).zones, years)(tzid)
  return zone === null ? null : (wallAt(zone, summer) - summer) / 3_600_000
}

test.each([
  // Notes calls London so.
  ['GMT', london, 1],
  ['UTC+1', berlin, 2],
  ['BST', london, 1],
  ['IST', fixed('+0530'), 5.5],
  ['CST', fixed('+0800'), 8],
  ['CET', fixed('+0100'), 2],
  ['GMT', fixed('+0000'), 0],
])('%s is what the calendar says, where that is a zone with a summer or the letters are none', (tzid, rules, hours) => {
  expect(ahead(tzid, rules)).toBe(hours)
})

test.each([
  ['GMT', 0],
  ['UTC+1', 1],
  ['CET', 2],
  ['Europe/Berlin ', 2],
  ['PST', null],
  ['BST', null],
  ['Local', null],
])('%s of which the calendar says nothing is what everybody means by it, or nothing', (tzid, hours) => {
  expect(ahead(tzid)).toBe(hours)
})

test('a time that was taken out years ago, in a zone nobody knows, keeps nobody from reading the calendar', () => {
  const old = ['EXDATE', 'RDATE'].map((name) => `${name};TZID=Mars/Olympus:20230302T090000`)
  const yearly = ['DTSTART:20230101T090000Z', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2', 'DURATION:PT8H']
  const moved = ['RECURRENCE-ID;TZID=Mars/Olympus:20240302T090000', 'DTSTART:20240303T090000Z', 'DURATION:PT8H']
  const events = [[...yearly, ...old, 'SUMMARY:ada'], moved].map((lines) => [
    'BEGIN:VEVENT',
    'UID:1',
    ...lines,
    'END:VEVENT',
  ])
  const text = ['BEGIN:VCALENDAR', ...events.flat(), 'END:VCALENDAR'].join('\n')
  const people = [{ key: 'ada', name: 'Ada', email: null }]
  const { shifts } = readEvents({ text, schedule: 's', zone: 'UTC', people, ...years })
  expect(shifts.map(({ from }) => from.toISOString())).toEqual(['2026-03-02T09:00:00.000Z'])
})
