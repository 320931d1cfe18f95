// The hours a layer of a schedule is limited to: weekdays, times of day, holidays.
import type { Weekday } from './hours.ts'
import { weekdays } from './hours.ts'
import { addSpan, type Span } from './span.ts'
import { dateOf, day, type Instant, instantOf, timeOfDay, type Wall, wallAt, weekdayOf } from './wall.ts'

/** Daily hours on some days. `until` at or before `from` ends on the next day; both alike last a whole day. */
export type Window = {
  /** The days it begins on. */
  days: Weekday[]
  /** Whether it also begins on holidays, never does, or does not care for them. */
  holidays: 'also' | 'never' | 'as any day'
  /** `HH:MM`, local. */
  from: string
  until: string
}

/** When a window that begins on the day of `midnight` opens and closes, on the wall. */
function windowOn({ from, until }: Window, midnight: Wall): { opens: Wall; closes: Wall } {
  const closes = until > from ? midnight : midnight + day
  return { opens: midnight + timeOfDay(from), closes: closes + timeOfDay(until) }
}

function beginsOn(window: Window, midnight: Wall, holidays: readonly string[]): boolean {
  const name = weekdays[weekdayOf(midnight)]
  const listed = name !== undefined && window.days.includes(name)
  if (window.holidays === 'as any day') return listed
  const holiday = holidays.includes(dateOf(midnight))
  return window.holidays === 'also' ? listed || holiday : listed && !holiday
}

/**
 * The stretches of `[from, until)` within any of the windows, in order, joined where they touch. A time that comes twice opens
 * a window at its first occurrence and closes one at its last.
 */
export function openSpans(
  windows: readonly Window[],
  about: { zone: string; holidays: readonly string[] },
  from: Instant,
  until: Instant,
): Span[] {
  const { zone, holidays } = about
  const spans: Span[] = []
  // A window may have begun the day before, and daylight saving may have moved its end.
  const first = Math.floor(wallAt(zone, from) / day) * day - 2 * day
  for (let midnight = first; midnight <= wallAt(zone, until) + day; midnight += day) {
    for (const window of windows) {
      if (!beginsOn(window, midnight, holidays)) continue
      const { opens, closes } = windowOn(window, midnight)
      const span = { from: instantOf(zone, opens, 'first'), until: instantOf(zone, closes, 'last') }
      if (span.from < span.until) spans.push(span)
    }
  }
  return joined(spans).flatMap((span) => clipped(span, from, until))
}

function joined(spans: Span[]): Span[] {
  const inOrder = spans.sort((a, b) => a.from - b.from)
  const result: Span[] = []
  for (const span of inOrder) addSpan(result, span)
  return result
}

function clipped(span: Span, from: Instant, until: Instant): Span[] {
  const cut = { from: Math.max(span.from, from), until: Math.min(span.until, until) }
  return cut.from < cut.until ? [cut] : []
}

/** Whether an ordinary week, without holidays and daylight saving, opens any window between two times on the wall. */
export function opensInWeek(windows: readonly Window[], from: Wall, until: Wall): boolean {
  for (let midnight = Math.floor(from / day) * day - day; midnight < until; midnight += day) {
    const name = weekdays[weekdayOf(midnight)]
    for (const window of windows) {
      if (name === undefined || !window.days.includes(name)) continue
      const { opens, closes } = windowOn(window, midnight)
      if (opens < until && from < closes) return true
    }
  }
  return false
}
