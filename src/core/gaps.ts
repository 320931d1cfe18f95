// When nobody would answer: gaps in schedules, found before the night in which they would have been noticed.
import { firstStart } from './layer.ts'
import { type Because, gapsBetween, type Override, type Schedule, shiftsBetween } from './schedule.ts'
import { day } from './wall.ts'

/** Days ahead in which gaps are looked for, unless said otherwise. */
export const foreseen = 90

/**
 * Why nobody is there:
 * - `nobody`: no layer, or no event of the calendar, has this time.
 * - `not begun`: the first shift is still to come.
 * - `empty`: the schedule has nobody at all in the time looked at.
 * - `unknown person`: whoever has it (`people`) is not, or no longer, in people: and can be reached by nobody.
 */
export type ScheduleGap = {
  schedule: string
  from: Date
  until: Date
  cause: 'nobody' | 'not begun' | 'empty' | 'unknown person'
  /** Those that are not known; empty for the other causes. */
  people: string[]
  /** What put them there; null for the other causes. */
  because: Because | null
}

/** A configuration will do. */
export type Rota = { schedules: Record<string, Schedule>; people: Record<string, unknown> }

/**
 * All gaps within `days` days of `from`, by schedule and in order. `overrides`: those that are active or to come.
 * A shift of several people is a gap only when none of them is known.
 */
export function findGaps(rota: Rota, overrides: readonly Override[], from: Date, days = foreseen): ScheduleGap[] {
  const until = new Date(from.getTime() + days * day)
  return Object.values(rota.schedules).flatMap((schedule) => gapsOf(rota, schedule, overrides, from, until))
}

function gapsOf(
  rota: Rota,
  schedule: Schedule,
  overrides: readonly Override[],
  from: Date,
  until: Date,
): ScheduleGap[] {
  const shifts = shiftsBetween(schedule, overrides, from, until)
  const about = { schedule: schedule.name, people: [], because: null }
  if (shifts.length === 0)
    return [{ ...about, from, until, cause: beginsLater(schedule, from) ? 'not begun' : 'empty' }]
  const open = gapsBetween(schedule, overrides, from, until).map((gap): ScheduleGap => {
    const cause = gap.from <= from && beginsLater(schedule, from) ? 'not begun' : 'nobody'
    return { ...about, ...gap, cause }
  })
  const unknown = shifts
    .filter((shift) => shift.people.every((person) => rota.people[person] === undefined))
    .map((shift): ScheduleGap => {
      const span = { from: shift.from < from ? from : shift.from, until: shift.until > until ? until : shift.until }
      return { ...about, ...span, cause: 'unknown person', people: shift.people, because: shift.because }
    })
  return [...open, ...unknown].sort((a, b) => a.from.getTime() - b.from.getTime())
}

/** Whether all of its layers have their first shift after an instant. */
function beginsLater({ layers }: Schedule, at: Date): boolean {
  return layers.length > 0 && layers.every((layer) => firstStart(layer) > at.getTime())
}
