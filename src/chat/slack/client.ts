// How we talk to Slack's Web API: one address, ten seconds, no retries (the job queue retries, and only it can first look
// whether the earlier attempt arrived), and Bolt's log in ours.
import type { Logger } from '@slack/bolt'
import type { Clock } from '../../clock.ts'
import type { SlackConfig } from '../../config/config.ts'
import type { Log } from '../../log.ts'
import { LogLevel, type webApi } from './bolt.ts'
import { slackError } from './errors.ts'
import { DirectClient, longPause, patience } from './web.ts'

export type SlackClient = webApi.WebClient

/** Options for every client of Bolt's, ours and its own; a new object each time, because Bolt writes into it. */
export function clientOptions(config: SlackConfig, log: Log): webApi.WebClientOptions {
  return {
    ...(config.apiUrl !== null && { slackApiUrl: config.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: patience,
    fetch: wholeAnswers,
    logger: boltLogger(log),
  }
}

/** The client that acts as the bot. */
export function slackClient(config: SlackConfig, log: Log, clock: Clock): DirectClient {
  return new DirectClient(config.botToken, clientOptions(config, log), clock)
}

/** Waits for a call of the client; what it throws is told apart (errors.ts). `method` is Slack's name for the call. */
export async function asked<T>(method: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw slackError(error, method)
  }
}

/**
 * fetch that also reads the body before it answers, and always ends: the client would otherwise report a connection lost in
 * the middle of an answer as a bug, and Bolt's respond() would wait for ever.
 */
async function wholeAnswers(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(patience) })
  const body = await response.arrayBuffer()
  const headers = new Headers(response.headers)
  // Undone by fetch already.
  headers.delete('content-encoding')
  headers.delete('content-length')
  if (response.status === 429 && !namesTime(headers.get('retry-after'))) headers.set('retry-after', String(longPause))
  const { status, statusText } = response
  return new Response([101, 204, 205, 304].includes(status) ? null : body, { status, statusText, headers })
}

function namesTime(retryAfter: string | null | undefined): boolean {
  return /^\d+/.test(retryAfter ?? '')
}

type RequestInfo = Parameters<typeof fetch>[0]

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
