// The stage that looks after the monitoring: when it is away for minutes, the incidents channel hears of it, once.
import type { Bot } from '../bot.ts'
import type { About } from '../core/notice.ts'
import { type Problem, type System, systemsOf } from '../evidence/health.ts'
import type { Queryable } from '../store/db.ts'
import { postedMessage } from '../store/messages.ts'
import { endAbsence, keepAbsence } from '../store/monitoring.ts'
import { addNotices } from '../store/notices.ts'
import { toChannels } from './notices.ts'

/** Milliseconds that a part may be away before everybody hears of it: a restart is nobody's business. */
const patience = 5 * 60_000

/** Asks every part that is configured how it is. */
export async function watchMonitoring(bot: Bot, systems: System[] = systemsOf(bot.config)): Promise<void> {
  await Promise.all(
    systems.map(async (system) => {
      const problem = await system.check()
      await (problem === null ? well(bot, system.name) : away(bot, system.name, problem))
    }),
  )
}

async function away(bot: Bot, system: string, { text: problem, denied }: Problem): Promise<void> {
  const now = bot.clock.now()
  await bot.db.tx(async (q) => {
    const since = await keepAbsence(q, system, problem, now)
    if (now.getTime() - since.getTime() < patience) return
    if ((await toldOf(bot, q, keyOf(system, since))).length > 0) return
    bot.log.error({ system, problem, since }, 'a part of the monitoring is away')
    const about: About = { kind: 'monitoring', system, problem, since: since.toISOString(), ...(denied && { denied }) }
    await addNotices(q, toChannels(bot, keyOf(system, since), about), now)
  })
}

async function well(bot: Bot, system: string): Promise<void> {
  await bot.db.tx(async (q) => {
    const since = await endAbsence(q, system)
    if (since === null) return
    const told = await toldOf(bot, q, keyOf(system, since))
    if (told.length === 0) return
    bot.log.warn({ system, since }, 'a part of the monitoring is back')
    const about: About = { kind: 'monitoring', system, problem: null, since: since.toISOString() }
    const notices = toChannels(bot, keyOf(system, since), about)
    await addNotices(
      q,
      notices.filter(({ platform }) => told.includes(platform)),
      bot.clock.now(),
    )
  })
}

function keyOf(system: string, since: Date): string {
  return `monitoring/${system}/${since.toISOString()}`
}

/** The platforms that heard of it: they are to hear that it is over. */
async function toldOf(bot: Bot, q: Queryable, key: string): Promise<string[]> {
  const posted = await Promise.all(
    bot.platforms.map(async ({ name }) => ((await postedMessage(q, name, key)) === null ? [] : [name])),
  )
  return posted.flat()
}
