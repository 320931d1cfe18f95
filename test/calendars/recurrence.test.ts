// Rules of recurrence as RFC 5545 explains them (3.8.5.3), in whatever order their parts stand.
import { describe, expect, test } from 'vitest'
import { recurrences } from '../../src/calendars/recurrence.ts'

const at = (text: string) => Date.parse(`${text.length === 10 ? `${text}T09:00` : text}Z`)
const shown = (wall: number) => new Date(wall).toISOString().slice(0, 16).replace('T09:00', '')
const times = (start: string, rule: string, from = start, until = '2200-01-01') =>
  recurrences(
    rule,
    { wall: at(start), zone: 'America/New_York', isDay: false, strange: null },
    at(from),
    at(until),
  ).map(shown)

describe('a rule', () => {
  test.each([
    ['1997-09-02', 'FREQ=DAILY;COUNT=3', ['1997-09-02', '1997-09-03', '1997-09-04']],
    ['1997-09-02', 'FREQ=DAILY;UNTIL=19970904T130000Z', ['1997-09-02', '1997-09-03', '1997-09-04']],
    ['1997-09-02', 'FREQ=DAILY;UNTIL=19970904', ['1997-09-02', '1997-09-03', '1997-09-04']],
    ['1997-09-02', 'FREQ=DAILY;INTERVAL=10;COUNT=3', ['1997-09-02', '1997-09-12', '1997-09-22']],
    ['1998-01-01', 'FREQ=YEARLY;UNTIL=19980103T140000Z;BYMONTH=1;BYDAY=FR,TH', ['1998-01-01', '1998-01-02']],
    [
      '1997-08-05',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
      ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
    ],
    [
      '1997-08-05',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
    ],
    [
      '1997-08-10',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      ['1997-08-10', '1997-08-12', '1997-08-24', '1997-08-26'],
    ],
    ['1997-10-26', 'FREQ=YEARLY;COUNT=3;BYMONTH=10;BYDAY=-1SU', ['1997-10-26', '1998-10-25', '1999-10-31']],
    ['1997-09-05', 'FREQ=MONTHLY;COUNT=3;BYDAY=1FR', ['1997-09-05', '1997-10-03', '1997-11-07']],
    [
      '1997-09-07',
      'FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU',
      ['1997-09-07', '1997-09-28', '1997-11-02', '1997-11-30'],
    ],
    ['1997-09-28', 'FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3', ['1997-09-28', '1997-10-29', '1997-11-28']],
    ['1997-09-10', 'FREQ=MONTHLY;INTERVAL=18;COUNT=3;BYMONTHDAY=10,11', ['1997-09-10', '1997-09-11', '1999-03-10']],
    ['1997-03-13', 'FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=3', ['1997-03-13', '1997-03-20', '1997-03-27']],
    [
      '1997-01-01',
      'FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200',
      ['1997-01-01', '1997-04-10', '1997-07-19', '2000-01-01'],
    ],
    ['1997-05-19', 'FREQ=YEARLY;BYDAY=20MO;COUNT=3', ['1997-05-19', '1998-05-18', '1999-05-17']],
    ['1997-05-12', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3', ['1997-05-12', '1998-05-11', '1999-05-17']],
    ['1997-12-22', 'FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO;COUNT=3', ['1997-12-22', '1998-12-28', '1999-12-27']],
    ['1998-02-13', 'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3', ['1998-02-13', '1998-03-13', '1998-11-13']],
    ['1997-09-29', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3', ['1997-09-29', '1997-10-30', '1997-11-27']],
    [
      '1996-11-05',
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3',
      ['1996-11-05', '2000-11-07', '2004-11-02'],
    ],
    [
      '1997-09-02',
      'FREQ=DAILY;BYHOUR=9,21;BYMINUTE=0,30;COUNT=4',
      ['1997-09-02', '1997-09-02T09:30', '1997-09-02T21:00', '1997-09-02T21:30'],
    ],
    ['1997-09-02', 'FREQ=HOURLY;INTERVAL=12;COUNT=3', ['1997-09-02', '1997-09-02T21:00', '1997-09-03']],
    // A day that a month does not have is left out, and not moved.
    ['2026-01-31', 'FREQ=MONTHLY;COUNT=4', ['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31']],
    ['2028-02-29', 'FREQ=YEARLY;COUNT=3', ['2028-02-29', '2032-02-29', '2036-02-29']],
    // Every other day from a Tuesday on is not every other Sunday from the first one on.
    ['2026-03-10', 'FREQ=DAILY;INTERVAL=2;BYDAY=SU;COUNT=3', ['2026-03-10', '2026-03-22', '2026-04-05']],
    ['2027-05-25', 'FREQ=MONTHLY;INTERVAL=12;BYMONTH=1,5;COUNT=3', ['2027-05-25', '2028-05-25', '2029-05-25']],
  ])('that begins on %s: %s', (start, rule, expected) => {
    const turned = rule.split(';').reverse().join(';')
    expect(times(start, rule)).toEqual(expected)
    expect(times(start, turned.toLowerCase())).toEqual(expected)
    // Asked for from the middle, it is the same.
    expect(times(start, rule, expected[1])).toEqual(expected.slice(1))
  })

  test('without an end is found far from where it begins', () => {
    expect(times('2000-01-03', 'BYDAY=MO;INTERVAL=2;FREQ=WEEKLY', '2026-03-02', '2026-04-01')).toEqual([
      '2026-03-09',
      '2026-03-23',
    ])
  })

  test.each([
    ['INTERVAL=2', 'FREQ is none of'],
    ['FREQ=MINUTELY', 'FREQ is none of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY: MINUTELY'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL=0 is no number from 1 on'],
    ['FREQ=DAILY;UNTIL=soon', 'UNTIL=soon is no time'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY=32 is out of bounds'],
    ['FREQ=WEEKLY;BYDAY=XX', 'XX is no day of the week'],
    ['FREQ=MONTHLY;RSCALE=HEBREW', 'RSCALE=HEBREW is no part of a rule'],
  ])('that is none, %s, says why', (rule, why) => {
    expect(() => times('2026-03-02', rule)).toThrow(why)
  })
})
