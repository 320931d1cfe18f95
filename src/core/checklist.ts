// Work that comes back: in which day, week or month a checklist is due, and when whoever has it is asked about the rest.
import { Temporal } from 'temporal-polyfill'
import { atTime, type Hours, nextBusinessDay, previousBusinessDay } from './hours.ts'

export type Rhythm = 'day' | 'week' | 'month'

/**
 * The occurrence that an instant falls into. `period` names it: `2026-11-23`, `2026-W48`, `2026-11`. It comes up on its first
 * business day at `at`, and is asked about at the close of its last one.
 */
export type Occurrence = { period: string; due: Date; ask: Date }

/** Null for a day without business: a daily list rests then. @param at `HH:MM` in the zone of `hours`. */
export function occurrenceAt(every: Rhythm, hours: Hours, at: string, now: Date): Occurrence | null {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(hours.zone).toPlainDate()
  const { name, first, last } = spanOf(every, today)
  const begins = nextBusinessDay(hours, first)
  // A span of nothing but holidays.
  if (Temporal.PlainDate.compare(begins, last) > 0) return null
  const due = atTime(hours, begins, at)
  const close = atTime(hours, previousBusinessDay(hours, last), hours.until)
  return { period: name, due, ask: close > due ? close : new Date(due.getTime() + 3_600_000) }
}

function spanOf(
  every: Rhythm,
  day: Temporal.PlainDate,
): { name: string; first: Temporal.PlainDate; last: Temporal.PlainDate } {
  switch (every) {
    case 'day':
      return { name: day.toString(), first: day, last: day }
    case 'week': {
      const first = day.subtract({ days: day.dayOfWeek - 1 })
      const name = `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, '0')}`
      return { name, first, last: first.add({ days: 6 }) }
    }
    case 'month': {
      const first = day.with({ day: 1 })
      return { name: day.toString().slice(0, 7), first, last: first.with({ day: day.daysInMonth }) }
    }
    default:
      return every satisfies never
  }
}

/** A list as it came up. */
export type ChecklistRun = {
  id: number
  /** Its name. */
  list: string
  period: string
  every: Rhythm
  channel: string | null
  due: Date
  items: ChecklistItem[]
}

/** `item` counts from 1. */
export type ChecklistItem = { item: number; text: string; doneAt: Date | null; doneBy: string | null }
