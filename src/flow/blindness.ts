// The stage that looks after our own database. Without it nobody is paged and nothing can be written down, so this is the one thing
// that is told without it: what is known of it is kept in memory, and each copy of the bot tells for itself.
import type { Bot } from '../bot.ts'
import { madeSince } from '../chat/mark.ts'
import type { ChatPlatform, Destination, MessageRef } from '../chat/platform.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { blindnessMessage } from '../messages/blindness.ts'
import { auditFindings } from '../metrics.ts'
import { placeOf } from '../store/presence.ts'
import { tryWriting } from '../store/trial.ts'
import { channelsOf } from './rooms.ts'

/** Milliseconds without a database before everybody is called: a restart or a failover is over by then. */
const patience = 2 * 60_000

/** Milliseconds in which everything was written before it counts as over: on a full disk there is room for a row now and then. */
const steady = 60_000

/**
 * Milliseconds by which each copy waits longer than the one before it, to find what that told: they notice it at different times, and
 * what Slack has just taken cannot be found at once.
 */
const apart = 60_000

/** Copies that it waits for at most: what looks like one in a database that others use, too, may be no copy. */
const mostBefore = 3

/** Milliseconds in which copies that lost the same database find each other's message, and leave it at that. */
const together = 10 * 60_000

type Blind = {
  since: Date
  problem: string
  /** The beginning of the time in which all was written; null: the last trial failed. */
  seesSince: Date | null
  /** Part of the message's key: the same for all copies, and never that of the time before. */
  time: number
  /** What it may be for copies that noticed it a little sooner or later. */
  others: number[]
}

type End = { platform: string; ref: MessageRef; since: Date; until: Date }

export class Blindness {
  readonly #bot: Bot
  #blind: Blind | null = null
  /** Where it was told, by platform. */
  readonly #told = new Map<string, MessageRef>()
  /** Times that are over, where the message does not say so yet: Slack may have been away, too. */
  readonly #ends: End[] = []
  /** Why it could not be told, by platform. */
  readonly #untold = new Map<string, string>()
  #time = 0
  /** When it could write for the first time; null: it never could. */
  #wroteAt: Date | null = null
  readonly #name: () => string | null
  /** How many copies tell it before this one. */
  #place = 0

  /** `name`: what this copy holds for as long as it lives; null: nothing yet. */
  constructor(bot: Bot, name: () => string | null = () => null) {
    this.#bot = bot
    this.#name = name
  }

  /** Why nothing can be written, or could not a moment ago; null: all is well. */
  get problem(): string | null {
    return this.#blind?.problem ?? null
  }

  /** Tries to write, and tells who has to know. Never throws. */
  async look(): Promise<void> {
    const begun = this.#bot.clock.now()
    const problem = await this.#try().then(() => null, reasonOf)
    if (problem === null) this.#wroteAt ??= begun
    if (problem !== null) await this.#fails(problem, begun)
    else if (this.#blind !== null) this.#works(this.#blind)
    await this.#tellEnds()
    auditFindings.set({ what: 'unwritable' }, this.#blind === null ? 0 : 1)
  }

  async #try(): Promise<void> {
    const { db } = this.#bot
    await tryWriting(db)
    const name = this.#name()
    if (name !== null) this.#place = Math.min(mostBefore, await placeOf(db, name).catch(() => this.#place))
  }

  async #fails(problem: string, at: Date): Promise<void> {
    const { since, time, others } = this.#blind ?? this.#begin(problem, at)
    this.#blind = { since, problem, seesSince: null, time, others }
    const now = this.#bot.clock.now()
    if (now.getTime() - since.getTime() < patience + this.#place * apart) return
    const message = blindnessMessage(this.#bot, { problem, since, until: null }, now)
    await this.#onEach(async (platform) => {
      if (this.#told.has(platform.name)) return
      const to = { channel: channelsOf(this.#bot, platform).incidents }
      const post = (as: number) => platform.post({ to, message, key: keyOf(as), accounts: {}, resumed: false })
      const tell = async () => {
        const { as, found } = await this.#lookFor(platform, to, time, others)
        this.#time = Math.max(this.#time, as)
        return found ?? post(as)
      }
      const posted = await tell().catch((error: unknown) => {
        // Where one cannot look for what another copy said, twice is better than never.
        if (error instanceof PermanentError) return post(time)
        throw error
      })
      this.#told.set(platform.name, posted)
    })
  }

  /** Where another copy told it, else as which time to tell it: one that was told before this copy could write was over by then. */
  async #lookFor(platform: ChatPlatform, to: Destination, time: number, others: number[]) {
    const since = this.#wroteAt
    const look = (as: number) => platform.find(to, since === null ? { key: keyOf(as) } : madeSince(keyOf(as), since))
    for (const as of others) {
      const found = await look(as)
      if (found !== null) return { as, found }
    }
    for (let as = time; ; as++) {
      const found = await look(as)
      const isFree = found === null && (await platform.find(to, { key: keyOf(as) })) === null
      if (found !== null || isFree) return { as, found }
    }
  }

  #begin(problem: string, at: Date): Pick<Blind, 'since' | 'time' | 'others'> {
    this.#bot.log.error({ problem }, 'the database takes nothing')
    const before = this.#time
    const timeOf = (instant: number) => Math.max(Math.floor(instant / together), before + 1)
    const time = timeOf(at.getTime())
    this.#time = time
    const around = [-apart, apart].map((by) => timeOf(at.getTime() + by))
    return { since: at, time, others: around.filter((one) => one !== time) }
  }

  #works(blind: Blind): void {
    const now = this.#bot.clock.now()
    blind.seesSince ??= now
    if (now.getTime() - blind.seesSince.getTime() < steady) return
    const { since, seesSince: until } = blind
    for (const [platform, ref] of this.#told) this.#ends.push({ platform, ref, since, until })
    this.#told.clear()
    this.#bot.log.warn({ since, until }, 'the database takes what is written again')
    this.#blind = null
  }

  /** Where it cannot be told, it is tried again at the next look. */
  async #tellEnds(): Promise<void> {
    if (this.#ends.length === 0) return
    const now = this.#bot.clock.now()
    await this.#onEach(async (platform) => {
      for (const end of this.#ends.filter((one) => one.platform === platform.name)) {
        const message = blindnessMessage(this.#bot, { problem: null, since: end.since, until: end.until }, now)
        await platform.update(end.ref, message, {}).catch((error: unknown) => {
          if (!(error instanceof PermanentError)) throw error
        })
        this.#ends.splice(this.#ends.indexOf(end), 1)
      }
    })
  }

  /** The console is in the same database. */
  async #onEach(tell: (platform: ChatPlatform) => Promise<void>): Promise<void> {
    const reached = this.#bot.platforms.filter(({ sheet }) => sheet === undefined)
    await Promise.all(
      reached.map((platform) =>
        tell(platform).then(
          () => void this.#untold.delete(platform.name),
          (error: unknown) => this.#notTold(platform.name, reasonOf(error)),
        ),
      ),
    )
  }

  #notTold(platform: string, reason: string): void {
    if (this.#untold.get(platform) === reason) return
    this.#untold.set(platform, reason)
    this.#bot.log.error({ platform, reason }, 'could not tell how the database is; will try again')
  }
}

function keyOf(time: number): string {
  return `blind/${time}`
}
