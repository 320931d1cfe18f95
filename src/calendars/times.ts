// Times as calendars write them: on the wall of a zone, whole days among them, and lengths.
import { day, type Instant, instantOf, type Wall, wallAt } from '../core/wall.ts'
import type { Property } from './content.ts'

/** What the wall of `zone` shows. */
export type When = {
  wall: Wall
  zone: string
  /** A date without a time. */
  isDay: boolean
  /** The name of a zone that nobody knows; `zone` is then a stand-in. */
  strange: string | null
}

export type ZoneOf = (tzid: string) => string | null

/** Null when it is no time. Days, and times that name no zone, are in `zone`. */
export function readWhen(value: string, params: Property['params'], zoneOf: ZoneOf, zone: string): When | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$/i.exec(value.trim())
  if (match === null) return null
  const [, year, month, date, hours, minutes, seconds, isUtc] = match
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date))
  // The 31st of February would be in March.
  if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${date}`) return null
  if (hours === undefined || params.VALUE?.toUpperCase() === 'DATE')
    return { wall: midnight, zone, isDay: true, strange: null }
  if (Number(hours) > 24 || Number(minutes) > 59) return null
  const wall = midnight + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds ?? 0) * 1_000
  if (isUtc !== undefined) return { wall, zone: 'UTC', isDay: false, strange: null }
  const named = params.TZID === undefined ? zone : zoneOf(params.TZID)
  return { wall, zone: named ?? 'UTC', isDay: false, strange: named === null ? (params.TZID ?? null) : null }
}

/** A time that comes twice is its first, as RFC 5545 has it; one that does not exist moves forward. */
export function instantAt({ zone, wall }: When): Instant {
  return instantOf(zone, wall, 'first')
}

/**
 * Days are days on the wall. Hours are hours that pass, or (`wall`, for what comes again) as long as on a day like any other.
 * Null when it is no length.
 */
export function after(start: When, length: string, hours: 'passing' | 'wall'): When | null {
  const match = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(length.trim())
  if (match === null) return null
  const [weeks = 0, days = 0, ...time] = match.slice(1).map((part) => Number(part ?? 0))
  const wall = start.wall + (weeks * 7 + days) * day
  const passing = (((time[0] ?? 0) * 60 + (time[1] ?? 0)) * 60 + (time[2] ?? 0)) * 1_000
  if (passing === 0) return { ...start, wall }
  if (hours === 'wall') return { ...start, wall: wall + passing, isDay: false }
  // In UTC, because a wall may show the same twice.
  return { ...start, wall: instantAt({ ...start, wall }) + passing, zone: 'UTC', isDay: false }
}

/** How much later the wall of `start` shows `end`. */
export function wallLength(start: When, end: When): number {
  return (end.zone === start.zone ? end.wall : wallAt(start.zone, instantAt(end))) - start.wall
}
