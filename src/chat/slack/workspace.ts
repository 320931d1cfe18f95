// Which workspace the bot belongs to and who it is there: asked until Slack has answered, and then now and again whether it
// is still so. In HTTP mode nothing else would tell that a token was revoked before somebody is to be paged.
import { setTimeout as pause } from 'node:timers/promises'
import { reasonOf, TransientError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Standing } from '../platform.ts'
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
  readonly #askEvery: number
  readonly #backoff = new Backoff()
  readonly #ending = new AbortController()
  #standing: Standing = () => {}
  /** The last one that is in the log; null when all is well, undefined before the first answer. */
  #problem: string | null | undefined
  #identity: Identity | null = null
  #asking: Promise<Identity> | null = null

  /** `askEvery`: milliseconds from one good answer to the next question. */
  constructor(client: SlackClient, log: Log, askEvery: number) {
    this.#client = client
    this.#log = log
    this.#askEvery = askEvery
  }

  /** Null until Slack has answered once. */
  get identity(): Identity | null {
    return this.#identity
  }

  /** Resolves after the first answer or the first failure; it keeps asking by itself until `stop`. */
  async start(standing: Standing): Promise<void> {
    this.#standing = standing
    void this.#keepAsking(await this.#try())
  }

  stop(): void {
    this.#backoff.stop()
    this.#ending.abort()
  }

  /** Asks Slack unless it has answered before. */
  async learn(): Promise<Identity> {
    if (this.#identity !== null) return this.#identity
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #keepAsking(answered: boolean): Promise<void> {
    const { signal } = this.#ending
    let known = answered
    while (!signal.aborted) {
      if (known) {
        this.#backoff.succeeded()
        await pause(this.#askEvery, undefined, { signal, ref: false }).catch(() => {})
      } else await this.#backoff.wait()
      if (!signal.aborted) known = await this.#try()
    }
  }

  async #try(): Promise<boolean> {
    try {
      const { teamId, botUserId } = await this.#ask()
      if (this.#problem !== null) this.#log.info({ teamId, botUserId }, 'Slack knows the bot')
      this.#tell(null)
      return true
    } catch (error) {
      const reason = reasonOf(error)
      const text = this.#identity ? 'Slack does not answer for the bot any more' : 'Slack does not know the bot yet'
      // Asked every few seconds, told when it changes.
      const level = error instanceof TransientError && !error.isRefusal ? 'warn' : 'error'
      if (reason !== this.#problem) this.#log[level]({ reason }, `${text}, trying on`)
      this.#tell(reason)
      return false
    }
  }

  #tell(problem: string | null): void {
    this.#problem = problem
    if (!this.#ending.signal.aborted) this.#standing(problem)
  }

  async #ask(): Promise<Identity> {
    const answer = await asked('auth.test', this.#client.auth.test())
    const { team_id: teamId, user_id: botUserId, url } = answer
    if (!teamId || !botUserId) throw new TransientError('Slack answered auth.test without a team and a user')
    const granted = answer.response_metadata?.scopes
    const missing = granted === undefined ? [] : allScopes().filter((scope) => !granted.includes(scope))
    // Asked every minute, told once.
    if (missing.length > 0 && this.#identity === null) {
      const fix = 'install the app again with the manifest of "tocsin slack manifest"'
      this.#log.warn({ missing, fix }, 'the Slack app lacks scopes, parts of the bot will fail')
    }
    this.#identity = { teamId, botUserId, url: url ?? null }
    return this.#identity
  }
}
