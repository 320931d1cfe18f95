// Decisions made before their instant, where so many fall due together that the last of them would be late: each is decided as of
// its instant, and only the writing is left for then. Nothing is written earlier, and what has changed by then is decided anew.
import type { Bot } from '../bot.ts'
import type { Override } from '../core/schedule.ts'
import { reasonOf } from '../errors.ts'
import { atOnce, type ComposedChanges, composeChanges, writeComposed } from '../store/changes.ts'
import { dueBetween, incidentsNow } from '../store/incidents.ts'
import { overridesAt } from '../store/overrides.ts'
import { isCollision } from '../store/problems.ts'
import { advance } from './advance.ts'
import { withEffects } from './effects.ts'
import { writing } from './opening.ts'

/** Milliseconds ahead that are looked at. */
export const horizon = 2_000
/** Milliseconds between two looks: each reads all that falls due within the horizon. */
const lookEvery = 250
/** Fewer than this at one instant are decided in time when they are due. */
const crowd = 100
/** More than this are not kept in memory. */
const mostAhead = 10_000
/** Written in one statement. */
const bunchSize = 300
/** Statements at a time: PostgreSQL has the machine for itself meanwhile. */
const lanes = 3
/** Milliseconds after its instant that a decision is not worth writing any more: the machine slept, and others are on call. */
const longestDelay = 1_000

type Bunch = { at: Date; numbers: number[] }
type Decided = { at: Date; composed: ComposedChanges }

/** Who is on call is read once for all of them, and once more before they are written: somebody may have taken the pager. */
type Basis = { from: Date; overrides: Override[] }

export class Ahead {
  readonly #bot: Bot
  #basis: Basis | null = null
  #lookedAt = Number.NEGATIVE_INFINITY
  #coming: Bunch[] = []
  #decided: Decided[] = []

  constructor(bot: Bot) {
    this.#bot = bot
  }

  /** How many bunches are decided and wait for their instant. */
  get waiting(): number {
    return this.#decided.length
  }

  /** Looks for what falls due soon, or decides the next bunch of it. False: there is nothing to do ahead. */
  async prepare(): Promise<boolean> {
    const now = this.#bot.clock.now()
    this.#coming = this.#coming.filter(({ at }) => at > now)
    if (this.#coming.length === 0) return this.#decided.length === 0 && (await this.#look(now))
    const [bunch] = this.#coming.splice(0, 1)
    if (bunch !== undefined && this.#basis !== null) await this.#decide(bunch, this.#basis)
    return this.#coming.length > 0
  }

  /** Writes what has become due of it. What cannot be written is left to whoever decides what is due. Never throws. */
  async write(): Promise<void> {
    const now = this.#bot.clock.now()
    const due = this.#decided.filter(({ at }) => at <= now)
    this.#decided = this.#decided.filter(({ at }) => at > now)
    if (due.length === 0 || this.#basis === null) return
    try {
      if (await this.#isOutdated(this.#basis)) {
        this.#decided = []
        return
      }
      const left = shuffled(due)
      const lane = async () => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) await this.#writeBunch(next)
      }
      const failed = (await Promise.allSettled(Array.from({ length: lanes }, lane))).find(
        (one) => one.status === 'rejected',
      )
      if (failed) throw failed.reason
    } catch (error) {
      this.#bot.log.warn(
        { reason: reasonOf(error) },
        'what was decided ahead could not be written; it is decided again',
      )
    }
  }

  /** One of which something has changed, or that another replica was faster with, costs next to nothing: nothing is written. */
  async #writeBunch({ at, composed }: Decided): Promise<void> {
    if (this.#bot.clock.now().getTime() - at.getTime() > longestDelay) return
    await writeComposed(this.#bot.db.line, composed).catch((error: unknown) => {
      if (!isCollision(error)) throw error
    })
  }

  async #look(now: Date): Promise<boolean> {
    if (now.getTime() - this.#lookedAt < lookEvery) return false
    this.#lookedAt = now.getTime()
    const due = await dueBetween(this.#bot.db.line, now, new Date(now.getTime() + horizon), mostAhead)
    this.#coming = bunches(due)
    if (this.#coming.length === 0) return false
    await this.#plan(now)
    this.#basis = { from: now, overrides: await overridesAt(this.#bot.db.line, now) }
    return true
  }

  /** So that no connection has to plan the statement when it is time. */
  async #plan(now: Date): Promise<void> {
    const nothing = atOnce(composeChanges([], { ...writing(this.#bot), now }, new Map()))
    await Promise.all(Array.from({ length: lanes }, () => writeComposed(this.#bot.db.line, nothing)))
  }

  async #decide({ at, numbers }: Bunch, { overrides }: Basis): Promise<void> {
    const then = { ...this.#bot, clock: { now: () => at } }
    try {
      const read = await incidentsNow(this.#bot.db.line, numbers)
      const changes = read
        // Whether its alerts still fire is written without its row being read here.
        .filter(({ incident }) => incident.quietUntil === null)
        .map((locked) => withEffects(then, advance(then, locked, overrides, at)))
        .filter((change) => change !== null)
      const seen = new Map(read.map(({ incident, version }) => [incident.number, version]))
      if (changes.length > 0) this.#decided.push({ at, composed: atOnce(composeChanges(changes, writing(then), seen)) })
    } catch (error) {
      this.#bot.log.warn(
        { reason: reasonOf(error) },
        'a bunch could not be decided ahead; it is decided when it is due',
      )
    }
  }

  async #isOutdated({ from, overrides }: Basis): Promise<boolean> {
    const now = await overridesAt(this.#bot.db.line, from)
    return JSON.stringify(now) !== JSON.stringify(overrides)
  }
}

/** Crowds that fall due at the same instant, as many of each as are worth a statement. */
function bunches(due: { number: number; at: Date }[]): Bunch[] {
  const crowds = new Map<number, number[]>()
  for (const { number, at } of due) {
    const numbers = crowds.get(at.getTime()) ?? []
    crowds.set(at.getTime(), numbers)
    numbers.push(number)
  }
  return [...crowds].flatMap(([at, numbers]) => (numbers.length < crowd ? [] : pieces(new Date(at), numbers)))
}

function pieces(at: Date, numbers: number[]): Bunch[] {
  const found: Bunch[] = []
  for (let i = 0; i < numbers.length; i += bunchSize) found.push({ at, numbers: numbers.slice(i, i + bunchSize) })
  return found
}

/** Replicas prepare the same; each begins somewhere else. */
function shuffled<T>(list: T[]): T[] {
  return list
    .map((one) => ({ one, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one)
}
