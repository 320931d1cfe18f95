// When a line was on the bad side of its threshold.
import type { Chart, Point } from './chart.ts'

export type Crossing = {
  /** Epoch milliseconds of the first bad point. */
  from: number
  /** Of the first good one after it; null: bad to the end. */
  until: number | null
  /** It was bad at the first point already. */
  before: boolean
}

/** In order of time; a gap neither begins nor ends anything. `reached`: at the threshold is bad already. */
export function crossingsOf(
  points: Point[],
  { value: limit, bad: side }: NonNullable<Chart['threshold']>,
  reached = false,
): Crossing[] {
  const isBad = (value: number) => (reached && value === limit) || (side === 'above' ? value > limit : value < limit)
  const out: Crossing[] = []
  let open: Crossing | null = null
  let first = true
  for (const [at, value] of points) {
    if (value === null || !Number.isFinite(value)) continue
    const bad = isBad(value)
    if (bad && open === null) {
      open = { from: at, until: null, before: first }
      out.push(open)
    } else if (!bad && open !== null) {
      open.until = at
      open = null
    }
    first = false
  }
  return out
}
