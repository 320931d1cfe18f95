// Service level objectives and their error budgets.

/** One objective over a rolling window. */
export type Slo = {
  name: string
  service: string
  /** Percent, e.g. 99.9. */
  objective: number
  /** Days. */
  window: number
  /**
   * PromQL of the share of good events, 0 to 1, with `$window` for the range, e.g.
   * `sum(rate(good[$window])) / sum(rate(all[$window]))` or `avg_over_time(up{job="x"}[$window])`.
   */
  expr: string
}

/**
 * What is left of an error budget. `share` is 1 when nothing is spent, 0 when all of it is, and negative when more was
 * spent than there was; `minutes` is the same in minutes of total failure.
 */
export type BudgetLeft = { share: number; minutes: number }

/**
 * - `kept`: the objective is attained and enough budget is left.
 * - `at risk`: attained, with less than a quarter of the budget left.
 * - `missed`: not attained.
 * - `unknown`: nobody knows, and `reason` says why.
 */
export type SloStanding = { slo: Slo; budgetMinutes: number } & (
  | { status: 'kept' | 'at risk' | 'missed'; attained: number; left: BudgetLeft }
  | { status: 'unknown'; reason: string }
)

export type SloStatus = SloStanding['status']

/** Below this share of the budget a team should slow down: the usual line between releasing and repairing. */
const riskyShare = 0.25

/** Shares are counted in billionths, whole ones: 99.9 % of 30 days is 43.2 minutes and not 43.199999999. */
const whole = 1e9
const billionths = (share: number) => Math.round(share * whole)
const objectiveOf = (slo: Slo) => billionths(slo.objective / 100)

/** The expression to ask for one SLO: `$window` becomes a PromQL range such as `30d`. */
export function sloQuery(slo: Slo): string {
  // A function, because `$` has a meaning of its own in a replacement; PromQL knows no half days.
  return slo.expr.replaceAll('$window', () =>
    Number.isInteger(slo.window) ? `${slo.window}d` : `${Math.round(slo.window * 24)}h`,
  )
}

/** Minutes of total failure the objective allows in its window: 99.9 % over 30 days allow 43.2. */
export function errorBudget(slo: Pick<Slo, 'objective' | 'window'>): number {
  return ((whole - billionths(slo.objective / 100)) * slo.window * 24 * 60) / whole
}

/** What is left when `attained` (0 to 1) of all was good. An objective of 100 % has no budget, so none is ever left. */
export function budgetLeft(slo: Slo, attained: number): BudgetLeft {
  const allowed = whole - objectiveOf(slo)
  const spent = whole - billionths(attained)
  const minutes = ((allowed - spent) * slo.window * 24 * 60) / whole
  return { share: allowed === 0 ? 0 : (allowed - spent) / allowed, minutes }
}

/** Judges the answer Prometheus gave (null: no data). An answer that is no share is a reason, never a number. */
export function judge(slo: Slo, answer: number | null): SloStanding {
  if (answer === null || Number.isNaN(answer)) return unknownStanding(slo, 'no data')
  const share = billionths(answer)
  if (share < 0 || share > whole) {
    const hint = answer > 1 && answer <= 100 ? '; if that is a percentage, divide it by 100' : ''
    return unknownStanding(slo, `the query answered ${answer}, not a share from 0 to 1${hint}`)
  }
  const attained = share / whole
  const left = budgetLeft(slo, attained)
  const objective = objectiveOf(slo)
  // With nothing to spend there is no risk to speak of: an objective of 100 % is kept or it is not.
  const risky = objective < whole && left.share < riskyShare
  const status = share < objective ? 'missed' : risky ? 'at risk' : 'kept'
  return { slo, budgetMinutes: errorBudget(slo), status, attained, left }
}

export function unknownStanding(slo: Slo, reason: string): SloStanding {
  return { slo, budgetMinutes: errorBudget(slo), status: 'unknown', reason }
}

/**
 * The attained share as a percentage with two digits more than its objective, cut and never rounded up: what fell short
 * of 99.9 % must not read 99.900 %.
 */
export function attainedText(slo: Slo, attained: number): string {
  const digits = Math.min(7, decimals(slo.objective) + 2)
  const cut = Math.floor(billionths(attained) / 10 ** (7 - digits)) / 10 ** digits
  return cut === 100 ? '100 %' : `${cut.toFixed(digits)} %`
}

/** A share of the budget in whole per cent, cut: the last half per cent is not a whole one. The sign is dropped. */
export function shareText(share: number): string {
  return `${Math.floor(Math.abs(share) * 100 + 1e-7)} %`
}

/** Minutes of budget in the unit that reads best: `26 s`, `43.2 min`, `36 h`, `9.1 d`. The sign is dropped. */
export function budgetText(minutes: number): string {
  const size = Math.abs(minutes)
  if (size > 0 && size < 1) return `${tenths(size * 60)} s`
  if (size < 120) return `${tenths(size)} min`
  if (size < 72 * 60) return `${tenths(size / 60)} h`
  return `${tenths(size / 1440)} d`
}

function tenths(value: number): string {
  return String(Math.floor(value * 10 + 1e-6) / 10)
}

function decimals(value: number): number {
  return String(value).split('.')[1]?.length ?? 0
}
