// Shifts as an iCal feed, for the calendars people already look at: one of each schedule, one of each person.
import ical, { ICalCalendarMethod } from 'ical-generator'

/** One entry of a feed. `uid` stays the same for as long as the shift begins when it does. */
export type FeedEntry = { uid: string; from: Date; until: Date; summary: string; description: string }

/** The feed as text. Every instant is in UTC: whoever reads it shows its own zone. */
export function feedText(name: string, entries: FeedEntry[], now: Date): string {
  const calendar = ical({
    // Of all texts the library escapes this one not.
    name: name.replace(/[\\;,]/g, '\\$&').replace(/\r\n?|\n/g, '\\n'),
    method: ICalCalendarMethod.PUBLISH,
    prodId: { company: 'Tocsin', product: 'Tocsin', language: 'EN' },
    // How often clients should ask, in seconds.
    ttl: 900,
  })
  for (const { uid, from, until, summary, description } of entries) {
    // Times have no fractions here, and an event may not end as it begins: somebody changed their mind within a second.
    if (Math.floor(from.getTime() / 1000) === Math.floor(until.getTime() / 1000)) continue
    calendar.createEvent({ id: uid, start: from, end: until, stamp: now, summary, description: description || null })
  }
  // Every line ends, the last one, too.
  return `${calendar.toString().trimEnd()}\r\n`
}
