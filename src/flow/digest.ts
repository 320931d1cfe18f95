// The weekly look back: where the objectives stand, how incidents were answered, what made noise, what is left to do.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import { responseFigures } from '../core/statistics.ts'
import { type Week, weekBefore, weekNamed } from '../core/week.ts'
import { PermanentError } from '../errors.ts'
import type { Gauge } from '../evidence/objectives.ts'
import { type DigestFacts, digestMessage } from '../messages/digest.ts'
import { missingPostmortems, noisiestAlerts, openedCounts, openIncidents, responses } from '../store/digest.ts'
import { postOnce } from './ledger.ts'
import { channelsOf } from './rooms.ts'
import { budgetPicture, gaugeOf, sloSurvey } from './slo.ts'

export { weekOf } from '../core/week.ts'

/** Lines of each list in a digest: it is read in half a minute, and the console has the rest. */
const listed = 5

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
export async function composeDigest(bot: Bot, key: string, gauge: Gauge | null = gaugeOf(bot)): Promise<Message> {
  const week = weekNamed(key, bot.config.digest.zone)
  if (week === null) throw new PermanentError(`“${key}” names no week; a week is called like 2026-W47`)
  const now = bot.clock.now()
  const [facts, survey] = await Promise.all([digestFacts(bot, week), sloSurvey(bot, bot.config.slos, gauge, now)])
  return digestMessage(bot, { ...facts, slos: survey.standings }, await budgetPicture(bot, survey, now))
}

/** Posts a week's digest on one platform, once. */
export async function postDigest(bot: Bot, platform: ChatPlatform, key: string): Promise<void> {
  const channel = bot.config.digest.channel ?? channelsOf(bot, platform).incidents
  await postOnce(bot, platform, `digest/${key}`, { channel }, await composeDigest(bot, key))
}
