// Rules of recurrence. They are about what the wall shows, whatever its zone: so they are worked out as if it were UTC.
import { day, hour, type Wall, wallAt, weekdayOf } from '../core/wall.ts'
import { allowsDay, completed, type Rule, readRule, timesOfDay } from './rule.ts'
import type { When } from './times.ts'

/**
 * When it comes again, on its wall between `from` and `until`. Its own beginning is its first time, whether the rule has it or
 * not: so calendars show it, and so they count it. Throws an Error for what is no rule.
 */
export function recurrences(text: string, start: When, from: Wall, until: Wall): Wall[] {
  const rule = completed(readRule(text), start.wall)
  const end = Math.min(until, lastOf(text, start))
  const found = start.wall >= from && start.wall <= until ? [start.wall] : []
  let counted = 1
  // What is counted is counted from the beginning; all else is begun where it is asked for.
  const begun = periodOf(rule, start.wall)
  const steps = rule.count === null ? Math.floor((periodOf(rule, from) - begun) / rule.interval) : 0
  const last = periodOf(rule, end)
  for (let period = begun + Math.max(0, steps) * rule.interval; period <= last; period += rule.interval) {
    for (const wall of timesIn(rule, period)) {
      if (wall <= start.wall) continue
      if (wall > end || (rule.count !== null && counted >= rule.count)) return found
      counted++
      if (wall >= from) found.push(wall)
    }
  }
  return found
}

/** Years, months, weeks, days or hours are counted on from one to the next. */
function periodOf({ every, weekStart }: Rule, wall: Wall): number {
  const at = new Date(wall)
  switch (every) {
    case 'YEARLY':
      return at.getUTCFullYear()
    case 'MONTHLY':
      return at.getUTCFullYear() * 12 + at.getUTCMonth()
    case 'WEEKLY':
      return (Math.floor(wall / day) - ((weekdayOf(wall) - weekStart + 7) % 7) - mondayOf(weekStart)) / 7
    case 'DAILY':
      return Math.floor(wall / day)
    case 'HOURLY':
      return Math.floor(wall / hour)
    default:
      return every satisfies never
  }
}

/** Days from 1 January 1970 to the first such weekday. */
function mondayOf(weekday: number): number {
  return (weekday - weekdayOf(0) + 7) % 7
}

/** All times in a period, in order. */
function timesIn(rule: Rule, period: number): Wall[] {
  const times = daysOf(rule, period)
    .filter((midnight) => allowsDay(rule, midnight))
    .flatMap((midnight) => timesOn(rule, period).map((time) => midnight + time))
  if (rule.positions.length === 0) return times
  return times.filter((_, at) => rule.positions.includes(at + 1) || rule.positions.includes(at - times.length))
}

function timesOn(rule: Rule, period: number): number[] {
  if (rule.every !== 'HOURLY') return timesOfDay(rule)
  const ofDay = ((period % 24) + 24) % 24
  return rule.hours.length > 0 && !rule.hours.includes(ofDay) ? [] : timesOfDay({ ...rule, hours: [ofDay] })
}

/** The midnights of a period. */
function daysOf({ every, weekStart }: Rule, period: number): Wall[] {
  const between = (first: Wall, after: Wall) =>
    Array.from({ length: Math.round((after - first) / day) }, (_, i) => first + i * day)
  switch (every) {
    case 'YEARLY':
      return between(Date.UTC(period, 0, 1), Date.UTC(period + 1, 0, 1))
    case 'MONTHLY': {
      const year = Math.floor(period / 12)
      return between(Date.UTC(year, period - year * 12, 1), Date.UTC(year, period - year * 12 + 1, 1))
    }
    case 'WEEKLY': {
      const first = (mondayOf(weekStart) + period * 7) * day
      return between(first, first + 7 * day)
    }
    case 'DAILY':
      return [period * day]
    case 'HOURLY':
      return [Math.floor(period / 24) * day]
    default:
      return every satisfies never
  }
}

/** Its last time as its own wall shows it; a date is that whole day. Without one: no end. */
function lastOf(rule: string, { zone, isDay }: When): Wall {
  const [, written] = /(?:^|;)\s*UNTIL=([^;]*)/i.exec(rule) ?? []
  if (written === undefined) return Number.POSITIVE_INFINITY
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/i.exec(written.trim())
  if (match === null) throw new Error(`UNTIL=${written.slice(0, 40)} is no time`)
  const [year = 0, month = 1, date = 1, ...time] = match.slice(1, 7).map((part) => Number(part ?? 0))
  const midnight = Date.UTC(year, month - 1, date)
  if (match[4] === undefined || isDay) return midnight + day - 1_000
  const [hours = 0, minutes = 0, seconds = 0] = time
  const wall = midnight + hours * hour + minutes * 60_000 + seconds * 1_000
  return match[7] ? wallAt(zone, wall) : wall
}
