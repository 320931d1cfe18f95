// What the same line did a week ago, at the same hours of the clock on the wall: whether a level is bad is often only seen
// beside an ordinary one.
import { Temporal } from 'temporal-polyfill'
import type { Series } from '../charts/chart.ts'
import { type Prometheus, queryRange, type RangeSeries } from './prometheus.ts'

/** How far back the ordinary level is looked for. */
export type BaselineChoice = 'week' | 'day' | 'none'

export type Earlier = { name: string; series: RangeSeries[] }

type Window = { from: Date; until: Date; zone: string }

const looks: Record<BaselineChoice, { name: string; days: number }[]> = {
  week: [
    { name: 'last week', days: 7 },
    { name: 'yesterday', days: 1 },
  ],
  day: [{ name: 'yesterday', days: 1 }],
  none: [],
}

/**
 * The first of last week and yesterday with any value, moved into the window. Null: there is none, the window is longer
 * than what is between, or Prometheus did not say; it never throws. Ends early when the Prometheus' signal does.
 */
export async function earlierSeries(
  expr: string,
  window: Window,
  prometheus: Prometheus,
  choice: BaselineChoice,
): Promise<Earlier | null> {
  for (const { name, days } of looks[choice]) {
    const shift = shiftOf(window, days)
    if (window.until.getTime() - window.from.getTime() > shift) continue
    const [from, until] = [window.from, window.until].map((at) => new Date(at.getTime() - shift)) as [Date, Date]
    const found = await queryRange(prometheus, expr, { from, until }).catch(() => null)
    if (found === null) return null
    const series = found.series.filter(({ points }) => points.some(([, value]) => value !== null))
    if (series.length > 0) return { name, series: series.map((one) => moved(one, shift)) }
  }
  return null
}

/** Milliseconds between an hour and the same hour of the clock days before: not always whole days of 24 hours. */
function shiftOf({ until, zone }: Window, days: number): number {
  const end = Temporal.Instant.fromEpochMilliseconds(until.getTime()).toZonedDateTimeISO(zone)
  return until.getTime() - end.subtract({ days }).epochMilliseconds
}

function moved({ labels, points }: RangeSeries, shift: number): RangeSeries {
  return { labels, points: points.map(([at, value]) => [at + shift, value]) }
}

/**
 * The line that the worst one is compared with: of the same labels, or the only one where there is only one now as well.
 * Null: it was not there.
 */
export function baselineOf(worst: RangeSeries, count: number, earlier: Earlier | null): Series | null {
  if (earlier === null) return null
  const same = earlier.series.find(({ labels }) => isSame(labels, worst.labels))
  const only = count === 1 && earlier.series.length === 1 ? earlier.series[0] : undefined
  const line = same ?? only
  return line === undefined ? null : { name: earlier.name, points: line.points }
}

/** Whether they are the labels of one and the same series. */
export function isSame(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
