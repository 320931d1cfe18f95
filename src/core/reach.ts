// How a person wants to be reached: over which channels, after how long, and when not to be woken for what can wait.
import { Temporal } from 'temporal-polyfill'
import { type Weekday, weekdays } from './hours.ts'
import type { Severity } from './severity.ts'

/** One way to a person. `after`: milliseconds it waits for an answer to the ways before it; 0: at once. */
export type Way = { channel: string; after: number }

/** A person's own rules, by severity; null where there is none, so that the usual way counts. */
export type Reach = Record<Severity, Way[] | null>

/** Nights, or other stretches of the day, in which a page of a P3 or P4 waits. */
export type Quiet = {
  /** IANA name. */
  zone: string
  /** Days on which they begin. */
  days: Weekday[]
  /** `HH:MM`, local. When `until` is not after `from`, they end on the next day. */
  from: string
  until: string
}

/**
 * The ways a page takes. `rule`: the person's own, `have`: the channels that reach this person at this moment,
 * `usual`: those taken when there is no rule, or when nothing of it is there. The first of them is always at once.
 */
export function planWays(rule: Way[] | null, have: string[], usual: string[]): Way[] {
  const possible = (rule ?? []).filter(({ channel }) => have.includes(channel))
  if (possible.length === 0) return usual.map((channel) => ({ channel, after: 0 }))
  const start = Math.min(...possible.map(({ after }) => after))
  return possible.map(({ channel, after }) => ({ channel, after: after - start }))
}

/** The next way to a person when those `tried` did not do: their own order first, then whatever else there is. */
export function nextWay(rule: Way[] | null, have: string[], tried: string[]): string | null {
  const order = [...(rule ?? []).map(({ channel }) => channel), ...have]
  return order.find((channel) => have.includes(channel) && !tried.includes(channel)) ?? null
}

/** Whether quiet hours can hold back a page of this severity. */
export function respectsQuiet(severity: Severity): boolean {
  return severity === 'P3' || severity === 'P4'
}

/**
 * When the quiet hours around an instant end; null outside them. A time that comes twice begins them at its first and ends
 * them at its last occurrence; one that does not exist moves forward.
 */
export function quietUntil(quiet: Quiet, at: Date): Date | null {
  const today = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(quiet.zone).toPlainDate()
  // Those that began yesterday may go on until today.
  for (const day of [today.subtract({ days: 1 }), today]) {
    const name = weekdays[day.dayOfWeek - 1]
    if (name === undefined || !quiet.days.includes(name)) continue
    const from = instantOf(day, quiet.from, quiet.zone, 'compatible')
    const last = quiet.until > quiet.from ? day : day.add({ days: 1 })
    const until = instantOf(last, quiet.until, quiet.zone, 'later')
    if (from <= at && at < until) return until
  }
  return null
}

function instantOf(day: Temporal.PlainDate, time: string, zone: string, disambiguation: 'compatible' | 'later'): Date {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(time))
  return new Date(local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds)
}
