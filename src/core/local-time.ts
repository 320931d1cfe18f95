// An instant as the clock on the wall shows it, to the second. By hand: what Intl prints changes with the ICU it was built with.
import { Temporal } from 'temporal-polyfill'
import { Remembered } from './remembered.ts'

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
  const { ahead, offset } = offsetAt(at.getTime(), zone)
  const local = new Date(at.getTime() + ahead)
  const shortDay = `${dayNames[(local.getUTCDay() + 6) % 7]} ${local.getUTCDate()} ${monthNames[local.getUTCMonth()]}`
  const time = local.toISOString().slice(-13, -5)
  return { day: `${shortDay} ${local.getUTCFullYear()}`, shortDay, time, minute: time.slice(0, 5), offset }
}

type Offset = { ahead: number; offset: string }

/** A message tells a dozen times of day, all of them minutes apart. */
const offsets = new Remembered<Offset>(500)

/** No clock in use today changes but at a quarter of an hour; where one did otherwise, long ago, nothing is remembered. */
const quarter = 15 * 60_000

function offsetAt(instant: number, zone: string): Offset {
  const begun = Math.floor(instant / quarter) * quarter
  const key = `${zone} ${begun}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const at = (milliseconds: number): Offset => {
    const { offset, offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(zone)
    return { ahead: offsetNanoseconds / 1e6, offset }
  }
  const found = at(instant)
  if (at(begun).ahead === found.ahead && at(begun + quarter - 1).ahead === found.ahead) offsets.set(key, found)
  return found
}
