// An instant as the clock on the wall shows it, to the second. By hand: what Intl prints changes with the ICU it was built with.
import { Temporal } from 'temporal-polyfill'

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export type LocalTime = {
  /** `Tue 17 Nov 2026` */
  day: string
  /** `Tue 17 Nov`, where the year is plain. */
  shortDay: string
  /** `10:02:11` */
  time: string
  /** `10:02` */
  minute: string
  /** `+01:00`: tells the two half past twos of an autumn night apart. */
  offset: string
}

/** An instant as the clocks on the wall of `zone` (an IANA name) show it. */
export function localTime(at: Date, zone: string): LocalTime {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone)
  const shortDay = `${dayNames[local.dayOfWeek - 1]} ${local.day} ${monthNames[local.month - 1]}`
  const time = local.toPlainTime().toString({ smallestUnit: 'second' })
  return { day: `${shortDay} ${local.year}`, shortDay, time, minute: time.slice(0, 5), offset: local.offset }
}
