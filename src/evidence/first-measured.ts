// Since when an objective is measured at all: a budget of 30 days says little on its first evening.
import type { Stretch } from '../core/budget-history.ts'
import { amountsOf, badShare, over } from '../core/indicator.ts'
import type { Slo } from '../core/slo.ts'
import { minute } from '../core/slo-window.ts'
import type { Asked } from './objectives.ts'

/** Milliseconds that are looked at together. */
const range = 5 * minute

/**
 * When the objective was first measured within its window; null: from the beginning on, as far as the stretches can tell. They
 * are hours long: where the first of them are empty, the first that is not is looked at closely.
 */
export async function firstMeasured(
  slo: Slo,
  stretches: Stretch[],
  { gauge }: Pick<Asked, 'gauge'>,
): Promise<Date | null> {
  const first = stretches.findIndex(([, bad]) => bad !== null)
  const [known, before] = [stretches[first]?.[0], stretches[first - 1]?.[0]]
  if (known === undefined || before === undefined) return null
  const total = amountsOf(slo.indicator)?.total
  const expr = total === undefined ? badShare(slo.indicator, range) : over(total, range)
  const points = await gauge.history(expr, { from: new Date(before), until: new Date(known) })
  const found = points.find(([at, value]) => value !== null && at > before && at <= known)
  return new Date(found?.[0] ?? before)
}
