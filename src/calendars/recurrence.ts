// Rules of recurrence. They are about what the wall shows, whatever its zone: so they are worked out as if it were UTC.
import ical, { type VEvent } from 'node-ical'
import { type Wall, wallAt } from '../core/wall.ts'
import type { When } from './times.ts'

/** When it comes again, its first time included, on its wall between `from` and `until`. Throws an Error for what is no rule. */
export function recurrences(rule: string, start: When, from: Wall, until: Wall): Wall[] {
  const lines = [`DTSTART:${stamp(start.wall)}`, `RRULE:${withUntil(rule.trim().toUpperCase(), start)}`]
  const text = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\n')
  const event = Object.values(ical.sync.parseICS(text)).find((one): one is VEvent => one?.type === 'VEVENT')
  const dates = event?.rrule?.between(new Date(from), new Date(until), true) ?? []
  return dates.map((date) => date.getTime())
}

/** `20261019T090000Z` */
function stamp(wall: Wall): string {
  return new Date(wall).toISOString().replace(/\.\d+|[-:]/g, '')
}

/** Its last time as its own wall shows it; a date is that whole day. */
function withUntil(rule: string, { zone, isDay }: When): string {
  return rule.replace(/(?<=UNTIL=)(\d{8})(?:T(\d{6})(Z?))?/, (_, date: string, time?: string, utc?: string) => {
    if (time === undefined || isDay) return `${date}T235959Z`
    if (!utc) return `${date}T${time}Z`
    const digits =
      /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/
        .exec(date + time)
        ?.slice(1)
        .map(Number) ?? []
    const [year = 0, month = 1, day = 1, ...clock] = digits
    return stamp(wallAt(zone, Date.UTC(year, month - 1, day, ...clock)))
  })
}
