// How we talk to Slack's Web API: one address, ten seconds, no retries (the job queue retries, and only it can first look
// whether the earlier attempt arrived), and Bolt's log in ours.
import type { Logger } from '@slack/bolt'
import { fetch as fetchThrough } from 'undici'
import type { Clock } from '../../clock.ts'
import type { SlackConfig } from '../../config/config.ts'
import type { Log } from '../../log.ts'
import { LogLevel, type webApi } from './bolt.ts'
import { slackError } from './errors.ts'
import { dispatcherTo } from './tunnel.ts'
import { DirectClient, longPause, patience } from './web.ts'

export type SlackClient = webApi.WebClient

/** Options for every client of Bolt's, ours and its own; a new object each time, because Bolt writes into it. */
export function clientOptions(config: SlackConfig, log: Log): webApi.WebClientOptions {
  return {
    ...(config.apiUrl !== null && { slackApiUrl: config.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: patience,
    fetch: wholeAnswers(sender(config.proxy)),
    logger: boltLogger(log),
  }
}

/** The client that acts as the bot. */
export function slackClient(config: SlackConfig, log: Log, clock: Clock): DirectClient {
  return new DirectClient(config.botToken, clientOptions(config, log), clock, config.proxy)
}

/** Waits for a call of the client; what it throws is told apart (errors.ts). `method` is Slack's name for the call. */
export async function asked<T>(method: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw slackError(error, method)
  }
}

type Send = typeof fetch

/** How fetch sends: by itself, or through a proxy. */
function sender(proxy: string | null): Send {
  const dispatcher = dispatcherTo(proxy, { timeout: patience })
  if (dispatcher === null) return fetch
  return async (input, init) => {
    // What goes out is Node's own, a form for instance, which the other fetch would not know: only its bytes are the same to both.
    const { url, method, headers, body, signal } = new Request(input, init)
    const bytes = body === null ? null : new Uint8Array(await new Response(body).arrayBuffer())
    const answer = await fetchThrough(url, { method, headers: [...headers], body: bytes, signal, dispatcher })
    const { status, statusText } = answer
    const content = status === 204 || status === 304 ? null : await answer.arrayBuffer()
    return new Response(content, { status, statusText, headers: [...answer.headers] })
  }
}

/**
 * fetch that also reads the body before it answers, and always ends: the client would otherwise report a connection lost in
 * the middle of an answer as a bug, and Bolt's respond() would wait for ever.
 */
function wholeAnswers(send: Send): Send {
  return async (input, init) => {
    const response = await send(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(patience) })
    const body = await response.arrayBuffer()
    const headers = new Headers(response.headers)
    // Undone by fetch already.
    headers.delete('content-encoding')
    headers.delete('content-length')
    if (response.status === 429 && !namesTime(headers.get('retry-after'))) headers.set('retry-after', String(longPause))
    const { status, statusText } = response
    return new Response([101, 204, 205, 304].includes(status) ? null : body, { status, statusText, headers })
  }
}

function namesTime(retryAfter: string | null | undefined): boolean {
  return /^\d+/.test(retryAfter ?? '')
}

/** Bolt's logger, writing into ours. Its debug lines hold whole requests, so they are left out. */
export function boltLogger(log: Log): Logger {
  const text = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => {},
    info: (...parts) => log.debug(text(parts)),
    // What fails is thrown as well, and told by whoever catches it.
    warn: (...parts) => log.debug(text(parts)),
    error: (...parts) => log.warn(text(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  }
}
