// Slack speaking to us over HTTP: a receiver for Bolt that owns no port, so that it can sit at /slack/events of our server.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App, Receiver } from '@slack/bolt'
import { reasonOf } from '../../errors.ts'
import type { OnceDeps } from '../once.ts'
import type { Standing } from '../platform.ts'
import { verifySlackRequest } from './bolt.ts'
import { limits } from './limits.ts'
import { onlyOnce } from './replay.ts'

type Deps = { signingSecret: string } & OnceDeps

/** Milliseconds in which the log is told once: anybody can send as many as they like. */
const quiet = 60_000

/** The request must come with its body unread: the signature is over its bytes. */
export class SignedReceiver implements Receiver {
  readonly #deps: Deps
  #app: App | null = null
  /** When the log was told of a stranger. */
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(deps: Deps) {
    this.#deps = deps
  }

  init(app: App): void {
    this.#app = app
  }

  /** Nothing to connect to: Slack calls us. */
  async start(standing: Standing): Promise<void> {
    standing(null)
  }

  async stop(): Promise<void> {}

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    this.#handle(request, response).catch((error: unknown) => {
      // Whoever goes away before the end is no longer there to be answered; and could be anybody.
      if (!request.complete) return
      this.#deps.log.error({ reason: reasonOf(error) }, 'a request from Slack could not be answered')
      answer(response, 500)
    })
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === null) return answer(response, 413)
    const signedAt = this.#signedAt(request, body)
    if (signedAt === null) return answer(response, 401)
    const payload = parse(body, request.headers['content-type'] ?? '')
    if (payload === null) return answer(response, 400)
    if (payload.ssl_check !== undefined) return answer(response, 200)
    if (payload.type === 'url_verification') return answer(response, 200, { challenge: payload.challenge })
    if (this.#app === null) return answer(response, 503)
    const ack = async (content?: unknown) => answer(response, 200, content)
    // By what the signature is over, and not by the header as it came: Bolt reads over what follows a second “=” there.
    const customProperties = onlyOnce(`http:${signedAt}:${body}`, this.#deps)
    await this.#app.processEvent({ body: payload, ack, customProperties })
    // Nobody listens for what this is; Slack shows that to whoever did it.
    answer(response, 404)
  }

  /** In seconds, as Slack wrote it. Null: Slack did not sign this, or too long ago. */
  #signedAt(request: IncomingMessage, body: string): number | null {
    const { signingSecret, clock, log } = this.#deps
    const signature = request.headers['x-slack-signature']
    const timestamp = Number(request.headers['x-slack-request-timestamp'])
    try {
      if (typeof signature !== 'string' || !Number.isInteger(timestamp)) throw new Error('the request is not signed')
      verifySlackRequest({
        signingSecret,
        body,
        headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp },
        nowMilliseconds: clock.now().getTime(),
      })
      return timestamp
    } catch (error) {
      const from = request.socket.remoteAddress
      const now = clock.now().getTime()
      if (now - this.#toldAt >= quiet) {
        this.#toldAt = now
        log.warn(
          { from, reason: reasonOf(error) },
          'refused a request that Slack did not sign: check SLACK_SIGNING_SECRET (told once a minute)',
        )
      }
      return null
    }
  }
}

/** Null: larger than Slack's requests ever are. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  let body: string | null = ''
  request.setEncoding('utf8')
  // Read to its end also when it is too large: whoever still writes would never see the answer.
  for await (const chunk of request as AsyncIterable<string>) {
    body = body !== null && body.length + chunk.length <= limits.requestBody ? body + chunk : null
  }
  return body
}

/** Commands come as a form, buttons as a form with JSON in `payload`, events as JSON. */
function parse(body: string, contentType: string): Record<string, unknown> | null {
  try {
    if (contentType.startsWith('application/json')) return asObject(JSON.parse(body))
    const form = Object.fromEntries(new URLSearchParams(body))
    return typeof form.payload === 'string' ? asObject(JSON.parse(form.payload)) : form
  } catch {
    return null
  }
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

/** The first answer counts. */
function answer(response: ServerResponse, status: number, content?: unknown): void {
  if (response.headersSent) return
  if (content === undefined || content === '') {
    response.writeHead(status).end()
    return
  }
  const isText = typeof content === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' })
  response.end(isText ? content : JSON.stringify(content))
}
