// When a cron expression is next due by the wall of a zone. node-cron reads it; the clocks that change are ours, because it leaves
// out what lies in the hour that spring takes away.
import { createTask, parse } from 'node-cron'
import { day, instantOf, wallAt } from '../core/wall.ts'

/** Days: a Monday that is a 29 February comes round after forty years at most. */
const farthest = 41 * 366

/**
 * The first instant after this one at which `cron` is due in `zone`; null when it never is (a first of the month that is its fifth
 * Monday). What would be due in an hour that does not exist is due as much later as the clock moves; in one that comes twice, the
 * first time.
 */
export function nextTime(cron: string, zone: string, after: Date): Date | null {
  const { hour: hours, minute: minutes, second: seconds } = parse(cron)
  const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => ((h * 60 + m) * 60 + s) * 1_000)))
  const wall = createTask(cron, () => {}, { timezone: 'UTC' })
  try {
    const today = Math.floor(wallAt(zone, after.getTime()) / day) * day
    for (let date = today; date < today + farthest * day; date += day) {
      if (!wall.match(new Date(date + (times[0] ?? 0)))) continue
      const left = times.map((time) => instantOf(zone, date + time, 'first')).filter((at) => at > after.getTime())
      if (left.length > 0) return new Date(left.reduce((least, at) => Math.min(least, at)))
    }
    return null
  } finally {
    // node-cron keeps a list of them.
    void wall.destroy()
  }
}
