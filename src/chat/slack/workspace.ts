// Which workspace the bot belongs to and who it is there: asked once, kept asking while Slack is down.
import { reasonOf, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { asked, type SlackClient } from './client.ts'
import { Backoff } from './patience.ts'
import { allScopes } from './scopes.ts'

export type Identity = {
  teamId: string
  botUserId: string
  /** Of the workspace, e.g. `https://acme.slack.com/`; null when Slack does not say. */
  url: string | null
}

export class Workspace {
  readonly #client: SlackClient
  readonly #log: Log
  readonly #backoff = new Backoff()
  #identity: Identity | null = null
  #asking: Promise<Identity> | null = null

  constructor(client: SlackClient, log: Log) {
    this.#client = client
    this.#log = log
  }

  /** Null until Slack has answered once. */
  get identity(): Identity | null {
    return this.#identity
  }

  /** Resolves after the first answer or the first failure; after a failure it keeps asking by itself. */
  async start(): Promise<void> {
    if (await this.#try()) return
    void this.#keepTrying()
  }

  stop(): void {
    this.#backoff.stop()
  }

  /** Asks Slack unless it has answered before. */
  async learn(): Promise<Identity> {
    if (this.#identity !== null) return this.#identity
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #keepTrying(): Promise<void> {
    while (await this.#backoff.wait()) if (await this.#try()) return
  }

  async #try(): Promise<boolean> {
    try {
      const { teamId, botUserId } = await this.learn()
      this.#log.info({ teamId, botUserId }, 'Slack knows the bot')
      return true
    } catch (error) {
      const later = error instanceof TransientError
      this.#log[later ? 'warn' : 'error']({ reason: reasonOf(error) }, 'Slack does not know the bot yet, trying on')
      return false
    }
  }

  async #ask(): Promise<Identity> {
    const answer = await asked('auth.test', this.#client.auth.test())
    const { team_id: teamId, user_id: botUserId, url } = answer
    if (!teamId || !botUserId) throw new TransientError('Slack answered auth.test without a team and a user')
    const granted = answer.response_metadata?.scopes
    const missing = granted === undefined ? [] : allScopes().filter((scope) => !granted.includes(scope))
    if (missing.length > 0) {
      const fix = 'install the app again with the manifest of "tocsin slack manifest"'
      this.#log.warn({ missing, fix }, 'the Slack app lacks scopes, parts of the bot will fail')
    }
    this.#identity = { teamId, botUserId, url: url ?? null }
    return this.#identity
  }
}
