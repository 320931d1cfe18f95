// The loops behind shifts: who has the pager, what people are told about it, and chat groups that follow. Beside the pages,
// never in front of them: each has a loop of its own, and each platform one of its own.
import { randomUUID } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { decideHandovers } from '../flow/handover.ts'
import { tellNotices } from '../flow/notices.ts'
import { endRequests } from '../flow/shift-requests.ts'
import { keepGroups } from '../flow/user-groups.ts'
import { giveBackNotices, noticeHolders } from '../store/notices.ts'
import { namesNotHeld } from '../store/presence.ts'
import type { Presence } from './presence.ts'
import { type Loop, loop } from './timer.ts'

/** Milliseconds. */
const lookEvery = 1_000
const groupsEvery = 5_000

/** `presence`: holds the name in which notices are claimed. `ready`: resolves once a platform can send. */
export async function startShifts(
  bot: Bot,
  presence: Pick<Presence, 'hold'>,
  ready: (platform: string) => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  const holder = `notices ${randomUUID()}`
  await presence.hold(holder, new Set())
  const failed = (what: string) => (error: unknown) => bot.log.error({ err: error }, `could not ${what}; trying again`)
  const loops = [
    loop(async () => {
      await decideHandovers(bot)
      return lookEvery
    }, failed('look who has the pager')),
    loop(async () => {
      await endRequests(bot)
      return lookEvery
    }, failed('end the requests that nobody answered')),
    noticeSweeper(bot, failed('look for notices that a dead process left')),
  ]
  let stopping = false
  for (const platform of bot.platforms) {
    void ready(platform.name).then(() => {
      if (stopping) return
      const tell = async () => ((await tellNotices(bot, platform, holder)) ? 0 : lookEvery)
      loops.push(loop(tell, failed(`tell notices on ${platform.name}`)))
      const keep = async () => {
        await keepGroups(bot, platform)
        return groupsEvery
      }
      if (platform.groups !== null) loops.push(loop(keep, failed(`keep the groups on ${platform.name}`)))
    })
  }
  return {
    async stop() {
      stopping = true
      await Promise.all(loops.map((one) => one.stop()))
    },
  }
}

/** Gives back what dead processes were telling. Only a name that is free twice is dead: its process may be reconnecting. */
function noticeSweeper(bot: Bot, failed: (error: unknown) => void): Loop {
  let suspects = new Set<string>()
  return loop(async () => {
    const holders = await noticeHolders(bot.db)
    const free = holders.length === 0 ? [] : await namesNotHeld(bot.db, holders)
    const dead = free.filter((name) => suspects.has(name))
    suspects = new Set(free)
    if (dead.length > 0) {
      await giveBackNotices(bot.db, dead)
      bot.log.warn({ holders: dead }, 'took over the notices of processes that died')
    }
    return 1_500
  }, failed)
}
