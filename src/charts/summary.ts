// A chart in one line, for those who cannot see the picture and for the timeline.
import { type BandName, zoneAt } from '../core/bands.ts'
import type { Chart, Series } from './chart.ts'
import { formatTime, formatValue, shortenedMiddle } from './format.ts'
import { limited } from './limits.ts'
import { partsSummary } from './parts.ts'

const hour = 60 * 60_000
/** A picture of which the end is no older shows what is now. */
const recent = 10 * 60_000

const bandWords: Record<BandName, string> = {
  target: 'within its target',
  acceptable: 'acceptable',
  poor: 'worse than acceptable',
  critical: 'critical',
}

/**
 * What the first (worst) series does: `now 812 ms, was 230 ms an hour ago; peak 1.2 s at 14:05; threshold 500 ms`;
 * of a whole incident before, during and after it. `at`: when it is read; of what ended before, nothing is “now”.
 */
export function chartSummary(whole: Chart, at: Date = whole.until): string {
  const chart = limited(whole)
  const worst = chart.series[0]
  const known = worst?.points.flatMap(([at, value]) => (value === null ? [] : [{ at, value }])) ?? []
  const first = known[0]
  const newest = known.at(-1)
  if (!worst || !first || !newest) return `no data${limitOf(chart)}`
  const parts = partsSummary(chart)
  const who = chart.series.length > 1 ? `${shortenedMiddle(worst.name, 60)}: ` : ''
  if (parts !== null) return `${who}${parts}${limitOf(chart)}${othersOf(chart.series)}`
  const value = (number: number) => formatValue(number, chart.unit)
  const long = chart.until.getTime() - chart.from.getTime() > 24 * hour
  const time = (at: number) => formatTime(at, chart.zone, long)
  const ended = worst.points.at(-1)?.[0] !== newest.at
  const isPast = at.getTime() - chart.until.getTime() > recent
  const last = isPast ? `at the end ${value(newest.value)}` : `now ${value(newest.value)}`
  const now = ended ? `no data since ${time(newest.at)}, last ${value(newest.value)}` : last
  const before = newest.at === first.at ? '' : `, was ${value(first.value)} ${agoOf(newest.at - first.at, isPast)}`
  return `${who}${now}${before}${extremeOf(chart, known, value, time)}${limitOf(chart)}${othersOf(chart.series)}`
}

type Point = { at: number; value: number }

/** The peak, or the low where low is bad; nothing when the line is level. */
function extremeOf(
  chart: Chart,
  known: Point[],
  value: (number: number) => string,
  time: (at: number) => string,
): string {
  const below = chart.threshold?.bad === 'below'
  const extreme = known.reduce((best, point) =>
    (below ? point.value < best.value : point.value > best.value) ? point : best,
  )
  if (known.every((point) => point.value === extreme.value)) return ''
  return `; ${below ? 'low' : 'peak'} ${value(extreme.value)} at ${time(extreme.at)}`
}

function limitOf(chart: Chart): string {
  const { threshold, limit, bands, unit } = chart
  const newest = (series: Series | undefined) => series?.points.findLast(([, value]) => value !== null)?.[1] ?? null
  const [held, value] = [newest(limit?.series), newest(chart.series[0])]
  return [
    threshold === null ? '' : `; threshold ${formatValue(threshold.value, unit)}`,
    held === null ? '' : `; limit ${formatValue(held, unit)}`,
    bands && value !== null ? `; ${bandWords[zoneAt(bands, value)]}` : '',
  ].join('')
}

function othersOf(series: Series[]): string {
  if (series.length < 2) return ''
  return series.length === 2 ? '; 1 other series' : `; ${series.length - 1} other series`
}

function agoOf(milliseconds: number, isPast: boolean): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000))
  const word = isPast ? 'earlier' : 'ago'
  if (minutes < 55) return `${minutes} min ${word}`
  if (minutes < 90) return `an hour ${word}`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours ${word}` : `${Math.round(minutes / 1440)} days ${word}`
}
