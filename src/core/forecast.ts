// When an error budget will be spent if it goes on as it did lately: a statement about a rate, not about the future.
import { type BurnRates, forecastRanges } from './burn.ts'
import type { WindowNow } from './slo-window.ts'

/** `over`: milliseconds of the past whose rate it goes by. */
export type Forecast =
  /** Nothing is left, whatever happens. */
  | { kind: 'spent' }
  /** Until the end of the period; of a rolling window, for as long as the window is. */
  | { kind: 'lasts'; over: number }
  | { kind: 'runs out'; at: Date; over: number }

/**
 * `left`: share of the budget. A burn of 1 spends all of a budget in the length of its window. What will leave a rolling
 * window meanwhile is not counted on. Null: no rate is known.
 */
export function forecast(left: number, window: WindowNow, rates: BurnRates, now: Date): Forecast | null {
  if (left <= 0) return { kind: 'spent' }
  const lately = rateLately(rates)
  if (lately === null) return null
  const { rate, over } = lately
  const time = rate === 0 ? Number.POSITIVE_INFINITY : (left * window.length) / rate
  const end = window.until > now ? window.until.getTime() - now.getTime() : window.length
  return time >= end ? { kind: 'lasts', over } : { kind: 'runs out', at: new Date(now.getTime() + time), over }
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
