// The clock on the wall of a zone, as plain numbers: schedules are asked thousands of times a second, and Temporal is too
// slow for that. It is asked only where the zone's offset changes, once for each year, and the rest is arithmetic.
import { Temporal } from 'temporal-polyfill'

/** Milliseconds: what the wall shows, read as if it were UTC. `Date.UTC(2026, 2, 29, 2, 30)` is half past two there. */
export type Wall = number

/** Milliseconds since 1970, as everywhere. */
export type Instant = number

export const hour = 3_600_000
export const day = 24 * hour

/** Whether its wall can be read. What only Intl knows (`PST`, `BST`, `IST`) is none: such letters mean several, and throw when they are used. */
export function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

/** A stretch of about a year: the offset at its start, and the changes within it. */
type Stretch = { offset: number; changes: { at: Instant; offset: number }[] }

const stretchLength = 366 * day
const zones = new Map<string, Map<number, Stretch>>()

function stretchAt(zone: string, at: Instant): Stretch {
  const index = Math.floor(at / stretchLength)
  const known = zones.get(zone) ?? new Map<number, Stretch>()
  zones.set(zone, known)
  const found = known.get(index) ?? measure(zone, index * stretchLength, (index + 1) * stretchLength)
  known.set(index, found)
  return found
}

function measure(zone: string, from: Instant, until: Instant): Stretch {
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
  const changes: Stretch['changes'] = []
  let next = start.getTimeZoneTransition('next')
  while (next !== null && next.epochMilliseconds < until) {
    changes.push({ at: next.epochMilliseconds, offset: next.offsetNanoseconds / 1e6 })
    next = next.getTimeZoneTransition('next')
  }
  return { offset: start.offsetNanoseconds / 1e6, changes }
}

function offsetAt(zone: string, at: Instant): number {
  const { offset, changes } = stretchAt(zone, at)
  let found = offset
  for (const change of changes) {
    if (change.at > at) break
    found = change.offset
  }
  return found
}

/** What the wall shows at an instant. */
export function wallAt(zone: string, at: Instant): Wall {
  return at + offsetAt(zone, at)
}

/**
 * When the wall shows this: where it does so twice, the `first` or the `last` time. A time that does not exist moves forward
 * by as much as the clock does: half past two, when two becomes three, is half past three.
 */
export function instantOf(zone: string, wall: Wall, which: 'first' | 'last'): Instant {
  const before = offsetAt(zone, wall - day)
  const after = offsetAt(zone, wall + day)
  if (before === after) return wall - before
  const early = wall - before
  const late = wall - after
  // Before the clock went back, the earlier reading; after it, the later one; in between, both.
  const earlyExists = offsetAt(zone, early) === before
  const lateExists = offsetAt(zone, late) === after
  if (earlyExists && lateExists) return which === 'first' ? Math.min(early, late) : Math.max(early, late)
  return lateExists ? late : early
}

/** Midnight at the beginning of a `YYYY-MM-DD`, plus `HH:MM` when given. */
export function wallOf(date: string, time = '00:00'): Wall {
  return Date.parse(`${date}T${time}:00Z`)
}

/** Milliseconds from midnight of `HH:MM`. */
export function timeOfDay(time: string): number {
  return Number(time.slice(0, 2)) * hour + Number(time.slice(3, 5)) * 60_000
}

/** `YYYY-MM-DD` of what the wall shows. */
export function dateOf(wall: Wall): string {
  return new Date(wall).toISOString().slice(0, 10)
}

/** 0 for a Monday, 6 for a Sunday. */
export function weekdayOf(wall: Wall): number {
  // 1 January 1970 was a Thursday.
  return (((Math.floor(wall / day) + 3) % 7) + 7) % 7
}

/** The same day of another month, or that month's last day where it is too short. The time of day stays. */
export function addMonths(wall: Wall, months: number): Wall {
  const at = new Date(wall)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + months]
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const date = Date.UTC(year, month, Math.min(at.getUTCDate(), lastDay))
  return date + (((wall % day) + day) % day)
}
