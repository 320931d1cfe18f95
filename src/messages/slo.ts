// Where the objectives stand, as a message: the answer to /slo and the first part of the weekly digest.
import type { BudgetChart } from '../charts/chart.ts'
import { localTime } from '../core/local-time.ts'
import type { Message, Picture, Tone } from '../core/message.ts'
import { attainedText, budgetText, type SloStanding, type SloStatus, shareText } from '../core/slo.ts'
import { setting, type Words } from './words.ts'

/** Worst first: who has half a minute reads the top. Unknown comes before kept, because it may hide a missed one. */
const order: SloStatus[] = ['missed', 'at risk', 'unknown', 'kept']

export function sloMessage(words: Words, slos: SloStanding[], now: Date, picture: Picture | null): Message {
  const { zone } = words.config.digest
  const facts = { ...setting(words, zone, now), slo: sloFacts(slos) }
  const { title, text, fields } = words.templates.message('digest/slo', facts)
  return { title, text, fields, tone: sloTone(slos), ...(picture === null ? {} : { picture }) }
}

/** Bars of what is left of each budget. Null when none is known: a picture of nothing says nothing. */
export function budgetChart(slos: SloStanding[], now: Date, zone: string): BudgetChart | null {
  if (slos.every((standing) => standing.status === 'unknown')) return null
  const { day, minute } = localTime(now, zone)
  return {
    title: 'Error budget left',
    subtitle: `${day} ${minute}, ${zone}`,
    rows: inOrder(slos).map((standing) => {
      const label = standing.slo.name
      if (standing.status === 'unknown') return { label, left: null, text: 'not known' }
      const { left, budgetMinutes } = standing
      const minutes = budgetText(left.minutes)
      if (left.minutes < 0) return { label, left: left.share, text: `${minutes} over` }
      return { label, left: left.share, text: `${minutes} of ${budgetText(budgetMinutes)} left` }
    }),
  }
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
    objectives: inOrder(slos).map(objectiveFacts),
  }
}

export function sloTone(slos: SloStanding[]): Tone {
  const worst = order.find((status) => slos.some((slo) => slo.status === status))
  return worst === 'missed' ? 'critical' : worst === 'at risk' ? 'warning' : worst === 'kept' ? 'good' : 'neutral'
}

function inOrder(slos: SloStanding[]): SloStanding[] {
  return slos.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
}

function objectiveFacts(standing: SloStanding) {
  const { slo, status, budgetMinutes } = standing
  const known = standing.status === 'unknown' ? null : standing
  return {
    name: slo.name,
    service: slo.service,
    status,
    objective: `${slo.objective} %`,
    window: slo.window,
    /** Null for an objective of 100 %: nothing can be left of it. */
    budget: budgetMinutes > 0 ? budgetText(budgetMinutes) : null,
    attained: known && attainedText(slo, known.attained),
    left: known && shareText(known.left.share),
    /** Minutes left, or minutes too many when the objective was missed. */
    minutes: known && budgetText(known.left.minutes),
    reason: standing.status === 'unknown' ? standing.reason : null,
  }
}
