// The stretch of time an objective is held over: the last so many days, or the week, month or quarter that is running.
import { Temporal } from 'temporal-polyfill'

type CalendarPeriod = 'week' | 'month' | 'quarter'

/** `days`: the last so many, always. `period`: that of the calendar on the wall of `zone` (an IANA name). */
export type SloWindow = { days: number } | { period: CalendarPeriod; zone: string }

/** A window at one instant. A rolling one ends now, one of the calendar later: its budget is that of all of it. */
export type WindowNow = {
  from: Date
  until: Date
  /** Milliseconds from its beginning to its end, and from its beginning to now. */
  length: number
  passed: number
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** Less than this cannot be asked about: in the first minutes of a month the end of the one before is looked at as well. */
const shortest = 5 * minute

export function windowAt(window: SloWindow, now: Date): WindowNow {
  if ('days' in window) {
    const length = window.days * day
    return { from: new Date(now.getTime() - length), until: now, length, passed: length }
  }
  const first = firstDay(window.period, Temporal.Instant.fromEpochMilliseconds(now.getTime()), window.zone)
  const next = first.add({ week: { days: 7 }, month: { months: 1 }, quarter: { months: 3 } }[window.period])
  const [from, until] = [first, next].map((date) => new Date(date.toZonedDateTime(window.zone).epochMilliseconds))
  if (from === undefined || until === undefined) throw new Error('a period has two ends')
  const passed = Math.max(shortest, now.getTime() - from.getTime())
  return { from, until, length: until.getTime() - from.getTime(), passed }
}

function firstDay(period: CalendarPeriod, now: Temporal.Instant, zone: string): Temporal.PlainDate {
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  switch (period) {
    case 'week':
      return today.subtract({ days: today.dayOfWeek - 1 })
    case 'month':
      return today.with({ day: 1 })
    case 'quarter':
      return today.with({ day: 1, month: today.month - ((today.month - 1) % 3) })
    default:
      return period satisfies never
  }
}

/** Days of a window for what has to be the same every month, such as the threshold of an alert. */
export function usualDays(window: SloWindow): number {
  return 'days' in window ? window.days : { week: 7, month: 30, quarter: 90 }[window.period]
}

/** `30 days`, `this month`. */
export function windowText(window: SloWindow): string {
  if ('period' in window) return `this ${window.period}`
  return window.days === 1 ? '1 day' : `${window.days} days`
}

/** A range as PromQL writes it: `30d`, `12h`, `90m`; whole seconds, one at least. */
export function rangeText(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000))
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    if (seconds % size === 0) return `${seconds / size}${unit}`
  }
  return `${seconds}s`
}
