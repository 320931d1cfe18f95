// Short peaks on long charts: a rule that watches seconds is not seen by one look every quarter of a minute.
import { stepOf } from './prometheus.ts'
import { rangesOf } from './promql.ts'

const enough = { shortest: 15, longest: 60, looks: 5 }

export type Peaks = {
  /** The highest (lowest) value within each step, instead of the one at its end. */
  query: string
  /** Seconds between two points. */
  step: number
}

/**
 * Null when a look at each step misses nothing, or when more looks could cost much. Asked only for expressions that look
 * back for less time than a step is long: five looks of these read the raw samples a few times at the most, less than
 * one look of a `[5m]` does. Steps above a minute (windows above four hours) and subqueries are left alone.
 */
export function peaksOf(expr: string, window: { from: Date; until: Date }, bad: 'above' | 'below'): Peaks | null {
  const step = stepOf(window)
  if (step <= enough.shortest || step > enough.longest) return null
  const ranges = rangesOf(expr)
  if (ranges === null || ranges.length === 0 || ranges.some((seconds) => seconds >= step)) return null
  const over = bad === 'above' ? 'max_over_time' : 'min_over_time'
  const resolution = Math.max(1, Math.floor(step / enough.looks))
  // On lines of its own: the expression may end in a comment.
  return { query: `${over}((\n${expr}\n)[${step}s:${resolution}s])`, step }
}
