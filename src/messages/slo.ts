// Where the objectives stand, as a message: the answer to /slo and the first part of the weekly digest.
import type { BudgetChart } from '../charts/chart.ts'
import { type BurnNow, rangeWords, rateText } from '../core/burn.ts'
import type { Forecast } from '../core/forecast.ts'
import { localTime } from '../core/local-time.ts'
import type { Message, Picture, Tone } from '../core/message.ts'
import {
  attainedText,
  budgetText,
  type KnownStanding,
  type SloStanding,
  type SloStatus,
  shareText,
} from '../core/slo.ts'
import { windowText } from '../core/slo-window.ts'
import { setting, type Words } from './words.ts'

/** Worst first: who has half a minute reads the top. Unknown comes before kept, because it may hide a missed one. */
const order: SloStatus[] = ['missed', 'at risk', 'unknown', 'kept']

export function sloMessage(words: Words, slos: SloStanding[], now: Date, picture: Picture | null): Message {
  const { zone } = words.config.digest
  const facts = { ...setting(words, zone, now), slo: sloFacts(slos) }
  const { title, text, fields } = words.templates.message('digest/slo', facts)
  return { title, text, fields, tone: sloTone(slos), ...(picture === null ? {} : { picture }) }
}

/** The budgets over the time of their windows. `more`: how many are not drawn. */
export function budgetChart(
  drawn: SloStanding[],
  { more, now, zone }: { more: number; now: Date; zone: string },
): BudgetChart {
  const { day, minute } = localTime(now, zone)
  const only = drawn.length === 1 ? drawn[0]?.slo.name : undefined
  return {
    title: only ?? 'Error budgets',
    subtitle: `${day} ${minute}`,
    ...{ now, zone, more },
    rows: drawn.map((standing) => ({
      label: only === undefined ? standing.slo.name : 'Error budget',
      detail: `${standing.slo.objective} % over ${windowText(standing.slo.window)}`,
      left: standing.status === 'unknown' ? null : standing.left.share,
      text: budgetWords(standing),
      from: standing.window.from,
      until: standing.window.until,
      points: standing.status === 'unknown' ? [] : standing.history,
      end: standing.status !== 'unknown' && standing.forecast?.kind === 'runs out' ? standing.forecast.at : null,
    })),
  }
}

function budgetWords(standing: SloStanding): string {
  if (standing.status === 'unknown') return standing.reason === 'no traffic' ? 'no traffic' : 'not known'
  const { left, budgetMinutes } = standing
  if (left.share < 0) return `${budgetText(left.minutes)} over`
  return `${shareText(left.share)} left, ${budgetText(left.minutes)} of ${budgetText(budgetMinutes)}`
}

/** What templates are given about objectives: texts, and counts to choose words by. */
export function sloFacts(slos: SloStanding[]) {
  const reasons = new Set(slos.map((one) => (one.status === 'unknown' ? one.reason : null)))
  const [reason = null] = reasons
  const count = (status: SloStatus) => slos.filter((slo) => slo.status === status).length
  return {
    total: slos.length,
    missed: count('missed'),
    atRisk: count('at risk'),
    unknown: count('unknown'),
    kept: count('kept'),
    /** Why nothing at all is known, when it is one and the same reason: told once, not once an objective. */
    commonReason: slos.length > 1 && reasons.size === 1 ? reason : null,
    objectives: worstStandings(slos).map(objectiveFacts),
  }
}

export function sloTone(slos: SloStanding[]): Tone {
  const worst = order.find((status) => slos.some((slo) => slo.status === status))
  return worst === 'missed' ? 'critical' : worst === 'at risk' ? 'warning' : worst === 'kept' ? 'good' : 'neutral'
}

/** Worst first; among those of one status, who has less of its budget left. */
export function worstStandings(slos: SloStanding[]): SloStanding[] {
  const left = (one: SloStanding) => (one.status === 'unknown' ? 0 : one.left.share)
  return slos.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status) || left(a) - left(b))
}

function objectiveFacts(standing: SloStanding) {
  const { slo, status, budgetMinutes } = standing
  const known = standing.status === 'unknown' ? null : standing
  return {
    name: slo.name,
    service: slo.service,
    status,
    objective: `${slo.objective} %`,
    /** `30 days`, `this month`. */
    window: windowText(slo.window),
    /** What a rolling window is called when it goes on: `window`, else `week`, `month`, `quarter`. */
    period: 'period' in slo.window ? slo.window.period : 'window',
    budget: budgetText(budgetMinutes),
    attained: known && attainedText(slo, known.attained),
    /** Milliseconds since it was first measured, where that is not all of the window. */
    measured: known?.since ? Math.max(0, asOf(known.window).getTime() - known.since.getTime()) : null,
    left: known && shareText(known.left.share),
    bar: known && bar(known.left.share),
    /** Minutes left, or minutes too many when the objective was missed. */
    minutes: known && budgetText(known.left.minutes),
    burn: known?.burn ? burnFacts(known.burn) : null,
    forecast: known?.forecast ? forecastFacts(known.forecast) : null,
    fewEvents: known && fewText(known),
    reason: standing.status === 'unknown' ? standing.reason : null,
  }
}

function asOf({ from, passed }: SloStanding['window']): Date {
  return new Date(from.getTime() + passed)
}

/** `level`: `none`, `slower` or `faster` than the budget lasts, or `alert` when it is reason to get up. */
function burnFacts({ rate, range, kind }: BurnNow) {
  const level = kind === 'fast' || kind === 'slow' ? 'alert' : rate < 0.01 ? 'none' : rate <= 1 ? 'slower' : 'faster'
  return { rate: rateText(rate), range: rangeWords(range), level }
}

/** Null when it is spent: that is said already. */
function forecastFacts(forecast: Forecast) {
  if (forecast.kind === 'spent') return null
  const over = rangeWords(forecast.over)
  return { lasts: forecast.kind === 'lasts', at: forecast.kind === 'lasts' ? null : forecast.at, over }
}

function fewText({ fewEvents }: KnownStanding): string | null {
  return fewEvents === null ? null : String(Math.floor(fewEvents * 10) / 10)
}

const cells = 10

/** Full cells for what is left; one of them as long as anything is. */
function bar(left: number): string {
  const full = left <= 0 ? 0 : Math.max(1, Math.min(cells, Math.round(left * cells)))
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`
}
