// Where a line breaks: where nothing was measured, and not where it was measured less often than it was asked for.
import type { Point } from './chart.ts'

/** Intervals a sample may be late before its absence is a gap. */
const patience = 1.75

/**
 * The points that are known, with one null where a gap is, and one at the end of a line that ended before. A series that has a value at every fourth instant of its grid
 * has no gaps: it is measured so often. What is no number (NaN, Inf) is not known.
 */
export function withGaps(points: Point[]): Point[] {
  const known = points.filter(([, value]) => value !== null && Number.isFinite(value))
  const last = known.at(-1)
  const end = points.at(-1)
  if (last === undefined || end === undefined) return known
  if (known.length === 1) return end[0] > last[0] ? [last, [end[0], null]] : known
  const longest = usual(known) * patience
  const out: Point[] = []
  for (const [index, point] of known.entries()) {
    const before = known[index - 1]
    if (before !== undefined && point[0] - before[0] > longest) out.push([(before[0] + point[0]) / 2, null])
    out.push(point)
  }
  // It has ended, when it is asked about a while later already.
  if (end[0] - last[0] > longest) out.push([end[0], null])
  return out
}

const looks = 1000

/** Milliseconds between two points as it is between most: the median, so that neither bursts nor outages decide. */
function usual(known: Point[]): number {
  const apart: number[] = []
  const stride = Math.max(1, Math.floor(known.length / looks))
  for (let index = 1; index < known.length; index += stride)
    apart.push((known[index]?.[0] ?? 0) - (known[index - 1]?.[0] ?? 0))
  apart.sort((a, b) => a - b)
  return apart[Math.floor((apart.length - 1) / 2)] ?? 0
}
