// The weekly digest's alarm clock. It fires on every replica and only writes down the work, under one key for all of them.
import { schedule } from 'node-cron'
import type { Bot } from '../bot.ts'
import { weekOf } from '../core/week.ts'
import { addJobs } from '../store/changes.ts'

export function startDigest(bot: Bot): { stop(): void } {
  const { cron, zone } = bot.config.digest
  const task = schedule(
    cron,
    () =>
      requestDigest(bot).catch((error: unknown) => bot.log.error({ err: error }, 'the digest could not be asked for')),
    {
      timezone: zone,
      name: 'digest',
    },
  )
  return { stop: () => void task.stop() }
}

/** Asks every platform to post the digest of the week before now; asked twice, it is posted once. */
export async function requestDigest(bot: Bot): Promise<void> {
  const now = bot.clock.now()
  const week = weekOf(now, bot.config.digest.zone).key
  await addJobs(
    bot.db,
    bot.platforms.map(({ name }) => ({ task: 'post_digest', platform: name, week }) as const),
    now,
  )
}
