// Business hours and the instants they give: when a P3 may page, and when "next business day" ends.
import { Temporal } from 'temporal-polyfill'
import { dateOf, type Instant, instantOf, wallAt, wallOf } from './wall.ts'

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

/** A time that comes twice opens at its first and closes at its last occurrence; one that does not exist moves forward. */
export function isOpen(hours: Hours, at: Date): boolean {
  const day = dayOf(hours, at)
  return isBusinessDay(hours, day) && opening(hours, day) <= at.getTime() && at.getTime() < closing(hours, day)
}

/** Milliseconds a business day is open for. */
export function lengthOfDay({ from, until }: Hours): number {
  return Temporal.PlainTime.from(from).until(Temporal.PlainTime.from(until)).total('milliseconds')
}

/** The instant itself inside business hours, else the next opening. */
export function nextOpening(hours: Hours, at: Date): Date {
  if (isOpen(hours, at)) return at
  const today = dayOf(hours, at)
  const day = opening(hours, today) <= at.getTime() ? today.add({ days: 1 }) : today
  return new Date(opening(hours, nextOpenDay(hours, day)))
}

/** The instant itself outside business hours, else the close of the day. */
export function nextClosing(hours: Hours, at: Date): Date {
  return isOpen(hours, at) ? new Date(closing(hours, dayOf(hours, at))) : at
}

/** The close of the first business day after the one `at` falls on: the deadline called "next business day". */
export function endOfNextBusinessDay(hours: Hours, at: Date): Date {
  return new Date(closing(hours, nextOpenDay(hours, dayOf(hours, at).add({ days: 1 }))))
}

function dayOf({ zone }: Hours, at: Date): Temporal.PlainDate {
  return Temporal.PlainDate.from(dateOf(wallAt(zone, at.getTime())))
}

function opening({ zone, from }: Hours, day: Temporal.PlainDate): Instant {
  return instantOf(zone, wallOf(day.toString(), from), 'first')
}

function closing({ zone, until }: Hours, day: Temporal.PlainDate): Instant {
  return instantOf(zone, wallOf(day.toString(), until), 'last')
}

function isBusinessDay(hours: Hours, day: Temporal.PlainDate): boolean {
  const name = weekdays[day.dayOfWeek - 1]
  return name !== undefined && hours.days.includes(name) && !hours.holidays.includes(day.toString())
}

/** The next business day that opens at all: where the clock leaves out all of its hours, it does not. */
function nextOpenDay(hours: Hours, from: Temporal.PlainDate): Temporal.PlainDate {
  const day = nextBusinessDay(hours, from)
  return opening(hours, day) < closing(hours, day) ? day : nextBusinessDay(hours, day.add({ days: 1 }))
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
export function atTime({ zone }: Hours, day: Temporal.PlainDate, time: string): Date {
  return new Date(instantOf(zone, wallOf(day.toString(), time), 'first'))
}
