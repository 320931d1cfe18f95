// What a source sent and could not be used, for which nobody is paged, or was used in spite of a fault: hardly a sender reads our
// answer. So the log tells it, and the incidents channel once a day for each source and reason.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import { hasSentAlerts } from '../store/alerts.ts'
import { addNotices } from '../store/notices.ts'
import { toChannels } from './notices.ts'

/** Milliseconds in which the same is told once: a sender that is refused tries again and again. */
const quiet = 60_000

/** Reasons are ours, and few; this many are remembered all the same. */
const remembered = 1_000

const taken = 'alerts came with a fault, and were taken all the same'

export type Refused = {
  /** The name of the source in tocsin.yaml. */
  source: string
  reason: string
  /**
   * Somebody was sent away without a token, or for a name that is no source: the log tells it, and the channel where alerts came
   * from there before, as then its token or its name was changed. Nobody else can fill the channel with it.
   */
  isStranger: boolean
  /** It was taken all the same, in spite of what the reason says. */
  isTaken?: boolean
  trace: string
}

export class Refusals {
  readonly #bot: Bot
  readonly #told = new Map<string, number>()
  #isLooking = false

  constructor(bot: Bot) {
    this.#bot = bot
  }

  /** Never throws, and no answer waits for it. */
  async tell(refused: Refused): Promise<void> {
    const { source, reason, isStranger, isTaken = false, trace } = refused
    const { clock, log, db } = this.#bot
    const now = clock.now()
    // "alerts[3]" and "alerts[4]" are one mistake; and whoever tries one address after the other cannot fill the log.
    const kind = `${source} ${isTaken ? 'taken: ' : ''}${reason.replace(/\d+/g, 'n')}`
    const isNew = this.#isNew(isStranger ? reason : kind, now)
    if (isNew) log.warn({ source, reason, trace }, isTaken ? taken : 'alerts were refused: nobody is paged for them')
    if (isStranger ? !(await this.#isMissed(source, kind, now)) : !isNew) return
    const day = now.toISOString().slice(0, 10)
    const about = { kind: 'refused', source, reason, ...(isTaken && { isTaken }) } as const
    const key = `refused/${day}/${createHash('sha256').update(kind).digest('hex').slice(0, 16)}`
    try {
      await addNotices(db, toChannels(this.#bot, key, about), now)
    } catch (error) {
      log.error({ source, reason: reasonOf(error) }, 'nobody could be told that alerts are refused')
    }
  }

  /** Not told for a while, and told now. */
  #isNew(kind: string, now: Date): boolean {
    if (now.getTime() - (this.#told.get(kind) ?? Number.NEGATIVE_INFINITY) < quiet) return false
    this.#told.delete(kind)
    this.#told.set(kind, now.getTime())
    const [oldest] = this.#told.keys()
    if (this.#told.size > remembered && oldest !== undefined) this.#told.delete(oldest)
    return true
  }

  /** One at a time is looked for: whoever tries name after name must not queue at the database before alerts and pages. */
  async #isMissed(source: string, kind: string, now: Date): Promise<boolean> {
    if (this.#isLooking || !this.#isNew(kind, now)) return false
    this.#isLooking = true
    try {
      return await hasSentAlerts(this.#bot.db, source)
    } catch {
      // It is asked again with what comes next.
      this.#told.delete(kind)
      return false
    } finally {
      this.#isLooking = false
    }
  }
}
