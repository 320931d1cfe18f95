// Service level objectives and their error budgets.
import { type BudgetPoint, budgetHistory, type Stretch } from './budget-history.ts'
import { type BurnNow, type BurnPair, type BurnRates, type BurnSeverities, budgetShare, burnNow } from './burn.ts'
import { type Forecast, forecast } from './forecast.ts'
import type { Indicator } from './indicator.ts'
import { minute, type SloWindow, type WindowNow, windowAt } from './slo-window.ts'

/** One objective over a window. */
export type Slo = {
  name: string
  service: string
  /** Percent, e.g. 99.9. */
  objective: number
  window: SloWindow
  indicator: Indicator
  /** What its burn alerts become. */
  alerts: BurnSeverities
  /** Goes with its alerts. */
  runbookUrl: string | null
}

/**
 * What is left of an error budget. `share` is 1 when nothing is spent, 0 when all of it is, and negative when more was
 * spent than there was; `minutes` is the same in minutes of total failure.
 */
export type BudgetLeft = { share: number; minutes: number }

/** What Prometheus said about one objective. */
export type Measured = {
  /** Share of bad ones over the window so far, 0 to 1. */
  bad: number
  /** How many events there were in it; null: time is counted, or nobody knows. */
  events: number | null
  rates: BurnRates
  /** The window piece by piece; empty when that is not known. */
  stretches: Stretch[]
  /** When the first of it was measured; null: from its beginning on, or nobody knows. */
  since: Date | null
}

/**
 * - `kept`: enough of the budget is left.
 * - `at risk`: less than a quarter of it is left.
 * - `missed`: more was spent than there was.
 * - `unknown`: nobody knows, and `reason` says why.
 */
export type SloStanding = { slo: Slo; window: WindowNow; budgetMinutes: number } & (
  | {
      status: 'kept' | 'at risk' | 'missed'
      /** Share of good ones, 0 to 1, of the window as far as it is over. */
      attained: number
      /** When it was first measured, where that is well after the window began: the rest is not known. Else null. */
      since: Date | null
      left: BudgetLeft
      /** How it came to that; empty when nobody knows. */
      history: BudgetPoint[]
      burn: BurnNow | null
      forecast: Forecast | null
      /** The whole budget in events, where it is so few that one bad one tells: 4.2 requests. Else null. */
      fewEvents: number | null
    }
  | { status: 'unknown'; reason: string }
)

export type SloStatus = SloStanding['status']
export type KnownStanding = Exclude<SloStanding, { status: 'unknown' }>

/** Below this share of the budget a team should slow down: the usual line between releasing and repairing. */
const riskyShare = 0.25

/** A budget of fewer events than these moves by whole steps: a rate of it says little. */
const few = 10

/** Where less than this share of the window was measured, that is said. */
const wellMeasured = 0.9

/** What a quotient of two rates may be beyond 0 and 1: Prometheus extrapolates both, and not always alike. */
const tolerance = 0.01

/** Shares are counted in billionths, whole ones: 99.9 % of 30 days is 43.2 minutes and not 43.199999999. */
const whole = 1e9
const billionths = (share: number) => Math.round(share * whole)

/** Minutes of total failure the objective allows in a window of `length` milliseconds: 99.9 % of 30 days allow 43.2. */
export function errorBudget(objective: number, length: number): number {
  return (billionths(budgetShare(objective)) * (length / minute)) / whole
}

/**
 * What is left when the share `bad` of all was bad in the window so far. Of a window that goes on, what is to come is taken
 * to be as much a day as there was, and its budget is there from the first day on.
 */
export function budgetLeft(objective: number, window: Pick<WindowNow, 'length' | 'passed'>, bad: number): BudgetLeft {
  const allowed = billionths(budgetShare(objective))
  const spent = (billionths(bad) * window.passed) / window.length
  return { share: (allowed - spent) / allowed, minutes: ((allowed - spent) * (window.length / minute)) / whole }
}

/** Judges what was measured. An answer that is no share is a reason, never a number. */
export function judge(slo: Slo, measured: Measured, pairs: BurnPair[], now: Date): SloStanding {
  const { bad: answer, events, rates } = measured
  if (answer < -tolerance || answer > 1 + tolerance) return unknownStanding(slo, noShare(slo, answer), now)
  const bad = Math.min(whole, Math.max(0, billionths(answer))) / whole
  const window = windowAt(slo.window, now)
  const left = budgetLeft(slo.objective, window, bad)
  const course = budgetHistory(measured.stretches, slo.objective, window)
  // What was measured in one piece is more exact than the sum of many.
  const history: BudgetPoint[] =
    course.length === 0 ? [] : [...course.filter(([at]) => at < now.getTime()), [now.getTime(), left.share]]
  const status = left.share < 0 ? 'missed' : left.share < riskyShare ? 'at risk' : 'kept'
  const budget = events === null ? null : (events * budgetShare(slo.objective) * window.length) / window.passed
  return {
    ...{ slo, window, budgetMinutes: errorBudget(slo.objective, window.length), status },
    ...{ attained: (whole - billionths(bad)) / whole, since: shortSince(measured, window), left, history },
    burn: burnNow(pairs, rates),
    forecast: forecast({ left: left.share, window, history, rates }, now),
    fewEvents: budget !== null && budget < few ? budget : null,
  }
}

function shortSince({ since }: Measured, { from, passed }: WindowNow): Date | null {
  const missed = since === null ? 0 : since.getTime() - from.getTime()
  return missed > (1 - wellMeasured) * passed ? since : null
}

function noShare({ indicator }: Slo, bad: number): string {
  switch (indicator.kind) {
    case 'share': {
      const good = Number((1 - bad).toPrecision(10))
      const hint = good > 1 && good <= 100 ? '; if that is a percentage, divide it by 100' : ''
      return `the query answered ${good}, not a share from 0 to 1${hint}`
    }
    case 'ratio': {
      const { part } = indicator
      return `${percentText(part === 'bad' ? bad : 1 - bad)} of “total” would be ${part}: “${part}” counts what “total” does not`
    }
    case 'availability':
      return `its mean is ${Number((1 - bad).toPrecision(4))}: an availability is 1 while up and 0 while down`
    case 'latency':
    case 'value':
      return `${percentText(1 - bad)} would be good: ${indicator.kind === 'latency' ? 'this is no histogram' : 'the value cannot be counted'}`
    default:
      return indicator satisfies never
  }
}

function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}

export function unknownStanding(slo: Slo, reason: string, now: Date): SloStanding {
  const window = windowAt(slo.window, now)
  return { slo, window, budgetMinutes: errorBudget(slo.objective, window.length), status: 'unknown', reason }
}

/**
 * The attained share as a percentage with two digits more than its objective, cut and never rounded up: what fell short
 * of 99.9 % must not read 99.900 %.
 */
export function attainedText(slo: Pick<Slo, 'objective'>, attained: number): string {
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
