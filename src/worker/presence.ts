// Which worker pools are alive: each holds an advisory lock on its name for as long as its process lives. graphile-worker
// keeps a killed pool's jobs locked for four hours; here they are given back as soon as the lock is seen to be free.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import type { Session } from '../store/db.ts'
import { giveBackJobs, holdName, lockedBy, namesNotHeld } from '../store/presence.ts'
import { type Loop, loop } from './timer.ts'

const sweepEvery = 1_500

export class Presence {
  readonly #bot: Bot
  readonly #names = new Set<string>()
  #session: Promise<Session>
  #sweeper: Loop | null = null
  /** Names found free at the last sweep. Only one that is free twice is dead: its process may be reconnecting. */
  #suspects = new Set<string>()
  #stopped = false

  static async start(bot: Bot): Promise<Presence> {
    const presence = new Presence(bot)
    await presence.#session
    presence.#sweeper = loop(
      () => presence.#sweep(),
      (error) => bot.log.warn({ reason: reasonOf(error) }, 'could not look for dead workers; will look again'),
    )
    return presence
  }

  private constructor(bot: Bot) {
    this.#bot = bot
    this.#session = this.#connect()
  }

  /** Resolves once the name is held. */
  async hold(name: string): Promise<void> {
    this.#names.add(name)
    await holdName(await this.#session, name)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#sweeper?.stop()
    await this.#session.then((session) => session.end()).catch(() => {})
  }

  async #connect(): Promise<Session> {
    const session = await this.#bot.db.session({ lost: () => this.#reconnect() })
    for (const name of this.#names) await holdName(session, name)
    return session
  }

  #reconnect(): void {
    if (this.#stopped) return
    this.#session = this.#connect()
    // The sweep notices a session that could not be made, and asks for another.
    this.#session.catch(() => {})
  }

  async #sweep(): Promise<number> {
    await this.#session.catch((error: unknown) => {
      this.#reconnect()
      throw error
    })
    const others = (await lockedBy(this.#bot.db)).filter((name) => !this.#names.has(name))
    const free = others.length === 0 ? [] : await namesNotHeld(this.#bot.db, others)
    const dead = free.filter((name) => this.#suspects.has(name))
    this.#suspects = new Set(free)
    if (dead.length > 0) {
      await giveBackJobs(this.#bot.db, dead)
      this.#bot.log.warn({ workers: dead }, 'took over the jobs of workers that died')
    }
    return sweepEvery
  }
}
