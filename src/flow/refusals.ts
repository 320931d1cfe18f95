// What a source sent and could not be used, for which nobody is paged, or was used in spite of a fault: hardly a sender reads our
// answer. So the log tells it, and the incidents channel once a day for each source and reason.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
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
  /** A stranger was sent away: the log tells it, but nobody can fill the channel with it. */
  isStranger: boolean
  /** It was taken all the same, in spite of what the reason says. */
  isTaken?: boolean
  trace: string
}

export class Refusals {
  readonly #bot: Bot
  readonly #told = new Map<string, number>()

  constructor(bot: Bot) {
    this.#bot = bot
  }

  /** Never throws, and no answer waits for it. */
  async tell(refused: Refused): Promise<void> {
    const { source, reason, isStranger, isTaken = false, trace } = refused
    const { clock, log, db } = this.#bot
    const now = clock.now()
    // "alerts[3]" and "alerts[4]" are one mistake; and whoever tries one address after the other cannot fill the log.
    const kind = isStranger ? reason : `${source} ${isTaken ? 'taken: ' : ''}${reason.replace(/\d+/g, 'n')}`
    if (now.getTime() - (this.#told.get(kind) ?? Number.NEGATIVE_INFINITY) < quiet) return
    this.#remember(kind, now)
    log.warn({ source, reason, trace }, isTaken ? taken : 'alerts were refused: nobody is paged for them')
    if (isStranger) return
    const day = now.toISOString().slice(0, 10)
    const about = { kind: 'refused', source, reason, ...(isTaken && { isTaken }) } as const
    const key = `refused/${day}/${createHash('sha256').update(kind).digest('hex').slice(0, 16)}`
    try {
      await addNotices(db, toChannels(this.#bot, key, about), now)
    } catch (error) {
      log.error({ source, reason: reasonOf(error) }, 'nobody could be told that alerts are refused')
    }
  }

  #remember(kind: string, now: Date): void {
    this.#told.delete(kind)
    this.#told.set(kind, now.getTime())
    const [oldest] = this.#told.keys()
    if (this.#told.size > remembered && oldest !== undefined) this.#told.delete(oldest)
  }
}
