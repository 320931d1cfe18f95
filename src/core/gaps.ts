// When nobody would answer: gaps in schedules, found before the night in which they would have been noticed.
import { firstStart } from './layer.ts'
import { type Because, gapsBetween, nextShift, type Override, type Schedule, shiftsBetween } from './schedule.ts'
import { day, wallAt, weekdayOf } from './wall.ts'

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
 * All gaps that begin within `days` days of `from`, by schedule and in order. `overrides`: those that are active or to come.
 * A shift of several people is a gap only when none of them is known.
 */
export function findGaps(rota: Rota, overrides: readonly Override[], from: Date, days = foreseen): ScheduleGap[] {
  const until = new Date(from.getTime() + days * day)
  // An override by somebody who left is passed over: whoever had the pager without it has it.
  const made = overrides.filter((one) => one.kind === 'calendar' || rota.people[one.person] !== undefined)
  return Object.values(rota.schedules).flatMap((schedule) => gapsOf(rota, schedule, made, from, until))
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
    // One that begins in time is told to its end, so that the last of many is like the others.
    const end = gap.until < until ? gap.until : (nextShift(schedule, overrides, gap.from)?.from ?? until)
    return { ...about, from: gap.from, until: end, cause }
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

/** Gaps of one kind that come back every week, or one that stands alone (`times` 1). `until` is the end of the first. */
export type GapPattern = ScheduleGap & { times: number; last: Date }

/**
 * Gaps of one schedule, those alike that come every week as one. What is alike has the same cause and, on the wall of `zone`,
 * the same weekday and times. In the order in which each begins.
 */
export function gapPatterns(gaps: readonly ScheduleGap[], zone: string): GapPattern[] {
  const alike = new Map<string, ScheduleGap[]>()
  for (const gap of gaps) {
    const key = gapKey(gap, zone)
    alike.set(key, [...(alike.get(key) ?? []), gap])
  }
  const patterns = [...alike.values()].flatMap((all) => {
    const runs = weeklyRuns(all, zone)
    // A holiday in between leaves what comes every week before and after it; twice may be chance.
    return runs.flatMap((run) =>
      runs.length === 1 || run.length > 2 ? [patternOf(run)] : run.map((gap) => patternOf([gap])),
    )
  })
  return patterns.filter((one) => one !== null).sort((a, b) => a.from.getTime() - b.from.getTime())
}

/** Gaps that are alike, apart where there is not one in each week. */
function weeklyRuns(gaps: ScheduleGap[], zone: string): ScheduleGap[][] {
  const runs: ScheduleGap[][] = []
  for (const gap of gaps) {
    const before = runs.at(-1)?.at(-1)
    if (before !== undefined && wallStart(gap, zone) - wallStart(before, zone) === 7 * day) runs.at(-1)?.push(gap)
    else runs.push([gap])
  }
  return runs
}

function patternOf(gaps: ScheduleGap[]): GapPattern | null {
  const [first, last] = [gaps[0], gaps.at(-1)]
  return first && last ? { ...first, times: gaps.length, last: last.from } : null
}

function wallStart({ from }: ScheduleGap, zone: string): number {
  return wallAt(zone, from.getTime())
}

/** Weekday and times on the wall, and why: what a gap has in common with next week's. */
export function gapKey({ from, until, cause, people }: ScheduleGap, zone: string): string {
  const [starts, ends] = [wallAt(zone, from.getTime()), wallAt(zone, until.getTime())]
  return `${weekdayOf(starts)} ${starts % day} ${ends - starts} ${cause} ${people.join()}`
}
