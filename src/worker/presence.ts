// Which processes are alive: each holds an advisory lock on its name for as long as it lives. What a dead one had under way
// (pages, rooms, jobs) is given back as soon as its lock is seen to be free. The same goes for what is held in a living
// process's name but that it does not do: it took or finished it just when the database went away.
import { randomUUID } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import { deliveriesHeld, giveBackDeliveries } from '../store/deliveries.ts'
import { takeOverFormerJobs } from '../store/former-jobs.ts'
import { giveBackPages, pagesHeld } from '../store/pages.ts'
import {
  deleteReplacedJobs,
  giveBackJobs,
  giveBackLocks,
  heldLocks,
  holders,
  holdName,
  namesNotHeld,
} from '../store/presence.ts'
import { DatabaseAway } from '../store/problems.ts'
import { type Loop, loop } from './timer.ts'

const sweepEvery = 1_500
/**
 * Milliseconds. A machine that vanishes without a word ends no connection: PostgreSQL lets go of its names when it has said
 * nothing for so long. Longer than any message takes to be sent, or what is under way there would be sent from here, too.
 */
const longestSilence = 20_000

/**
 * The share of it after which what was heard on the connection that holds the names says nothing any more: whoever goes by that
 * never sends in a name that the database has let go of.
 */
const newsworthy = 0.75

/**
 * Milliseconds after which what a dead process had under way is taken up: what it sent in its last moment can be found by then.
 * It was seen to be dead for a sweep before.
 */
const aftermath = 1_000

/**
 * Milliseconds for which a claim is good: begun later, this process stood still meanwhile, and neither its name nor what it read
 * with the claim need be what they were. Less than the longest silence, or another may be doing the same.
 */
export const goodFor = 10_000

/** The ids of the jobs that a pool runs at the moment. */
export type AtWork = ReadonlySet<string>

/** In whose name pages and rooms are claimed, and what of them is being done at the moment. */
export class Holder {
  readonly name: string
  /** Names as the store gives them: see `pagesHeld` and `deliveriesHeld`. */
  readonly atWork = new Set<string>()
  readonly isHeld: () => boolean

  constructor(name: string, isHeld: () => boolean = () => true) {
    this.name = name
    this.isHeld = isHeld
  }

  /** Answers how to let go of all of them. */
  take(names: string[]): () => void {
    for (const name of names) this.atWork.add(name)
    return () => this.letGo(names)
  }

  letGo(names: string[]): void {
    for (const name of names) this.atWork.delete(name)
  }
}

type Deps = Pick<Bot, 'db' | 'log' | 'clock'>

export class Presence {
  readonly holder: Holder
  readonly #bot: Deps
  /** `freed`: something is there to be claimed again. */
  readonly #freed: () => void
  readonly #silence: number
  readonly #pools = new Map<string, AtWork>()
  #session: Session | null = null
  /** When what was last answered on it was asked, by the monotonic clock. */
  #heardAt = Number.NEGATIVE_INFINITY
  #keeper: Loop | null = null
  #sweeper: Loop | null = null
  /** Found at the last sweep. Only what is found twice is dead: its process may be reconnecting, its work just be starting. */
  #suspects = new Set<string>()

  static async start(bot: Deps, freed: () => void, silence = longestSilence): Promise<Presence> {
    const presence = new Presence(bot, freed, silence)
    await presence.#connect()
    // By itself: whatever a sweep waits for, the names are held meanwhile.
    presence.#keeper = loop(
      () => presence.#keep(),
      (error) => bot.log.warn({ reason: reasonOf(error) }, 'the connection that shows this process is alive is away'),
    )
    presence.#sweeper = loop(
      () => presence.#sweep(),
      (error) => bot.log.warn({ reason: reasonOf(error) }, 'could not look for dead processes; will look again'),
    )
    return presence
  }

  private constructor(bot: Deps, freed: () => void, silence: number) {
    this.#bot = bot
    this.#freed = freed
    this.#silence = silence
    const isHeld = () => this.#session !== null && performance.now() - this.#heardAt < newsworthy * silence
    this.holder = new Holder(`tocsin ${randomUUID()}`, isHeld)
  }

  /** Resolves once the name is held; rejects when the database is away just then. */
  async hold(name: string, atWork: AtWork): Promise<void> {
    this.#pools.set(name, atWork)
    if (this.#session === null) throw new DatabaseAway('the connection that shows this process is alive is away')
    await holdName(this.#session, name)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#sweeper?.stop(), this.#keeper?.stop()])
    await this.#session?.end().catch(() => {})
  }

  /** Called by one at a time: two sessions of one process would wait for each other's locks. */
  async #connect(): Promise<void> {
    let isLost = false
    const session = await this.#bot.db.session({
      lost: () => {
        isLost = true
        this.#session = null
        this.#keeper?.wake()
      },
      silence: this.#silence,
    })
    try {
      for (const name of [this.holder.name, ...this.#pools.keys()]) await holdName(session, name)
      await this.#hear(session)
    } catch (error) {
      // The next one would wait for the names that this one has.
      await session.end().catch(() => {})
      throw error
    }
    if (!isLost) this.#session = session
  }

  async #keep(): Promise<number> {
    if (this.#session === null) await this.#connect()
    else await this.#hear(this.#session)
    return sweepEvery
  }

  async #hear(session: Session): Promise<void> {
    const asked = performance.now()
    await session.query('select')
    this.#heardAt = asked
  }

  async #sweep(): Promise<number> {
    const { db, log, clock } = this.#bot
    const others = (await holders(db)).filter((name) => name !== this.holder.name && !this.#pools.has(name))
    const free = others.length === 0 ? [] : await namesNotHeld(db, others)
    const dead = free.filter((name) => this.#suspects.has(name))
    const locks = await this.#idleLocks()
    const held = await this.#idleWork()
    const idle = [...locks, ...held.pages, ...held.rooms]
    const stuck = idle.filter((one) => this.#suspects.has(one))
    this.#suspects = new Set([...free, ...idle])
    if (dead.length > 0) {
      await giveBackJobs(db, dead)
      const at = new Date(clock.now().getTime() + aftermath)
      await giveBackPages(db, dead, at)
      await giveBackDeliveries(db, dead, at)
      log.warn({ holders: dead }, 'took over the work of processes that died')
    }
    if (stuck.length > 0) {
      const own = [this.holder.name]
      const still = stuck.filter((one) => !this.holder.atWork.has(one))
      await giveBackLocks(db, stuck)
      await giveBackPages(db, own, clock.now(), still)
      await giveBackDeliveries(db, own, clock.now(), still)
      log.warn({ count: stuck.length }, 'took up work again that was cut off from the database')
    }
    if (dead.length + stuck.length > 0) await deleteReplacedJobs(db)
    const former = await takeOverFormerJobs(db, clock.now())
    if (former > 0) log.info({ jobs: former }, 'took over work that an older version of Tocsin left')
    if (dead.length + stuck.length + former > 0) this.#freed()
    return sweepEvery
  }

  /** Locks in this process's name that stand for no work. */
  async #idleLocks(): Promise<string[]> {
    const held = await heldLocks(this.#bot.db, [...this.#pools.keys()])
    return held.filter(({ name, job }) => job === null || !this.#pools.get(name)?.has(job)).map(({ lock }) => lock)
  }

  /** Pages and rooms in this process's name that it does not work on. */
  async #idleWork(): Promise<{ pages: string[]; rooms: string[] }> {
    const { name, atWork } = this.holder
    const [pages, rooms] = await Promise.all([pagesHeld(this.#bot.db, name), deliveriesHeld(this.#bot.db, name)])
    const idle = (one: string) => !atWork.has(one)
    return { pages: pages.filter(idle), rooms: rooms.filter(idle) }
  }
}
