// Where the objectives stand now: measured, put into words and drawn, for whoever asks.
import type { Bot } from '../bot.ts'
import type { BudgetChart } from '../charts/chart.ts'
import type { BudgetPoint } from '../core/budget-history.ts'
import type { Message, Picture } from '../core/message.ts'
import { type Slo, type SloStanding, unknownStanding } from '../core/slo.ts'
import { PermanentError, reasonOf, TransientError, UserError } from '../errors.ts'
import { historyOf } from '../evidence/budget-history.ts'
import { type Gauge, type Survey, surveyOf } from '../evidence/objectives.ts'
import { queryLabels, queryRange, querySingle } from '../evidence/prometheus.ts'
import { budgetChart, sloMessage, worstStandings } from '../messages/slo.ts'

/** Pictures in one picture: more are no longer readable on a telephone. */
export const drawnBudgets = 6

/** Null when no Prometheus is configured. */
export function gaugeOf({ config: { prometheus } }: Pick<Bot, 'config'>): Gauge | null {
  if (prometheus.url === null) return null
  return {
    value: (expr, at) => querySingle(prometheus, expr, at),
    labels: (expr, at) => queryLabels(prometheus, expr, at),
    history: async (expr, window) => (await queryRange(prometheus, expr, window)).series[0]?.points ?? [],
  }
}

/** A survey that nobody could make. */
const nobody: Pick<Survey, 'gauge' | 'isRecorded'> = {
  gauge: { value: async () => null, labels: async () => [], history: async () => [] },
  isRecorded: () => false,
}

/** Where `slos` stand at `now`, in their order, with what more can be asked about them. */
export async function sloSurvey(bot: Pick<Bot, 'clock'>, slos: Slo[], gauge: Gauge | null, now: Date): Promise<Survey> {
  if (slos.length === 0) return { ...nobody, standings: [] }
  if (gauge !== null) return surveyOf(slos, gauge, now, bot.clock)
  return { ...nobody, standings: slos.map((slo) => unknownStanding(slo, 'no Prometheus is configured', now)) }
}

/** Where every SLO stands at `now`, in the order of the configuration. What could not be asked is unknown, with why. */
export async function sloStanding(
  bot: Pick<Bot, 'config' | 'clock'>,
  gauge: Gauge | null,
  now: Date,
): Promise<SloStanding[]> {
  return (await sloSurvey(bot, bot.config.slos, gauge, now)).standings
}

/** The answer to /slo: all of them, or those that `name` means. Throws UserError when it means none. */
export async function sloReport(
  bot: Bot,
  name: string | null = null,
  gauge: Gauge | null = gaugeOf(bot),
): Promise<Message> {
  const now = bot.clock.now()
  const survey = await sloSurvey(bot, name === null ? bot.config.slos : slosNamed(bot, name), gauge, now)
  return sloMessage(bot, survey.standings, now, await budgetPicture(bot, survey, now))
}

/** By name or service, in any case and by any beginning; all of a service when it is one. */
function slosNamed({ config: { slos } }: Pick<Bot, 'config'>, name: string): Slo[] {
  const wanted = name.trim().toLowerCase()
  const ways: ((slo: Slo) => boolean)[] = [
    (slo) => slo.name.toLowerCase() === wanted,
    (slo) => slo.service.toLowerCase() === wanted,
    (slo) => slo.name.toLowerCase().startsWith(wanted),
    (slo) => slo.name.toLowerCase().includes(wanted),
  ]
  for (const way of ways) {
    const found = slos.filter(way)
    if (found.length > 0) return found
  }
  const known = slos.map((slo) => slo.name).join(', ')
  throw new UserError(
    known === ''
      ? 'No objectives are configured: add them under slos: in tocsin.yaml.'
      : `No objective is called that. There are: ${known}.`,
  )
}

/** A picture that cannot be drawn costs the picture, not the message. Null when nothing is known. */
export async function budgetPicture(bot: Bot, survey: Survey, now: Date): Promise<Picture | null> {
  const drawn = worstStandings(survey.standings).slice(0, drawnBudgets)
  if (drawn.every(({ status }) => status === 'unknown')) return null
  const histories = await Promise.all(drawn.map((standing) => historyOrNone(bot, standing, survey, now)))
  const chart: BudgetChart = budgetChart(
    drawn.map((standing, index) => ({ standing, points: histories[index] ?? [] })),
    { more: survey.standings.length - drawn.length, now, zone: bot.config.digest.zone },
  )
  try {
    const alt = chart.rows.map((row) => `${row.label}: ${row.text}`).join('; ')
    return { name: 'error-budgets.png', alt: `${chart.title}. ${alt}`, png: await bot.charts.renderBudget(chart) }
  } catch (error) {
    bot.log.warn({ err: error }, 'the error budgets could not be drawn; the message goes without its picture')
    return null
  }
}

async function historyOrNone(bot: Bot, standing: SloStanding, survey: Survey, now: Date): Promise<BudgetPoint[]> {
  if (standing.status === 'unknown') return []
  try {
    return await historyOf(standing, survey, now)
  } catch (error) {
    if (!(error instanceof TransientError) && !(error instanceof PermanentError)) throw error
    bot.log.warn({ slo: standing.slo.name, reason: reasonOf(error) }, 'how an error budget went could not be asked')
    return []
  }
}
