// The connection over which Discord tells what people type and press. discord.js keeps one alive; this starts one again
// whenever there is none to keep, for ever, and says so in the log once an outage and not once an attempt.
import { setTimeout as delay } from 'node:timers/promises'
import {
  type APIInteraction,
  Client,
  Events,
  GatewayDispatchEvents,
  Options,
  SimpleShardingStrategy,
  type WebSocketManagerOptions,
} from 'discord.js'
import type { Clock } from '../../clock.ts'
import { reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Standing } from '../platform.ts'
import { restOptions } from './api.ts'
import { classify } from './errors.ts'
import { intents } from './reading.ts'

export type GatewayOptions = {
  token: string
  apiUrl: string | null
  log: Log
  clock: Clock
  /** Hears whether there is a connection. */
  standing: Standing
  /** Connected, for the first time or again. */
  onConnected(): void
  onInteraction(interaction: APIInteraction): void
  /** Each client that is made, before it connects: what else is to be heard. */
  onClient(client: Client): void
  /** Milliseconds; see `backWithin`. */
  backWithin?: number
}

/** Milliseconds between attempts: doubles from the first to the last. */
const firstPause = 1000
const longestPause = 60_000

/**
 * Milliseconds that discord.js has to come back by itself. It takes up its session where it left off, but when the gateway says nothing to
 * that and otherwise goes on, it waits for ever.
 */
const backWithin = 60_000

/** Milliseconds a connection has to close. */
const leavePatience = 3_000

export class Gateway {
  readonly #options: GatewayOptions
  readonly #ending = new AbortController()
  readonly #stopped: Promise<void>
  #running: Promise<void> = Promise.resolve()
  #pause = firstPause
  #downSince: Date | null = null

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#stopped = new Promise((resolve) => {
      this.#ending.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Begins to connect. `settled` is called once: when connected, or when the first attempt has failed. */
  start(settled: () => void): void {
    this.#running = this.#keepConnected(settled)
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  async #keepConnected(settled: () => void): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      await this.#connection(settled).catch((error: unknown) => this.#down(error))
      settled()
      if (signal.aborted) return
      await delay(this.#pause, undefined, { signal }).catch(() => undefined)
      this.#pause = Math.min(this.#pause * 2, longestPause)
    }
  }

  /** One client, from its login to its end. Rejects when there can be none. */
  async #connection(settled: () => void): Promise<void> {
    const { token, log } = this.#options
    const { client, park } = makeClient(this.#options.apiUrl)
    const ended = new Promise<void>((resolve) => {
      client.on(Events.ShardDisconnect, ({ code }) => {
        log.error({ code }, `the Discord gateway refuses this bot: ${closeReason(code)}`)
        this.#options.standing(`the gateway refuses this bot: ${closeReason(code)}`)
        resolve()
      })
      client.on(Events.Invalidated, resolve)
    })
    let giveUp: NodeJS.Timeout | undefined
    const stuck = new Promise<void>((resolve) => {
      client.on(Events.ShardReconnecting, () => {
        this.#down(undefined)
        giveUp ??= setTimeout(resolve, this.#options.backWithin ?? backWithin).unref()
      })
    })
    const back = () => {
      clearTimeout(giveUp)
      giveUp = undefined
      this.#up(settled)
    }
    client.on(Events.ShardReady, back)
    client.on(Events.ShardResume, back)
    client.on(Events.ShardError, (error) => this.#down(error))
    client.on(Events.Error, (error) => log.error({ reason: reasonOf(error) }, 'the Discord gateway reports an error'))
    client.ws.on(GatewayDispatchEvents.InteractionCreate, (interaction: APIInteraction) => {
      this.#options.onInteraction(interaction)
    })
    this.#options.onClient(client)
    try {
      await Promise.race([client.login(token), this.#stopped])
      await Promise.race([ended, stuck, this.#stopped])
    } catch (error) {
      this.#down(error)
    }
    clearTimeout(giveUp)
    park()
    client.removeAllListeners()
    client.on(Events.Error, () => undefined)
    const left = client
      .destroy()
      .catch((error: unknown) =>
        log.warn({ reason: reasonOf(error) }, 'could not leave the Discord gateway in good order'),
      )
    // A connection that is between two states may never say that it is closed; nothing of ours listens to it any more.
    await Promise.race([left, delay(leavePatience, undefined, { ref: false })])
  }

  #up(settled: () => void): void {
    const { log, clock } = this.#options
    const downFor = this.#downSince === null ? null : clock.now().getTime() - this.#downSince.getTime()
    if (downFor === null) log.info('connected to Discord')
    else log.info({ downFor }, `connected to Discord again after ${Math.round(downFor / 1000)} s`)
    this.#downSince = null
    this.#pause = firstPause
    this.#options.standing(null)
    this.#options.onConnected()
    settled()
  }

  #down(error: unknown): void {
    if (this.#ending.signal.aborted) return
    const reason = error === undefined ? 'the connection broke' : loginReason(error)
    // Why it broke is told before why it does not come back, and the latter lasts.
    if (error !== undefined || this.#downSince === null) this.#options.standing(reason)
    if (this.#downSince !== null) return
    this.#downSince = this.#options.clock.now()
    this.#options.log.warn(
      { reason },
      'Discord cannot tell us what people say; trying until it can (messages go out all the same)',
    )
  }
}

/**
 * A client that hears interactions, and what people do to messages. A connection of discord.js that fails at its first attempt fails the login,
 * yet goes on trying by itself, and one that is between two attempts when its client ends wakes up again: either would be
 * a second session that hears everything twice. After `park` such a one waits for ever instead.
 */
function makeClient(apiUrl: string | null): { client: Client; park: () => void } {
  const managers: WebSocketManagerOptions[] = []
  const client = new Client({
    intents,
    allowedMentions: { parse: [] },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      GuildMemberManager: 0,
    }),
    rest: restOptions(apiUrl),
    ws: {
      buildStrategy(manager) {
        managers.push(manager.options)
        return new SimpleShardingStrategy(manager)
      },
    },
  })
  const park = () => {
    for (const options of managers) options.retrieveSessionInfo = () => new Promise(() => undefined)
  }
  return { client, park }
}

function loginReason(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'TokenInvalid') {
    return 'Discord refused the bot token; check DISCORD_BOT_TOKEN'
  }
  return reasonOf(classify(error, { what: 'be reached' }))
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
function closeReason(code: number): string {
  if (code === 4004) return 'the bot token is not valid (any more); check DISCORD_BOT_TOKEN'
  if (code === 4013 || code === 4014) return 'an intent is not allowed for this bot'
  return `close code ${code}`
}
