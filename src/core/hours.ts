// Business hours and the instants they give: when a P3 may page, and when "next business day" ends.
import { Temporal } from 'temporal-polyfill'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

export type Hours = {
  /** IANA name, such as Europe/Berlin. */
  zone: string
  days: Weekday[]
  /** `HH:MM`, local. */
  from: string
  until: string
  /** `YYYY-MM-DD`, local. */
  holidays: string[]
}

export function isOpen(hours: Hours, at: Date): boolean {
  const local = zoned(hours, at)
  const time = local.toPlainTime().toString().slice(0, 5)
  return isBusinessDay(hours, local.toPlainDate()) && time >= hours.from && time < hours.until
}

/** Milliseconds a business day is open for. */
export function lengthOfDay({ from, until }: Hours): number {
  return Temporal.PlainTime.from(from).until(Temporal.PlainTime.from(until)).total('milliseconds')
}

/** The instant itself inside business hours, else the next opening. */
export function nextOpening(hours: Hours, at: Date): Date {
  if (isOpen(hours, at)) return at
  const local = zoned(hours, at)
  let day = local.toPlainDate()
  if (local.toPlainTime().toString().slice(0, 5) >= hours.from) day = day.add({ days: 1 })
  return atTime(hours, nextBusinessDay(hours, day), hours.from)
}

/** The close of the first business day after the one `at` falls on: the deadline called "next business day". */
export function endOfNextBusinessDay(hours: Hours, at: Date): Date {
  const tomorrow = zoned(hours, at).toPlainDate().add({ days: 1 })
  return atTime(hours, nextBusinessDay(hours, tomorrow), hours.until)
}

function zoned(hours: Hours, at: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(hours.zone)
}

function isBusinessDay(hours: Hours, day: Temporal.PlainDate): boolean {
  const name = weekdays[day.dayOfWeek - 1]
  return name !== undefined && hours.days.includes(name) && !hours.holidays.includes(day.toString())
}

/** The day itself, when it is one. */
export function nextBusinessDay(hours: Hours, from: Temporal.PlainDate): Temporal.PlainDate {
  // A year of nothing but holidays is a configuration mistake; the calendar day itself is then the least bad answer.
  for (let i = 0, day = from; i < 366; i++, day = day.add({ days: 1 })) {
    if (isBusinessDay(hours, day)) return day
  }
  return from
}

/** The same, looking back. */
export function previousBusinessDay(hours: Hours, from: Temporal.PlainDate): Temporal.PlainDate {
  for (let i = 0, day = from; i < 366; i++, day = day.subtract({ days: 1 })) {
    if (isBusinessDay(hours, day)) return day
  }
  return from
}

/** A local time of a day; one that does not exist moves forward. */
export function atTime(hours: Hours, day: Temporal.PlainDate, time: string): Date {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(time))
  return new Date(local.toZonedDateTime(hours.zone, { disambiguation: 'compatible' }).epochMilliseconds)
}
