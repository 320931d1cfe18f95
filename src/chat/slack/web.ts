// Bolt's Web API client with the short way for what is called thousands of times in a storm: no queue, no retries (which we
// want none of), and no copy of every request for a debug log that nobody reads. What it throws is the client's own.
import type { Clock } from '../../clock.ts'
import { webApi } from './bolt.ts'
import { type Answer, Connections } from './connections.ts'
import { Gate } from './gate.ts'

/** Milliseconds until a request to Slack is given up. */
export const patience = 10_000

/** Seconds to wait when Slack says that we ask too much, and not for how long. */
export const longPause = 30

export class DirectClient extends webApi.WebClient {
  readonly #connections: Connections
  readonly #path: string
  readonly #headers: string[]
  readonly #gate: Gate

  constructor(token: string, options: webApi.WebClientOptions, clock: Clock, proxy: string | null = null) {
    super(token, options)
    this.#gate = new Gate(clock)
    const { origin, pathname } = new URL(this.slackApiUrl)
    this.#connections = new Connections(origin, patience, proxy)
    this.#path = pathname
    this.#headers = [
      ...['authorization', `Bearer ${token}`, 'accept', 'application/json'],
      ...['content-type', 'application/x-www-form-urlencoded'],
    ]
  }

  /** Keeps no connection ready from now on. */
  stop(): void {
    this.#connections.stop()
  }

  override async apiCall(method: string, options: Record<string, unknown> = {}): Promise<webApi.WebAPICallResult> {
    // A file is sent in parts, which the client knows how to do.
    if (Object.values(options).some((value) => value instanceof Uint8Array)) return super.apiCall(method, options)
    const wait = this.#gate.wait(method, options)
    if (wait > 0) throw new webApi.WebAPIRateLimitedError(wait / 1000)
    const answer = await this.#send(method, options)
    if (!answer.ok) throw new webApi.WebAPIPlatformError(answer as Refused)
    return answer
  }

  async #send(method: string, options: Record<string, unknown>): Promise<webApi.WebAPICallResult> {
    const { status, headers, text } = await this.#post(method, form(options))
    const wait = Number.parseInt(String(headers['retry-after']), 10)
    if (status === 429) {
      const seconds = Number.isNaN(wait) ? longPause : wait
      this.#gate.close(method, options, seconds * 1000)
      throw new webApi.WebAPIRateLimitedError(seconds)
    }
    if (status !== 200) throw new webApi.WebAPIHTTPError(status, '', {}, text)
    const data = parsed(text)
    data.response_metadata ??= {}
    const scopes = headers['x-oauth-scopes']
    if (scopes !== undefined)
      data.response_metadata.scopes = String(scopes)
        .trim()
        .split(/\s*,\s*/)
    if (!Number.isNaN(wait)) data.response_metadata.retryAfter = wait
    return data
  }

  async #post(method: string, body: string): Promise<Answer> {
    try {
      return await this.#connections.post(`${this.#path}${method}`, this.#headers, body)
    } catch (error) {
      throw new webApi.WebAPIRequestError(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

type Refused = webApi.WebAPICallResult & { error: string }

/** A form, as Slack takes it for every method; what is no plain value is JSON. */
export function form(options: Record<string, unknown>): string {
  let fields = ''
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    fields += `${fields === '' ? '' : '&'}${name}=${escaped(text)}`
  }
  return fields
}

/** Half of a letter, as a text may have that was cut, cannot be sent: better without it than not at all. */
function escaped(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
  }
}

/** What is not JSON is a refusal with that text: see errors.ts. */
function parsed(text: string): webApi.WebAPICallResult {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null) return data as webApi.WebAPICallResult
  } catch {
    // Told below.
  }
  return { ok: false, error: text } as webApi.WebAPICallResult
}
