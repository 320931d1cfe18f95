// The alarm clocks of the digests. They ring on every replica and only write down the work, under one key for all of them; one
// that should have rung while no bot was there is made up at the start, one that was slept through as soon as that is noticed.
import { schedule } from 'node-cron'
import type { Bot } from '../bot.ts'
import type { DigestConfig } from '../config/config.ts'
import type { Job } from '../core/job.ts'
import { weekOf } from '../core/week.ts'
import { addJobs } from '../store/changes.ts'
import { noteDigestTime } from '../store/digest-times.ts'

/** Milliseconds after which the next one tells more than one that was missed. */
const stale = 6 * 86_400_000

export function startDigests(bot: Bot): { stop(): void } {
  const failed = (error: unknown) => bot.log.error({ err: error }, 'a digest could not be asked for')
  const tasks = bot.config.digests.map((digest) => {
    const ring = async () => {
      await requestDigest(bot, digest, bot.clock.now())
      await note()
    }
    const task = schedule(digest.cron, () => ring().catch(failed), {
      timezone: digest.zone,
      name: `digest ${digest.name}`.trim(),
    })
    const note = () => makeUp(bot, digest, task.getNextRun())
    note().catch(failed)
    // The process was busy or stopped just then, or its machine slept: node-cron lets go what is a second late.
    task.on('execution:missed', () => void note().catch(failed))
    return task
  })
  return { stop: () => tasks.forEach((task) => void task.stop()) }
}

/** Asks for a digest whose time came while nobody was there, and notes when it is next due. */
export async function makeUp(bot: Bot, digest: DigestConfig, next: Date | null): Promise<void> {
  if (next === null) return
  const now = bot.clock.now()
  const due = { name: digest.name, schedule: `${digest.cron} ${digest.zone}`, next }
  const missed = await bot.db.tx((q) => noteDigestTime(q, due, now))
  if (missed === null || now.getTime() - missed.getTime() > stale) return
  await requestDigest(bot, digest, missed)
}

/** Asks for the digest of the week before `at`, on every platform and by mail; asked twice, it comes once. */
async function requestDigest(bot: Bot, digest: DigestConfig, at: Date): Promise<void> {
  const week = weekOf(at, digest.zone).key
  const platforms = bot.platforms.filter(({ name }) => digest.platforms.length === 0 || digest.platforms.includes(name))
  const jobs: Job[] = [
    ...platforms.map(({ name }) => ({ task: 'post_digest', platform: name, week, digest: digest.name }) as const),
    ...digest.email.map((to) => ({ task: 'mail_digest', platform: null, week, digest: digest.name, to }) as const),
  ]
  await addJobs(bot.db, jobs, bot.clock.now())
}
