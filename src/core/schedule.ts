// Who is on call: a rotation with a hand-over time in a zone, and overrides on top.
import { Temporal } from 'temporal-polyfill'
import type { Weekday } from './hours.ts'

/**
 * People take turns, a shift each. `starts` is the local date of the first person's first shift; a shift changes hands
 * at `handover` local time, whatever daylight saving does to the length of that day.
 */
export type Rotation = {
  people: string[]
  every: { days: number }
  starts: string
  handover: string
  /** For messages only: the weekday a weekly rotation changes on. */
  weekday: Weekday | null
}

export type Schedule = { name: string; zone: string; rotation: Rotation }

/** Somebody takes the pager for a while; the latest made wins. */
export type Override = { schedule: string; person: string; from: Date; until: Date; madeBy: string; madeAt: Date }

/** A stretch of time with one person on call. */
export type Shift = { person: string; from: Date; until: Date; override: boolean }

/** The shift at an instant; null when nobody is on call. */
export function shiftAt(schedule: Schedule, overrides: Override[], at: Date): Shift | null {
  const relevant = overrides.filter((o) => o.schedule === schedule.name)
  const active = relevant
    .filter((o) => o.from <= at && at < o.until)
    .sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime())[0]
  if (active) return { person: active.person, from: active.from, until: active.until, override: true }
  return rotationShift(schedule, at)
}

/** The shift after the one at `at`: who takes over, and when. */
export function nextShift(schedule: Schedule, overrides: Override[], at: Date): Shift | null {
  const current = shiftAt(schedule, overrides, at)
  return current && shiftAt(schedule, overrides, current.until)
}

function rotationShift(schedule: Schedule, at: Date): Shift | null {
  const { people, every } = schedule.rotation
  if (people.length === 0) return null
  const index = shiftIndex(schedule, at)
  if (index < 0) return null
  const person = people[index % people.length]
  if (person === undefined) return null
  const from = shiftStart(schedule, index)
  return { person, from, until: shiftStart(schedule, index + 1), override: false }

  function shiftIndex(s: Schedule, instant: Date): number {
    const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(s.zone)
    const days = Temporal.PlainDate.from(s.rotation.starts).until(local.toPlainDate(), { largestUnit: 'days' }).days
    const guess = Math.floor(days / every.days)
    // The day of a hand-over belongs to two shifts; its instants decide.
    return instant < shiftStart(s, guess) ? guess - 1 : guess
  }
}

/** Local hand-over time as an instant. A time that does not exist moves forward; one that comes twice is its first. */
function shiftStart(schedule: Schedule, index: number): Date {
  const { starts, every, handover } = schedule.rotation
  const day = Temporal.PlainDate.from(starts).add({ days: index * every.days })
  const local = day.toPlainDateTime(Temporal.PlainTime.from(handover))
  return new Date(local.toZonedDateTime(schedule.zone, { disambiguation: 'compatible' }).epochMilliseconds)
}
