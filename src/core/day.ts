// A day as people say it in a command, and when it begins and ends.
import { Temporal } from 'temporal-polyfill'
import { weekdays } from './hours.ts'
import type { Period } from './pager.ts'

/**
 * `2026-03-09`, `today`, `tomorrow` or a weekday (the next one, today included), as the local day in `zone`, from its first
 * instant to that of the next. Null when it is none of these.
 */
export function daySpan(text: string, zone: string, now: Date): Period | null {
  const day = plainDay(text.trim().toLowerCase(), zone, now)
  if (day === null) return null
  const start = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(zone).startOfDay().epochMilliseconds)
  return { from: start(day), until: start(day.add({ days: 1 })) }
}

function plainDay(word: string, zone: string, now: Date): Temporal.PlainDate | null {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  if (word === 'today') return today
  if (word === 'tomorrow') return today.add({ days: 1 })
  const weekday = /^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?$/.test(word)
    ? weekdays.findIndex((name) => word.startsWith(name)) + 1
    : 0
  if (weekday > 0) return today.add({ days: (weekday - today.dayOfWeek + 7) % 7 })
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(word)) return null
  try {
    return Temporal.PlainDate.from(word, { overflow: 'reject' })
  } catch {
    return null
  }
}
