// Everything that sends: a queue of pages for each pager, a queue of rooms for each platform, and the job queue. One platform
// that hangs delays no other, and rooms delay no page.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import { pagersOf } from '../pagers/index.ts'
import type { Feed, News } from './feed.ts'
import { startJobs } from './jobs.ts'
import type { Openings } from './openings.ts'
import type { Outlast } from './outlast.ts'
import { pageQueue } from './pages.ts'
import { Presence } from './presence.ts'
import { roomQueue } from './rooms.ts'
import { type Queue, startSender, Width } from './sender.ts'
import type { Loop } from './timer.ts'
import { Traffic } from './traffic.ts'

/** Pages and rooms that one process sends over one platform at a time, at least and at most. */
const pagesAtATime = [4, 32] as const
const roomsAtATime = [4, 24] as const

/** Of the last platform, the console, beside others: it is for whoever looks there, and hears when those have heard. */
const roomsAside = [1, 4] as const
/** Milliseconds it waits for them at most, each time. */
const longestAside = 500
/** Milliseconds it is behind them: by then the first page is out, and all is told in one turn. */
const behind = 100

/** Milliseconds between two looks for rooms: in a storm, several are found and read together. Pages are looked for at once. */
const roomsPace = 50

/** Resolves when nothing more urgent is going on. */
type Calm = () => Promise<void>

/** `presence`: where this process shows that it is alive, for others that claim work. */
export type Workers = { presence: Presence; stop(): Promise<void> }

/**
 * Starts all of them, each as soon as its platform is `ready`: one that hangs keeps no other waiting. `died`: a part gave
 * up, and this process is no longer of use. `calm`: see DueLoop.
 */
export async function startWorkers(
  bot: Bot,
  feed: Feed,
  openings: Openings,
  ready: (platform: string) => Promise<void>,
  { died, calm, outlast }: { died: (reason: string) => void; calm: Calm; outlast: Outlast },
): Promise<Workers> {
  let stopping = false
  const pages: Loop[] = []
  const rooms: Loop[] = []
  const ends: (() => Promise<unknown>)[] = []
  const wake = (loops: Loop[]) => {
    for (const one of loops) one.wake()
  }
  const presence = await outlast(() => Presence.start(bot, () => wake([...pages, ...rooms])))
  const unsubscribe = feed.subscribe(({ paged, told }: News) => {
    if (paged) wake(pages)
    if (told) wake(rooms)
  })
  const begin = (loops: Loop[], name: string, width: Width, queue: Queue, how: { calm: Calm; pace?: number }) => {
    if (stopping) return null
    const failed = (error: unknown) => bot.log.error({ err: error, reason: reasonOf(error) }, `${name}: trying again`)
    const sender = startSender(queue, width, { now: () => bot.clock.now(), failed, ...how })
    loops.push(sender)
    ends.push(() => sender.stop())
    return sender
  }
  const { holder } = presence
  const traffic = new Traffic()
  const aside = bot.platforms.length > 1 ? bot.platforms.at(-1) : null
  const restOver: Calm = async () => {
    await calm()
    await traffic.quiet(longestAside)
  }
  const begun = [
    ...pagersOf(bot).map(async (pager) => {
      await ready(pager.name)
      const width = new Width(...pagesAtATime)
      const queue = pageQueue(bot, pager, holder, { width, traffic })
      const sender = begin(pages, `pages over ${pager.name}`, width, queue, { calm })
      if (sender) openings.addPages({ name: pager.name, queue, sender, holder })
    }),
    ...bot.platforms.map(async (platform) => {
      await ready(platform.name)
      const isAside = platform === aside
      const [least, most] = isAside ? roomsAside : roomsAtATime
      const width = new Width(least, most)
      const queue = roomQueue(bot, platform, holder, { width, ...(isAside ? { traffic: null, behind } : { traffic }) })
      const sender = begin(rooms, `rooms in ${platform.name}`, width, queue, {
        calm: isAside ? restOver : calm,
        pace: roomsPace,
      })
      if (sender && !isAside) openings.addRooms({ name: platform.name, queue, sender, holder })
    }),
    outlast(() => startJobs(bot, presence)).then((runner) => {
      runner.promise
        .catch(() => {})
        .finally(() => stopping || died('the workers of the job queue stopped by themselves'))
      ends.push(() => runner.stop().catch(() => {}))
    }),
  ]
  const stop = async () => {
    stopping = true
    unsubscribe()
    await Promise.all(ends.map((end) => end()))
    await presence.stop()
  }
  const failed = (await Promise.allSettled(begun)).find((one) => one.status === 'rejected')
  if (failed === undefined) return { presence, stop }
  await stop()
  throw failed.reason
}
