// The weekly look back: where the objectives stand, how incidents were answered, what made noise, what is left to do.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import type { Message, Picture } from '../core/message.ts'
import { judge, type SloStanding, sloQuery, unknownStanding } from '../core/slo.ts'
import { responseFigures } from '../core/statistics.ts'
import { type Week, weekBefore, weekNamed } from '../core/week.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { querySingle } from '../evidence/prometheus.ts'
import { type DigestFacts, digestMessage } from '../messages/digest.ts'
import { budgetChart, sloMessage } from '../messages/slo.ts'
import { missingPostmortems, noisiestAlerts, openedCounts, openIncidents, responses } from '../store/digest.ts'
import { postOnce } from './ledger.ts'
import { channelsOf } from './rooms.ts'

export { weekOf } from '../core/week.ts'

/** Asks Prometheus for the one value of an expression at an instant; null: no data. Throws one of the four errors. */
export type Measure = (expr: string, at: Date) => Promise<number | null>

/** Lines of each list in a digest: it is read in half a minute, and the console has the rest. */
const listed = 5

/** Where every SLO stands at `now`, in the order of the configuration. What could not be asked is unknown, with why. */
export async function sloStanding(
  bot: Pick<Bot, 'config'>,
  measure: Measure | null,
  now: Date,
): Promise<SloStanding[]> {
  return Promise.all(
    bot.config.slos.map(async (slo) => {
      if (measure === null) return unknownStanding(slo, 'no Prometheus is configured')
      try {
        return judge(slo, await measure(sloQuery(slo), now))
      } catch (error) {
        if (error instanceof TransientError) return unknownStanding(slo, 'Prometheus did not answer')
        if (error instanceof PermanentError)
          return unknownStanding(slo, `Prometheus refused the query: ${reasonOf(error)}`)
        throw error
      }
    }),
  )
}

/** What was counted in a week, as the database knows it now. */
export async function digestFacts(bot: Pick<Bot, 'config' | 'db' | 'clock'>, week: Week): Promise<DigestFacts> {
  const asOf = bot.clock.now()
  const [opened, before, answered, noisiest, open, missing] = await Promise.all([
    openedCounts(bot.db, week),
    openedCounts(bot.db, weekBefore(week)),
    responses(bot.db, week, asOf),
    noisiestAlerts(bot.db, week, listed),
    openIncidents(bot.db, listed),
    missingPostmortems(bot.db, week, listed),
  ])
  const figures = (['P1', 'P2'] as const).map((severity) => {
    const own = answered.filter((r) => r.severity === severity)
    return { severity, ...responseFigures(own, week.from, week.until) }
  })
  return { week, asOf, opened, before, figures, noisiest, open, missing }
}

/** The digest of the week called `key` (see `weekOf`), ready to be posted. */
export async function composeDigest(
  bot: Bot,
  key: string,
  measure: Measure | null = prometheus(bot),
): Promise<Message> {
  const week = weekNamed(key, bot.config.digest.zone)
  if (week === null) throw new PermanentError(`“${key}” names no week; a week is called like 2026-W47`)
  const [facts, slos] = await Promise.all([digestFacts(bot, week), sloStanding(bot, measure, bot.clock.now())])
  return digestMessage(bot, { ...facts, slos }, await budgetPicture(bot, slos))
}

/** Where the objectives stand now: the answer to /slo. */
export async function sloReport(bot: Bot, measure: Measure | null = prometheus(bot)): Promise<Message> {
  const now = bot.clock.now()
  const slos = await sloStanding(bot, measure, now)
  return sloMessage(bot, slos, now, await budgetPicture(bot, slos))
}

/** Posts a week's digest on one platform, once. */
export async function postDigest(bot: Bot, platform: ChatPlatform, key: string): Promise<void> {
  const channel = bot.config.digest.channel ?? channelsOf(bot, platform).incidents
  await postOnce(bot, platform, `digest/${key}`, { channel }, await composeDigest(bot, key))
}

/** Null when no Prometheus is configured. */
function prometheus({ config }: Pick<Bot, 'config'>): Measure | null {
  return config.prometheus.url === null ? null : (expr, at) => querySingle(config.prometheus, expr, at)
}

/** A picture that cannot be drawn costs the picture, not the message. */
async function budgetPicture(bot: Bot, slos: SloStanding[]): Promise<Picture | null> {
  const chart = budgetChart(slos, bot.clock.now(), bot.config.digest.zone)
  if (chart === null) return null
  try {
    const alt = chart.rows.map((row) => `${row.label}: ${row.text}`).join('; ')
    return { name: 'error-budgets.png', alt: `${chart.title}. ${alt}`, png: await bot.charts.renderBudget(chart) }
  } catch (error) {
    bot.log.warn({ err: error }, 'the error budgets could not be drawn; the message goes without its picture')
    return null
  }
}
