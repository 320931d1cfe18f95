// Which worker pools are alive: each holds an advisory lock on its name for as long as its process lives. graphile-worker
// keeps a killed pool's jobs locked for four hours; here they are given back as soon as the lock is seen to be free. The
// same goes for jobs that are locked in a living pool's name but that it does not run: it took or finished them just when
// the database went away, and graphile-worker tries neither again.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import {
  deleteReplacedJobs,
  giveBackJobs,
  giveBackLocks,
  heldLocks,
  holdName,
  lockedBy,
  namesNotHeld,
} from '../store/presence.ts'
import { type Loop, loop } from './timer.ts'

const sweepEvery = 1_500

/** The ids of the jobs that a pool runs at the moment. */
export type AtWork = ReadonlySet<string>

export class Presence {
  readonly #bot: Bot
  readonly #pools = new Map<string, AtWork>()
  #session: Session | null = null
  #sweeper: Loop | null = null
  /** Found at the last sweep. Only what is found twice is dead: its process may be reconnecting, a job just be starting. */
  #suspects = new Set<string>()

  static async start(bot: Bot): Promise<Presence> {
    const presence = new Presence(bot)
    await presence.#connect()
    presence.#sweeper = loop(
      () => presence.#sweep(),
      (error) => bot.log.warn({ reason: reasonOf(error) }, 'could not look for dead workers; will look again'),
    )
    return presence
  }

  private constructor(bot: Bot) {
    this.#bot = bot
  }

  /** Resolves once the name is held; rejects when the database is away just then. */
  async hold(name: string, atWork: AtWork): Promise<void> {
    this.#pools.set(name, atWork)
    if (this.#session === null) throw new Error('the database went away while the workers were starting')
    await holdName(this.#session, name)
  }

  async stop(): Promise<void> {
    await this.#sweeper?.stop()
    await this.#session?.end().catch(() => {})
  }

  /** Called by one at a time: two sessions of one process would wait for each other's locks. */
  async #connect(): Promise<void> {
    let isLost = false
    const session = await this.#bot.db.session({
      lost: () => {
        isLost = true
        this.#session = null
        this.#sweeper?.wake()
      },
    })
    for (const name of this.#pools.keys()) await holdName(session, name)
    if (!isLost) this.#session = session
  }

  async #sweep(): Promise<number> {
    if (this.#session === null) await this.#connect()
    const { db, log } = this.#bot
    const others = (await lockedBy(db)).filter((name) => !this.#pools.has(name))
    const free = others.length === 0 ? [] : await namesNotHeld(db, others)
    const dead = free.filter((name) => this.#suspects.has(name))
    const idle = await this.#idleLocks()
    const stuck = idle.filter((lock) => this.#suspects.has(lock))
    this.#suspects = new Set([...free, ...idle])
    if (dead.length > 0) {
      await giveBackJobs(db, dead)
      log.warn({ workers: dead }, 'took over the jobs of workers that died')
    }
    if (stuck.length > 0) {
      await giveBackLocks(db, stuck)
      log.warn({ locks: stuck.length }, 'took up jobs again that were cut off from the database')
    }
    if (dead.length + stuck.length > 0) await deleteReplacedJobs(db)
    return sweepEvery
  }

  /** Locks in this process's name that stand for no work. */
  async #idleLocks(): Promise<string[]> {
    const held = await heldLocks(this.#bot.db, [...this.#pools.keys()])
    return held.filter(({ name, job }) => job === null || !this.#pools.get(name)?.has(job)).map(({ lock }) => lock)
  }
}
