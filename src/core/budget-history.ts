// A budget over the time of its window: how much was left at each moment.
import { budgetShare } from './burn.ts'
import type { WindowNow } from './slo-window.ts'

/** [epoch milliseconds at the end of a stretch, bad in it, all in it]; null: nobody knows. */
export type Stretch = [at: number, bad: number | null, total: number | null]

/** [epoch milliseconds, share of the budget left]; null: nobody knows. */
export type BudgetPoint = [at: number, left: number | null]

/**
 * From all of it at the beginning of the window down to what is left now. Each stretch counts for as much as happened in
 * it; one without any changes nothing.
 */
export function budgetHistory(stretches: Stretch[], objective: number, window: WindowNow): BudgetPoint[] {
  const all = stretches.reduce((sum, [, , total]) => sum + (total ?? 0), 0)
  if (all <= 0) return []
  const budget = (all * budgetShare(objective) * window.length) / window.passed
  const points: BudgetPoint[] = []
  let spent = 0
  for (const [at, bad, total] of stretches) {
    if (bad === null || total === null) {
      if (points.length > 0) points.push([at, null])
      continue
    }
    if (points.length === 0) points.push([Math.max(window.from.getTime(), at - spacingOf(stretches)), 1])
    spent += Math.max(0, bad)
    points.push([at, 1 - spent / budget])
  }
  return points
}

function spacingOf([first, second]: Stretch[]): number {
  return first && second ? second[0] - first[0] : 0
}
