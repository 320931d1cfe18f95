// Keeping the Socket Mode connection. Bolt's own reconnecting gives up when Slack is unreachable, with a rejection that
// nobody can catch and that ends the process; so it is switched off and done here. Each connection has a client of its own: the
// end of one that was given up must not be taken for the end of the next, which would leave two of them.
import { once } from 'node:events'
import type { App, Receiver } from '@slack/bolt'
import type { SlackConfig } from '../../config/config.ts'
import { reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { OnceDeps } from '../once.ts'
import type { Standing } from '../platform.ts'
import { SocketModeReceiver } from './bolt.ts'
import { boltLogger, clientOptions } from './client.ts'
import { slackError } from './errors.ts'
import { Backoff } from './patience.ts'
import { onlyOnce } from './replay.ts'
import { dispatcherTo } from './tunnel.ts'

/** Milliseconds for a connection to say hello, unless told. */
const usualPatience = 15_000
/** Milliseconds a connection must have lived to count as good: Slack changes it every few hours, and that is no failure. */
const goodAfter = 10_000

const closed =
  'the WebSocket of Socket Mode was closed before Slack said hello: something between may keep WebSockets out, such as a proxy'

type Deps = OnceDeps & { helloWithin?: number }

type Connection = InstanceType<typeof SocketModeReceiver>

export class SocketReceiver implements Receiver {
  readonly #open: () => Connection
  readonly #log: Log
  readonly #helloWithin: number
  readonly #backoff = new Backoff()
  #app: App | null = null
  #connection: Connection | null = null
  #standing: Standing = () => {}

  constructor(appToken: string, config: SlackConfig, deps: Deps) {
    const { log } = deps
    this.#log = log
    this.#helloWithin = deps.helloWithin ?? usualPatience
    const dispatcher = dispatcherTo(config.proxy, { timeout: this.#helloWithin })
    this.#open = () =>
      new SocketModeReceiver({
        appToken,
        ...(dispatcher !== null && { dispatcher }),
        autoReconnectEnabled: false,
        logger: boltLogger(log),
        installerOptions: { clientOptions: clientOptions(config, log) },
        // By what was said, which has an address of its own for the answer each time somebody says it, and not by the envelope: what
        // comes again may come in another.
        customPropertiesExtractor: ({ body }: { body: unknown }) => onlyOnce(`socket:${JSON.stringify(body)}`, deps),
      })
  }

  init(app: App): void {
    this.#app = app
  }

  /** Resolves after the first connection or the first failure; it keeps connecting by itself until `stop`. */
  start(standing: Standing): Promise<void> {
    this.#standing = standing
    return new Promise((resolve) => void this.#keep(resolve))
  }

  async stop(): Promise<void> {
    this.#backoff.stop()
    await this.#connection?.stop()
  }

  async #keep(tried: () => void): Promise<void> {
    let goOn = true
    while (goOn) {
      const lived = await this.#connectOnce(tried)
      tried()
      const wasGood = lived > goodAfter
      if (wasGood) this.#backoff.succeeded()
      // No pause after a good one: meanwhile people's commands would get no answer.
      goOn = wasGood ? !this.#backoff.stopped : await this.#backoff.wait()
    }
  }

  /** Resolves when the connection has ended, or could not be made, with the milliseconds that it was there. */
  async #connectOnce(connected: () => void): Promise<number> {
    const connection = this.#open()
    const { client } = connection
    if (this.#app !== null) connection.init(this.#app)
    this.#connection = connection
    const ended = new AbortController()
    const end = new Promise<void>((resolve) => client.once('disconnected', () => resolve()))
    try {
      await Promise.race([connection.start(), lateness(this.#helloWithin, ended.signal)])
      const since = performance.now()
      if (this.#backoff.stopped) return await connection.stop().then(() => 0)
      this.#log.info('Slack Socket Mode connected')
      this.#standing(null)
      connected()
      await end
      if (this.#backoff.stopped) return 0
      this.#log.info('Slack Socket Mode connection ended, connecting again')
      this.#standing('the Socket Mode connection ended, connecting again')
      return performance.now() - since
    } catch (error) {
      if (this.#backoff.stopped) return 0
      // A WebSocket that closes before it is open is no error to the client.
      const reason = error === undefined ? closed : reasonOf(slackError(error, 'apps.connections.open'))
      this.#log.warn({ reason }, 'Slack Socket Mode cannot connect, trying on')
      this.#standing(reason)
      // Slack may say hello all the same, later.
      client.on('connected', () => void client.disconnect())
      void client.disconnect()
      return 0
    } finally {
      ended.abort()
    }
  }
}

async function lateness(helloWithin: number, signal: AbortSignal): Promise<never> {
  await once(AbortSignal.timeout(helloWithin), 'abort', { signal }).catch(() => {})
  throw new Error(`Slack said no hello within ${helloWithin / 1000} s`)
}
