// When an error budget will be spent if it goes on as it did lately: a statement about a rate, not about the future.
import type { BudgetPoint } from './budget-history.ts'
import { type BurnRates, forecastRanges } from './burn.ts'
import { day, type WindowNow } from './slo-window.ts'

/** `over`: milliseconds of the past whose rate it goes by. */
export type Forecast =
  /** Nothing is left, whatever happens. */
  | { kind: 'spent' }
  /** Until the end of the period; of a rolling window, for as long as the window is. */
  | { kind: 'lasts'; over: number }
  | { kind: 'runs out'; at: Date; over: number }

/** What a forecast goes by: the share of the budget that is left, how it came to that, how fast it burns. */
export type Course = { left: number; window: WindowNow; history: BudgetPoint[]; rates: BurnRates }

/**
 * A burn of 1 spends all of a budget in the length of its window. Meanwhile what was spent first leaves a window that
 * rolls: by its history where that is known. Null: no rate is known.
 */
export function forecast(course: Course, now: Date): Forecast | null {
  const { left, window, rates } = course
  if (left <= 0) return { kind: 'spent' }
  const lately = rateLately(rates)
  if (lately === null) return null
  const { rate, over } = lately
  const time = window.until > now ? untilSpent(left, window, rate, now) : untilSpentRolling(course, rate)
  return time === null ? { kind: 'lasts', over } : { kind: 'runs out', at: new Date(now.getTime() + time), over }
}

/** Milliseconds until all is spent of a period that goes on; null: it ends before. */
function untilSpent(left: number, { length, until }: WindowNow, rate: number, now: Date): number | null {
  const time = rate === 0 ? Number.POSITIVE_INFINITY : (left * length) / rate
  return time < until.getTime() - now.getTime() ? time : null
}

/** The same of a window that rolls: what is spent goes up by the rate, and down by what leaves. */
function untilSpentRolling(course: Course, rate: number): number | null {
  const { left, window } = course
  let before = { time: 0, spent: 1 - left }
  for (const [at, share] of spendingOf(course)) {
    const time = at - window.from.getTime()
    if (share === null || time <= 0) continue
    const spent = (rate * time) / window.length + share - left
    if (spent >= 1) return before.time + ((time - before.time) * (1 - before.spent)) / (spent - before.spent)
    before = { time, spent }
  }
  return null
}

/** The course of what is left, ending now. Without a history: what the last three days burned, and the rest evenly before. */
function spendingOf({ left, window, history, rates }: Course): BudgetPoint[] {
  const now = window.until.getTime()
  if (history.length > 0) return [...history.filter(([at]) => at < now), [now, left]]
  const recent = Math.min(3 * day, window.length)
  const burned = Math.max(0, Math.min(1 - left, ((rates.get(3 * day) ?? 0) * recent) / window.length))
  return [
    [now - recent, left + burned],
    [now, left],
  ]
}

/**
 * The last six hours when they burn faster than a budget lasts. Else the calmer of the last day and the last three: what is
 * over does not go on, and what comes back every night is in both.
 */
function rateLately(rates: BurnRates): { rate: number; over: number } | null {
  const known = forecastRanges.flatMap((over) => {
    const rate = rates.get(over)
    return rate === null || rate === undefined ? [] : [{ rate, over }]
  })
  const [first, ...rest] = known
  if (first === undefined) return null
  if (first.rate > 1 && first.over === forecastRanges[0]) return first
  const longer = first.over === forecastRanges[0] ? rest : known
  return longer.length === 0 ? first : longer.reduce((calm, one) => (one.rate <= calm.rate ? one : calm))
}
