// Topics of rooms. Discord lets a channel's topic change twice in ten minutes and an incident changes faster than that: whoever tells the
// room is told how long to wait, and sets then what is true by then. Nothing waits here, where it would end with the process,
// or overtake what another replica has set.
import { Routes } from 'discord.js'
import { TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { DiscordApi } from './api.ts'
import { fitLine } from './cut.ts'
import { channel as limits } from './limits.ts'

export class Topics {
  readonly #api: DiscordApi
  readonly #log: Log
  /** What channels were opened with, until they are told their first topic: after that another replica may have changed it. */
  readonly #opened = new Map<string, string>()
  /** Until when Discord takes no other topic of a channel, by the monotonic clock: asked before, it would only say so again. */
  readonly #closed = new Map<string, number>()

  constructor(api: DiscordApi, log: Log) {
    this.#api = api
    this.#log = log
  }

  /** The channel was opened with this topic: setting the same one again would waste one of the two changes. */
  opened(channel: string, topic: string): void {
    this.#opened.set(channel, topic)
  }

  /** Throws when Discord refuses for good, or cannot be reached; for one change too many TransientError with its `retryAfter`. */
  async set(channel: string, topic: string): Promise<void> {
    const opened = this.#opened.get(channel)
    this.#opened.delete(channel)
    if (opened === topic) return
    const wait = (this.#closed.get(channel) ?? 0) - performance.now()
    if (wait > 0) throw new TransientError(tooMany, { retryAfter: Math.ceil(wait) })
    this.#closed.delete(channel)
    try {
      const doing = { what: 'set the topic', needs: 'Manage Channels' }
      const body = { topic: fitLine(topic, limits.topic).text }
      await this.#api.call(doing, 'patch', Routes.channel(channel), { body })
    } catch (error) {
      if (!(error instanceof TransientError) || error.retryAfter === null) throw error
      const { retryAfter } = error
      this.#closed.set(channel, performance.now() + retryAfter)
      this.#log.info({ channel, wait: retryAfter }, tooMany)
      throw error
    }
  }
}

const tooMany = 'the topic has to wait: two changes in ten minutes is the limit'
