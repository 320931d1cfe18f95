// What one picture holds at the most. What is more is cut here, before it reaches the drawing thread: a chart may be as
// large as somebody's mistake.
import { type Bands, bandsOf } from '../core/bands.ts'
import type { Chart, Point, Series, Stretch } from './chart.ts'
import { withGaps } from './gaps.ts'
import { merged } from './periods.ts'

const most = {
  /** Lines of one picture. */
  series: 60,
  /** Points of one line: more than a picture has columns. */
  points: 1500,
  marks: 40,
  stretches: 60,
  /** Characters of any text. */
  text: 2000,
}

/** The same chart within the limits, its gaps found: of too many series the first, of too many points the extremes. */
export function limited(chart: Chart): Chart {
  const { threshold } = chart
  return {
    ...chart,
    threshold: threshold !== null && Number.isFinite(threshold.value) ? threshold : null,
    title: cut(chart.title),
    subtitle: cut(chart.subtitle),
    ...(chart.source !== undefined && { source: cut(chart.source) }),
    series: chart.series.slice(0, most.series).map(thinned),
    ...(chart.limit && { limit: { ...chart.limit, series: thinned(chart.limit.series) } }),
    ...(chart.bands && { bands: finite(chart.bands) }),
    ...(chart.baseline && { baseline: thinned(chart.baseline) }),
    marks: chart.marks.slice(0, most.marks).map((mark) => ({ ...mark, label: cut(mark.label) })),
    ...(chart.firing && { firing: fired(chart) }),
  }
}

/** Null when what is left of them says nothing. */
function finite({ target, acceptable, critical }: Bands): Bands | null {
  const known = (bound: number | null) => (bound !== null && Number.isFinite(bound) ? bound : null)
  return bandsOf({ target: known(target), acceptable: known(acceptable), critical: known(critical) })
}

function fired({ firing = [], from, until }: Chart): Stretch[] {
  return merged(firing, from, until)
    .slice(-most.stretches)
    .map(([start, end]) => ({ from: new Date(start), until: new Date(end) }))
}

function cut(text: string): string {
  return text.length > most.text ? text.slice(0, most.text) : text
}

/** Of each few points the first, the lowest, the highest and the gap, in their order: a peak of one point stays a peak. */
function thinned({ name, points: all }: Series): Series {
  const points = withGaps(all)
  if (points.length <= most.points) return { name: cut(name), points }
  const size = Math.ceil(points.length / (most.points / 4))
  const kept: Point[] = []
  for (let from = 0; from < points.length; from += size) kept.push(...telling(points.slice(from, from + size)))
  return { name: cut(name), points: kept }
}

function telling(part: Point[]): Point[] {
  let [low, high] = [0, 0]
  for (const [index, [, value]] of part.entries()) {
    if (value === null) continue
    const [lowest, highest] = [part[low]?.[1] ?? null, part[high]?.[1] ?? null]
    if (lowest === null || value < lowest) low = index
    if (highest === null || value > highest) high = index
  }
  const gap = part.findIndex(([, value]) => value === null)
  const kept = new Set([0, low, high, ...(gap === -1 ? [] : [gap])])
  return [...kept].sort((a, b) => a - b).map((index): Point => part[index] ?? [0, null])
}
