// Times of one incident as the team's clock showed them: with the date when it lasted past midnight, with the offset when
// daylight saving changed under it.
import { localTime } from '../core/local-time.ts'

/** `moments`: everything that is told; they decide how much of a date each needs. */
export function wallClock(zone: string, opened: Date, moments: Date[]) {
  const first = localTime(opened, zone)
  // Thousands of alerts of a storm come in a few minutes, and no clock changes within one.
  const minutes = new Map(moments.map((at) => [Math.floor(at.getTime() / 60_000), at]))
  const all = [...minutes.values()].map((at) => localTime(at, zone))
  const days = new Set(all.map((local) => local.day))
  const offsetChanges = all.some((local) => local.offset !== first.offset)
  const timeOf = (at: Date) => {
    const local = localTime(at, zone)
    return offsetChanges || local.offset !== first.offset ? `${local.time} ${local.offset}` : local.time
  }
  return {
    /** `+01:00`, at the opening. */
    offset: first.offset,
    offsetChanges,
    /** How many days of the calendar it touched. */
    days: days.size,
    timeOf,
    dayOf: (at: Date) => localTime(at, zone).day,
    show: (at: Date) => {
      const { day, shortDay } = localTime(at, zone)
      if (days.size <= 1 && day === first.day) return timeOf(at)
      return `${day.slice(-4) === first.day.slice(-4) ? shortDay : day} ${timeOf(at)}`
    },
  }
}
