// Asks for the window of an objective piece by piece: how much was bad in each stretch of it, and how much there was.
import type { Stretch } from '../core/budget-history.ts'
import { amountsOf, badAmount, badShare, over, stepFor } from '../core/indicator.ts'
import { amountRange, badAmountSeries, ratioSeries, recordedLabels, totalAmountSeries } from '../core/recorded.ts'
import type { Slo } from '../core/slo.ts'
import { rangeText, windowAt } from '../core/slo-window.ts'
import type { Asked } from './objectives.ts'
import { stepOf } from './prometheus.ts'

/** Throws like the gauge. */
export async function stretchesOf(slo: Slo, { gauge, isRecorded, now }: Asked): Promise<Stretch[]> {
  const { from, passed } = windowAt(slo.window, now)
  const asked = { from, until: now }
  const step = stepOf(asked) * 1000
  // In less than five minutes there may be no two samples to tell a rate from.
  const every = Math.max(1, Math.ceil(amountRange / step))
  const { bad, total } = questions(slo, every * step, passed, isRecorded(slo, passed))
  const [bads, totals] = await Promise.all([
    gauge.history(bad, asked),
    total === null ? null : gauge.history(total, asked),
  ])
  const known = new Map(totals ?? bads.map(([at, value]) => [at, value === null ? null : 1]))
  const last = bads.length - 1
  return bads.flatMap(([at, value], index): Stretch[] =>
    (last - index) % every === 0 && at > from.getTime() ? [[at, value, known.get(at) ?? null]] : [],
  )
}

/** PromQL of what was bad in the `range` milliseconds before each point, and of all; null: each counts alike. */
function questions(slo: Slo, range: number, window: number, recorded: boolean): { bad: string; total: string | null } {
  const { indicator } = slo
  const amounts = amountsOf(indicator)
  const labels = recordedLabels(slo)
  if (recorded) {
    const sum = (series: string) => `sum_over_time(${series}${labels}[${rangeText(range)}])`
    if (amounts === null) {
      return { bad: `avg_over_time(${ratioSeries(amountRange)}${labels}[${rangeText(range)}])`, total: null }
    }
    return { bad: sum(badAmountSeries), total: sum(totalAmountSeries) }
  }
  // A subquery looks as often in all stretches together as over the whole window.
  const step = stepFor(window)
  const bad = badAmount(indicator, range, step)
  if (amounts === null || bad === null) return { bad: badShare(indicator, range), total: null }
  return { bad, total: over(amounts.total, range, step) }
}
