// A chart in words for those who do not see the picture: alternative text of the chats and the console, mail, the
// post-mortem.
import { type BandName, type Bands, zoneAt } from '../core/bands.ts'
import type { Chart, Point, Series } from './chart.ts'
import { type Crossing, crossingsOf } from './crossings.ts'
import { formatSpan, formatTime, formatValue, shortened, shortenedMiddle } from './format.ts'
import { limited } from './limits.ts'
import { sparkline } from './sparkline.ts'
import { type Trend, trendOf } from './trend.ts'

/** What each of the platforms takes: Discord 1,024 characters of a description, Slack 1,000 of a file's text. */
const longestText = 1000

const shownMarks = 8
const shownOthers = 5

/**
 * One line each: what it is, the numbers of the first (worst) series, the threshold, the bands, last week, the moments, the other
 * series, the line in letters. At most `most` characters; what is least telling goes first.
 */
export function chartText(whole: Chart, most = longestText): string {
  const chart = limited(whole)
  const worst = chart.series[0]
  const known = worst === undefined ? [] : valuesOf(worst)
  const lines = [
    headline(chart),
    ...(worst === undefined || known.length === 0
      ? [
          `No data${chart.threshold === null ? '.' : `; the threshold is ${formatValue(chart.threshold.value, chart.unit)}.`}`,
        ]
      : [
          numbers(chart, worst, known),
          thresholdLine(chart, worst),
          limitLine(chart, worst),
          bandLine(chart, worst),
          baselineLine(chart),
          momentsLine(chart),
          othersLine(chart),
        ]),
    worst === undefined ? '' : sparkline(worst.points, chart),
  ].filter((line) => line !== '')
  return withinLimit(lines, most)
}

/** The last line that is not needed goes first: the others, the moments, last week; the sparkline stays as long as it can. */
function withinLimit(lines: string[], most: number): string {
  const kept = [...lines]
  const length = () => kept.reduce((sum, line) => sum + [...line].length + 1, -1)
  while (length() > most && kept.length > 3) kept.splice(kept.length - 2, 1)
  return shortened(kept.join('\n'), most)
}

type Known = [at: number, value: number]

function valuesOf({ points }: Series): Known[] {
  return points.flatMap(([at, value]): Known[] => (value !== null && Number.isFinite(value) ? [[at, value]] : []))
}

function headline({ title, subtitle, zone }: Chart): string {
  const parts = [shortened(oneLine(title), 120), shortened(oneLine(subtitle), 120)].filter((part) => part !== '')
  return `${parts.join(', ')} (times in ${zone}).`
}

function oneLine(text: string): string {
  return text
    .slice(0, 2000)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}

function timeOf(chart: Chart): (at: number) => string {
  const long = chart.until.getTime() - chart.from.getTime() > 24 * 3_600_000
  return (at) => formatTime(at, chart.zone, long)
}

const trends: Record<Trend, string> = {
  rising: 'rising',
  falling: 'falling',
  level: 'level',
  wavering: 'up and down',
  peaked: 'rose and came back',
  dipped: 'fell and came back',
}

function numbers(chart: Chart, worst: Series, known: Known[]): string {
  const say = (value: number) => formatValue(value, chart.unit)
  const time = timeOf(chart)
  const [low, high] = [extreme(known, -1), extreme(known, 1)]
  const [first, last] = [known[0] ?? low, known.at(-1) ?? high]
  const name = `${shortenedMiddle(oneLine(worst.name), 60)}: `
  const stopped = worst.points.at(-1)?.[0] !== last[0] ? ` (no data since ${time(last[0])})` : ''
  if (low[1] === high[1]) return `${name}${say(low[1])} all the time${stopped}.`
  const range = `min ${say(low[1])} at ${time(low[0])}, max ${say(high[1])} at ${time(high[0])}`
  return `${name}first ${say(first[1])}, last ${say(last[1])}${stopped}, ${range}; ${trends[trendOf(known.map(([, value]) => value))]}.`
}

function extreme(known: Known[], sign: 1 | -1): Known {
  return known.reduce((best, one) => (one[1] * sign > best[1] * sign ? one : best))
}

function thresholdLine(chart: Chart, worst: Series): string {
  if (chart.threshold === null) return ''
  const limit = `the threshold ${formatValue(chart.threshold.value, chart.unit)}`
  const beyond = crossingsOf(worst.points, chart.threshold)
  // `up == 0` is never below 0.
  const crossings = beyond.length > 0 ? beyond : crossingsOf(worst.points, chart.threshold, true)
  const newest = crossings.at(-1)
  if (newest === undefined) return `Never reached ${limit}.`
  const side = beyond.length === 0 ? 'At' : chart.threshold.bad === 'above' ? 'Above' : 'Below'
  const times = crossings.length > 1 ? `; ${crossings.length} times in all` : ''
  return `${side} ${limit} ${spanOf(newest, timeOf(chart))}${times}.`
}

/** The difference crosses zero where the line crosses its limit. */
function limitLine(chart: Chart, worst: Series): string {
  if (!chart.limit) return ''
  const { series, bad } = chart.limit
  const held = new Map(series.points)
  const difference = worst.points.map(([at, value]): Point => {
    const limit = held.get(at) ?? null
    return [at, value === null || limit === null ? null : value - limit]
  })
  const newest = valuesOf(series).at(-1)
  const limit = `its limit${newest ? ` (now ${formatValue(newest[1], chart.unit)})` : ''}`
  const crossings = crossingsOf(difference, { value: 0, bad })
  const last = crossings.at(-1)
  if (last === undefined) return newest ? `Never ${bad} ${limit}.` : ''
  const times = crossings.length > 1 ? `; ${crossings.length} times in all` : ''
  return `${bad === 'above' ? 'Above' : 'Below'} ${limit} ${spanOf(last, timeOf(chart))}${times}.`
}

const inBand: Record<BandName, string> = {
  target: 'In the target band',
  acceptable: 'In the acceptable band',
  poor: 'Worse than acceptable',
  critical: 'In the critical band',
}

/** `In the critical band since 03:12 (target ≤ 100 ms, acceptable ≤ 500 ms, critical > 1 s).` */
function bandLine(chart: Chart, worst: Series): string {
  const { bands } = chart
  const known = valuesOf(worst)
  const newest = known.at(-1)
  if (!bands || newest === undefined) return ''
  const zone = zoneAt(bands, newest[1])
  const before = known.findLastIndex(([, value]) => zoneAt(bands, value) !== zone)
  const since = before === -1 ? 'all the time' : `since ${timeOf(chart)(known[before + 1]?.[0] ?? newest[0])}`
  return `${inBand[zone]} ${since} (${boundsIn(bands, chart.unit)}).`
}

function boundsIn({ bad, target, acceptable, critical }: Bands, unit: string | null): string {
  const [better, worse] = bad === 'above' ? ['≤', '>'] : ['≥', '<']
  const say = (name: string, sign: string, bound: number | null) =>
    bound === null ? [] : [`${name} ${sign} ${formatValue(bound, unit)}`]
  return [
    ...say('target', better, target),
    ...say('acceptable', better, acceptable),
    ...say('critical', worse, critical),
  ].join(', ')
}

function spanOf({ from, until, before }: Crossing, time: (at: number) => string): string {
  if (until === null) return before ? 'all the time' : `since ${time(from)}`
  return `${before ? '' : `from ${time(from)} `}until ${time(until)} (${formatSpan(until - from)})`
}

/** What it was a week ago where the line ends now. */
function baselineLine({ baseline, unit }: Chart): string {
  const newest = baseline ? valuesOf(baseline).at(-1) : undefined
  if (!baseline || newest === undefined) return ''
  const name = oneLine(baseline.name)
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${formatValue(newest[1], unit)} at the end.`
}

function momentsLine(chart: Chart): string {
  const marks = chart.marks
    .filter(({ at }) => at >= chart.from && at <= chart.until)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
  if (marks.length === 0) return ''
  const time = timeOf(chart)
  const said = marks
    .slice(0, shownMarks)
    .map(({ at, label }) => `${shortened(oneLine(label), 50)} ${time(at.getTime())}`)
  const more = marks.length - said.length
  return `Marks: ${said.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

function othersLine({ series, unit }: Chart): string {
  const others = series.slice(1)
  if (others.length === 0) return ''
  const newest = (points: Point[]) => {
    const value = points.at(-1)?.[1] ?? null
    return value === null ? 'no data now' : formatValue(value, unit)
  }
  const said = others
    .slice(0, shownOthers)
    .map(({ name, points }) => `${shortenedMiddle(oneLine(name), 40)} ${newest(points)}`)
  const more = others.length - said.length
  return `Others: ${said.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}
