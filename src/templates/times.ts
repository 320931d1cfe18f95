// How instants and durations read. A team reads them in its own zone.
import { localTime } from '../core/local-time.ts'

/** Milliseconds as a person says them: `40 s`, `4 min`, `1 h 5 min`, `2 d 3 h`. The sign is left to the sentence around. */
export function spanText(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** `14:05` on the day of `now`, `Sat 22 Nov, 14:05` on another, with the year in another year or without a `now`. */
export function timeText(at: Date, zone: string, now: Date | null): string {
  const there = localTime(at, zone)
  const here = now === null ? null : localTime(now, zone)
  if (here?.day === there.day) return there.minute
  const sameYear = here?.day.slice(-4) === there.day.slice(-4)
  return `${sameYear ? there.shortDay : there.day}, ${there.minute}`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
