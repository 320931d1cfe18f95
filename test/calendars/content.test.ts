// Events as people and programs write them: who declined, and lines that are not quite what RFC 5545 allows.
import { expect, test } from 'vitest'
import { readEvents } from '../../src/calendars/events.ts'

const known = [
  { key: 'ada', name: 'Ada Lovelace', email: 'ada@example.org' },
  { key: 'grace', name: 'Grace Hopper', email: 'grace@example.org' },
]
const read = (...lines: string[]) =>
  readEvents({
    text: ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n'),
    ...{ schedule: 'payments', zone: 'Europe/Berlin', people: known },
    ...{ from: new Date('2026-01-01T00:00Z'), until: new Date('2027-01-01T00:00Z') },
  }).shifts
const times = ['DTSTART:20260302T090000Z', 'DURATION:PT8H']

test.each([
  'ATTENDEE;CN=Ada "Ace" Lovelace;ROLE=CHAIR:mailto:ada@example.org',
  'ATTENDEE;CN="Ada;ROLE=CHAIR:mailto:ada@example.org',
  'ATTENDEE;;RSVP=TRUE:mailto:ada@example.org',
  'ATTENDEE;RSVP:mailto:ada@example.org',
])('whoever is invited by %s is on call, and not who invites', (attendee) => {
  const invites = 'ORGANIZER;CN=Grace Hopper:mailto:grace@example.org'
  expect(read(...times, 'SUMMARY:On call', invites, attendee).map(({ person }) => person)).toEqual(['ada'])
})

test.each(['grace', 'ada'])('what was declined is not that of %s, who invites', (organizer) => {
  const declined = 'ATTENDEE;CN=Ada Lovelace;PARTSTAT=DECLINED:mailto:ada@example.org'
  expect(read(...times, 'SUMMARY:On call', `ORGANIZER:mailto:${organizer}@example.org`, declined)).toEqual([])
})

test('what only a room was invited to is of whoever invites', () => {
  const room = 'ATTENDEE;CN=War room;CUTYPE=ROOM:mailto:room@example.org'
  expect(read(...times, 'SUMMARY:On call', 'ORGANIZER:mailto:ada@example.org', room)[0]?.person).toBe('ada')
})

test.each([
  'ATTENDEE;CN=Ada "Ace" Lovelace;PARTSTAT=DECLINED:mailto:ada@example.org',
  'ATTENDEE;RSVP;;PARTSTAT=DECLINED:mailto:ada@example.org',
])('whoever declined by %s is not on call', (attendee) => {
  expect(read(...times, 'SUMMARY:On call', attendee)).toEqual([])
})

test.each(['EXDATE', 'RDATE', 'RECURRENCE-ID', 'DTEND'])(
  'a %s with half a zone is refused, and not read without it',
  (name) => {
    const line = `${name};TZID="Europe/Berlin:20260303T090000`
    expect(() => read('DTSTART:20260302T090000Z', 'RRULE:FREQ=DAILY', 'SUMMARY:ada', line)).toThrow(/is no time/)
  },
)
