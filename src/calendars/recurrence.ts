// Rules of recurrence. They are about what the wall shows, whatever its zone: so they are worked out as if it were UTC.
import ical, { type VEvent } from 'node-ical'
import { day, type Wall, wallAt, weekdayOf } from '../core/wall.ts'
import type { When } from './times.ts'

/**
 * When it comes again, on its wall between `from` and `until`. Its own beginning is its first time, whether the rule has it or
 * not: so calendars show it, and so they count it. Throws an Error for what is no rule.
 */
export function recurrences(rule: string, start: When, from: Wall, until: Wall): Wall[] {
  const plain = withUntil(rule.trim().toUpperCase(), start)
  const first = inItsWeek(plain, start.wall)
  const isOwn = !/(^|;)BY/.test(plain) || expand(plain, first, start.wall, start.wall).length > 0
  if (isOwn) return expand(plain, first, from, until)
  const count = /(?<=COUNT=)\d+/.exec(plain)
  const others =
    count?.[0] === '1'
      ? []
      : expand(
          plain.replace(/(?<=COUNT=)\d+/, (all) => `${Number(all) - 1}`),
          first,
          from,
          until,
        )
  const own = start.wall >= from && start.wall <= until ? [start.wall] : []
  return [...own, ...others.filter((wall) => wall > start.wall)]
}

function expand(rule: string, start: Wall, from: Wall, until: Wall): Wall[] {
  const lines = [`DTSTART:${stamp(start)}`, `RRULE:${rule}`]
  const text = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\n')
  const event = Object.values(ical.sync.parseICS(text)).find((one): one is VEvent => one?.type === 'VEVENT')
  const dates = event?.rrule?.between(new Date(from), new Date(until), true) ?? []
  return dates.map((date) => date.getTime())
}

const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/**
 * Every other Monday, begun on a Tuesday, is not in the week after it but in the one after that, which node-ical overlooks:
 * so it is begun in the first week that has one of its days.
 */
function inItsWeek(rule: string, start: Wall): Wall {
  const part = (name: string) => new RegExp(`(?:^|;)${name}=([^;]*)`).exec(rule)?.[1]
  const on = part('BYDAY')?.split(',')
  if (part('FREQ') !== 'WEEKLY' || on === undefined) return start
  const week = days.indexOf(part('WKST') ?? 'MO')
  const inWeek = (weekday: number) => (weekday - week + 7) % 7
  const begun = inWeek(weekdayOf(start))
  if (on.some((one) => inWeek(days.indexOf(one)) >= begun)) return start
  return start + (Number(part('INTERVAL') ?? 1) * 7 - begun) * day
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
    const [year = 0, month = 1, ...rest] = digits
    return stamp(wallAt(zone, Date.UTC(year, month - 1, ...rest)))
  })
}
