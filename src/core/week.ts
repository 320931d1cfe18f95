// The seven days a digest looks back on, with a name that gives them back.
import { Temporal } from 'temporal-polyfill'

/**
 * Seven local calendar days. `key` is the ISO week (`2026-W47`) when they are Monday to Sunday, else the ISO date of the
 * first of them (`2026-W47-5`: seven days from that Friday).
 */
export type Week = { key: string; zone: string; from: Date; until: Date }

/**
 * The seven days before the day `now` falls on in `zone`, midnight to midnight: a digest that is a few hours late still
 * counts the same week, and the next one begins where this one ended. Days are as long as daylight saving makes them.
 */
export function weekOf(now: Date, zone: string): Week {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  return weekFrom(today.subtract({ days: 7 }), zone)
}

/** The week a key names; null when it is no such key. */
export function weekNamed(key: string, zone: string): Week | null {
  const [, year, number, day] = /^(\d{4})-W(\d{2})(?:-([1-7]))?$/.exec(key) ?? []
  if (year === undefined || number === undefined) return null
  // 4 January is in week 1 of its year, always.
  const anchor = Temporal.PlainDate.from({ year: Number(year), month: 1, day: 4 })
  const monday = anchor.subtract({ days: anchor.dayOfWeek - 1 }).add({ weeks: Number(number) - 1 })
  const week = weekFrom(monday.add({ days: Number(day ?? 1) - 1 }), zone)
  // Week 53 of a year that has 52 is the first of the next: another name for another week.
  return week.key === key ? week : null
}

/** The same seven days a week earlier, to compare with. */
export function weekBefore(week: Week): Week {
  return weekOf(week.from, week.zone)
}

function weekFrom(first: Temporal.PlainDate, zone: string): Week {
  const name = `${first.yearOfWeek}-W${String(first.weekOfYear).padStart(2, '0')}`
  return {
    key: first.dayOfWeek === 1 ? name : `${name}-${first.dayOfWeek}`,
    zone,
    from: midnight(first, zone),
    until: midnight(first.add({ days: 7 }), zone),
  }
}

function midnight(day: Temporal.PlainDate, zone: string): Date {
  return new Date(day.toZonedDateTime(zone).epochMilliseconds)
}
