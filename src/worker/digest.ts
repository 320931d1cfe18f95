// The alarm clocks of the digests. They ring on every replica and only write down the work, under one key for all of them; one
// that should have rung while no bot was there, or no database, is made up as soon as both are.
import type { Bot } from '../bot.ts'
import type { DigestConfig } from '../config/config.ts'
import type { Job } from '../core/job.ts'
import { weekOf } from '../core/week.ts'
import { addJobs } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { noteDigestTime } from '../store/digest-times.ts'
import { nextTime } from './cron.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds after which the next one tells more than one that was missed. */
const stale = 6 * 86_400_000

/** Milliseconds between two looks at the clock: it may be set, or its machine sleep. */
const lookEvery = 5_000

/** Milliseconds by which the clock is set right now and then; more is one that was wrong. */
const apartAtMost = 60_000

export function startDigests(bot: Bot): Loop {
  /** When each was looked at, and when it is due next after that. Milliseconds since 1970. */
  const looks = new Map<DigestConfig, { at: number; next: number }>()
  const untilNext = () => Math.min(...[...looks.values()].map(({ next }) => next)) - bot.clock.now().getTime()
  return loop(
    async () => {
      for (const digest of bot.config.digests) {
        const at = bot.clock.now().getTime()
        const known = looks.get(digest)
        const isSetBack = known !== undefined && at < known.at - apartAtMost
        if (known !== undefined && !isSetBack && at < known.next) continue
        const due = known === undefined || isSetBack ? null : new Date(known.next)
        const next = await ring(bot, digest, due)
        looks.set(digest, { at, next: next?.getTime() ?? Number.POSITIVE_INFINITY })
      }
      return Math.max(0, Math.min(lookEvery, untilNext()))
    },
    (error) => bot.log.error({ err: error }, 'a digest could not be asked for; trying again'),
  )
}

/**
 * Asks for a digest whose time has come, now or while nobody was there, and notes and answers when it is next due. `awaited`: the time
 * that was waited for here, whatever was noted by a replica with another schedule for it.
 */
export async function ring(bot: Bot, digest: DigestConfig, awaited: Date | null = null): Promise<Date | null> {
  const now = bot.clock.now()
  const next = nextTime(digest.cron, digest.zone, now)
  if (next === null) {
    bot.log.error(
      { digest: digest.name, cron: digest.cron },
      'a digest never comes: no day is as its cron expression says',
    )
    return null
  }
  const noted = { name: digest.name, schedule: `${digest.cron} ${digest.zone}`, next }
  await bot.db.tx(async (q) => {
    const due = (await noteDigestTime(q, noted, now)) ?? awaited
    if (due !== null && now.getTime() - due.getTime() <= stale) await request(bot, q, digest, due)
  })
  return next
}

/** Asks for the digest of the week before `due`, on every platform and by mail; asked twice, it comes once. */
async function request(bot: Bot, q: Queryable, digest: DigestConfig, due: Date): Promise<void> {
  const week = weekOf(due, digest.zone).key
  const platforms = bot.platforms.filter(({ name }) => digest.platforms.length === 0 || digest.platforms.includes(name))
  const jobs: Job[] = [
    ...platforms.map(({ name }) => ({ task: 'post_digest', platform: name, week, digest: digest.name }) as const),
    ...digest.email.map((to) => ({ task: 'mail_digest', platform: null, week, digest: digest.name, to }) as const),
  ]
  await addJobs(q, jobs, bot.clock.now())
}
