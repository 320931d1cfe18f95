// Where the objectives stand now: measured, put into words and drawn, for whoever asks.
import type { Bot } from '../bot.ts'
import type { BudgetChart } from '../charts/chart.ts'
import type { Message, Picture } from '../core/message.ts'
import { type Slo, type SloStanding, unknownStanding } from '../core/slo.ts'
import { UserError } from '../errors.ts'
import { type Gauge, standingsOf } from '../evidence/objectives.ts'
import { queryLabels, queryRange, querySingle } from '../evidence/prometheus.ts'
import { budgetChart, sloMessage, worstStandings } from '../messages/slo.ts'

/** Pictures in one picture: more are no longer readable on a telephone. */
const drawnBudgets = 6

/** Null when no Prometheus is configured. */
export function gaugeOf({ config: { prometheus } }: Pick<Bot, 'config'>): Gauge | null {
  if (prometheus.url === null) return null
  return {
    value: (expr, at) => querySingle(prometheus, expr, at),
    labels: (expr, at) => queryLabels(prometheus, expr, at),
    history: async (expr, window) => (await queryRange(prometheus, expr, window)).series[0]?.points ?? [],
  }
}

/** Where `slos` stand at `now`, in their order. What could not be asked is unknown, with why. */
export async function sloStanding(
  { config, clock }: Pick<Bot, 'config' | 'clock'>,
  gauge: Gauge | null,
  now: Date,
  slos = config.slos,
): Promise<SloStanding[]> {
  if (slos.length === 0) return []
  if (gauge !== null) return standingsOf(slos, gauge, now, clock)
  return slos.map((slo) => unknownStanding(slo, 'no Prometheus is configured', now))
}

/** The answer to /slo: all of them, or those that `name` means. Throws UserError when it means none. */
export async function sloReport(
  bot: Bot,
  name: string | null = null,
  gauge: Gauge | null = gaugeOf(bot),
): Promise<Message> {
  const now = bot.clock.now()
  const standings = await sloStanding(bot, gauge, now, name === null ? bot.config.slos : slosNamed(bot, name))
  return sloMessage(bot, standings, now, await budgetPicture(bot, standings, now))
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
export async function budgetPicture(bot: Bot, standings: SloStanding[], now: Date): Promise<Picture | null> {
  const drawn = worstStandings(standings).slice(0, drawnBudgets)
  if (drawn.every(({ status }) => status === 'unknown')) return null
  const more = standings.length - drawn.length
  const chart: BudgetChart = budgetChart(drawn, { more, now, zone: bot.config.digest.zone })
  try {
    const alt = chart.rows.map((row) => `${row.label}: ${row.text}`).join('; ')
    return { name: 'error-budgets.png', alt: `${chart.title}. ${alt}`, png: await bot.charts.renderBudget(chart) }
  } catch (error) {
    bot.log.warn({ err: error }, 'the error budgets could not be drawn; the message goes without its picture')
    return null
  }
}
