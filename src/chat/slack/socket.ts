// Keeping the Socket Mode connection. Bolt's own reconnecting gives up when Slack is unreachable, with a rejection that
// nobody can catch and that ends the process; so it is switched off and done here.
import { once } from 'node:events'
import type { App, Receiver } from '@slack/bolt'
import type { SlackConfig } from '../../config/config.ts'
import { reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Standing } from '../platform.ts'
import { SocketModeReceiver } from './bolt.ts'
import { boltLogger, clientOptions } from './client.ts'
import { slackError } from './errors.ts'
import { Backoff } from './patience.ts'

/** Milliseconds for a connection to say hello. */
const helloWithin = 15_000
/** Milliseconds a connection must have lived to count as good: Slack changes it every few hours, and that is no failure. */
const goodAfter = 10_000

export class SocketReceiver implements Receiver {
  readonly #receiver: InstanceType<typeof SocketModeReceiver>
  readonly #log: Log
  readonly #backoff = new Backoff()
  #standing: Standing = () => {}

  constructor(appToken: string, config: SlackConfig, log: Log) {
    this.#log = log
    this.#receiver = new SocketModeReceiver({
      appToken,
      autoReconnectEnabled: false,
      logger: boltLogger(log),
      installerOptions: { clientOptions: clientOptions(config, log) },
    })
  }

  init(app: App): void {
    this.#receiver.init(app)
  }

  /** Resolves after the first connection or the first failure; it keeps connecting by itself until `stop`. */
  start(standing: Standing): Promise<void> {
    this.#standing = standing
    return new Promise((resolve) => void this.#keep(resolve))
  }

  async stop(): Promise<void> {
    this.#backoff.stop()
    await this.#receiver.stop()
  }

  async #keep(tried: () => void): Promise<void> {
    let goOn = true
    while (goOn) {
      const since = performance.now()
      await this.#connectOnce(tried)
      tried()
      const wasGood = performance.now() - since > goodAfter
      if (wasGood) this.#backoff.succeeded()
      // No pause after a good one: meanwhile people's commands would get no answer.
      goOn = wasGood ? !this.#backoff.stopped : await this.#backoff.wait()
    }
  }

  /** Resolves when the connection has ended, or could not be made. */
  async #connectOnce(connected: () => void): Promise<void> {
    const { client } = this.#receiver
    const ended = new AbortController()
    const end = new Promise<void>((resolve) => client.once('disconnected', () => resolve()))
    try {
      await Promise.race([this.#receiver.start(), lateness(ended.signal)])
      if (this.#backoff.stopped) return void (await this.#receiver.stop())
      this.#log.info('Slack Socket Mode connected')
      this.#standing(null)
      connected()
      await end
      if (this.#backoff.stopped) return
      this.#log.info('Slack Socket Mode connection ended, connecting again')
      this.#standing('the Socket Mode connection ended, connecting again')
    } catch (error) {
      if (this.#backoff.stopped) return
      const reason = reasonOf(slackError(error, 'apps.connections.open'))
      this.#log.warn({ reason }, 'Slack Socket Mode cannot connect, trying on')
      this.#standing(reason)
      void client.disconnect()
    } finally {
      ended.abort()
    }
  }
}

async function lateness(signal: AbortSignal): Promise<never> {
  await once(AbortSignal.timeout(helloWithin), 'abort', { signal }).catch(() => {})
  throw new Error(`Slack said no hello within ${helloWithin / 1000} s`)
}
