// Topics of rooms. Discord lets a channel's topic change twice in ten minutes and an incident changes faster than that: the
// latest topic is kept and set when Discord allows it, so that a room that is over does not go on saying that it is not.
import { Routes } from 'discord.js'
import { reasonOf, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { DiscordApi } from './api.ts'
import { fitLine } from './cut.ts'
import { channel as limits } from './limits.ts'

export class Topics {
  readonly #api: DiscordApi
  readonly #log: Log
  /** What channels were opened with, until they are told their first topic: after that another replica may have changed it. */
  readonly #opened = new Map<string, string>()
  readonly #waiting = new Map<string, NodeJS.Timeout>()

  constructor(api: DiscordApi, log: Log) {
    this.#api = api
    this.#log = log
  }

  /** The channel was opened with this topic: setting the same one again would waste one of the two changes. */
  opened(channel: string, topic: string): void {
    this.#opened.set(channel, topic)
  }

  /** Throws when Discord refuses for good, or cannot be reached; one change too many is made later and is no error. */
  async set(channel: string, topic: string): Promise<void> {
    clearTimeout(this.#waiting.get(channel))
    this.#waiting.delete(channel)
    const opened = this.#opened.get(channel)
    this.#opened.delete(channel)
    if (opened === topic) return
    try {
      const doing = { what: 'set the topic', needs: 'Manage Channels' }
      const body = { topic: fitLine(topic, limits.topic).text }
      await this.#api.call(doing, 'patch', Routes.channel(channel), { body })
    } catch (error) {
      if (!(error instanceof TransientError) || error.retryAfter === null) throw error
      this.#log.info(
        { channel, wait: error.retryAfter },
        'the topic has to wait: two changes in ten minutes is the limit',
      )
      this.#waiting.set(channel, setTimeout(() => void this.#setLate(channel, topic), error.retryAfter).unref())
    }
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
  }

  async #setLate(channel: string, topic: string): Promise<void> {
    try {
      await this.set(channel, topic)
    } catch (error) {
      this.#log.warn({ channel, reason: reasonOf(error) }, 'the topic stays as it was')
    }
  }
}
