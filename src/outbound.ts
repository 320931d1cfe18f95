// The only way out over HTTP (besides the chat SDKs' own): one factory, so that every request has a deadline, a size
// limit, kept-alive connections, and errors that say what happens next without saying a secret.
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import type { AxiosInstance, AxiosResponse, AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import { agentWith, type Certificates } from './certificates.ts'
import { PermanentError, TransientError } from './errors.ts'
import { readJson } from './json.ts'

/** Loaded with the first client; and as one file, which it is for `require`, not as the seventy for `import`. */
const require = createRequire(import.meta.url)
const axios = (): AxiosStatic => require('axios')

export type Outbound = AxiosInstance

export type OutboundOptions = {
  /** Who is asked, as a person calls it: the first word of every error, e.g. `Prometheus`. */
  name: string
  /** `http(s)://[user:password@]host[:port][/base]`; user and password become basic auth and are never shown. */
  baseUrl: string
  /** Milliseconds for the whole exchange, from connecting to the last byte. */
  timeout: number
  /** Bytes; default 8 MiB: more than any chart or page needs, and still parsed in well under a second. */
  maxResponse?: number
  /** Bytes; default 16 MiB. */
  maxRequest?: number
  headers?: Record<string, string>
  tls?: Certificates | undefined
  /** Address of the proxy on the way, with user and password where it wants them; null: none. */
  proxy?: string | null
  /** Where tocsin.yaml says how the bot signs in, e.g. `loki`: who is not let in is told what to set there. */
  section?: string
  /** What answers may repeat and nobody is to read, besides user, password and headers: parts of an address, say. */
  secrets?: string[]
  /** The status is the whole answer, as soon as it is there: what becomes of the rest changes nothing about what was taken. */
  statusOnly?: boolean
  /** Statuses behind which there may be an outage, too: they are refusals for now, see errors.ts. */
  mayPass?: number[]
}

const MiB = 1024 * 1024
/** Characters. */
const longestReason = 64 * 1024
// Shared by all clients: a client is cheap to make for one incident, its connections stay.
const agents = {
  httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 32 }),
  httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 32 }),
}

/**
 * An axios client for one outside system. Relative addresses start at `baseUrl`, whose path is kept.
 * Rejects only with TransientError (no connection, too slow, 5xx, 429 with its Retry-After in milliseconds, what `mayPass`) or
 * PermanentError (other statuses, too large, an unusable address).
 */
export function outbound(options: OutboundOptions): Outbound {
  const { origin, base, auth } = addressOf(options)
  const ours = wayOut(options)
  const client = axios().create({
    ...ours,
    baseURL: base,
    ...(auth === null ? {} : { auth }),
    timeout: options.timeout,
    maxContentLength: options.maxResponse ?? 8 * MiB,
    maxBodyLength: options.maxRequest ?? 16 * MiB,
    transformResponse: jsonOrText,
    ...(options.statusOnly && { responseType: 'stream' as const }),
    maxRedirects: 3,
    beforeRedirect: (next: Next, _: unknown, asked: { method: string }) => {
      refuseOtherHost(origin, next)
      refuseOtherMethod(next, asked)
    },
    headers: { 'user-agent': 'tocsin', ...options.headers },
  })
  client.interceptors.request.use((config) => {
    // axios' own timeout ends with the response's head; a body that drips for ever needs this one.
    config.signal ??= AbortSignal.timeout(config.timeout ?? options.timeout)
    return config
  })
  const secrets = secretsOf(auth, options.headers, ours.proxy, options.secrets)
  const { timeout, section = null, mayPass = [] } = options
  const asked = { who: `${options.name} (${origin.origin})`, timeout, secrets, section, mayPass }
  client.interceptors.response.use(options.statusOnly ? letGo : undefined, async (error: unknown) => {
    if (resetOnce(error)) return client.request(error.config)
    if (axios().isAxiosError(error) && error.response?.data instanceof Readable)
      error.response.data = jsonOrText(await beginningOf(error.response.data))
    if (axios().isAxiosError(error) && !error.response) dropIdle(origin, ours)
    throw classify(error, { ...asked, wayIn: (told) => wayIn(options, auth, told) })
  })
  return client
}

/** Read to its end, so that the connection can be kept; until the deadline, and no more than its limit. */
function letGo(response: AxiosResponse): AxiosResponse {
  response.data.on('error', () => {}).resume()
  return response
}

/** Enough to say what is wrong; what comes before it breaks off. */
async function beginningOf(body: Readable): Promise<string> {
  let text = ''
  try {
    for await (const chunk of body) {
      text += String(chunk)
      if (text.length > longestReason) break
    }
  } catch {
    // What there is will do.
  }
  return text
}

/** As axios reads an answer by itself, but for what nests so deep that reading it would hold up everything. */
function jsonOrText(data: unknown): unknown {
  if (typeof data !== 'string' || data === '') return data
  try {
    return readJson(data)
  } catch {
    return data
  }
}

/** What the environment says of proxies does not count: one meant for the internet cannot see what is in the house. */
function wayOut({ tls, name, proxy }: OutboundOptions) {
  const ours = tls ? { ...agents, httpsAgent: agentWith(tls, name) } : agents
  return { ...ours, proxy: proxy ? proxyAt(proxy) : (false as const) }
}

function proxyAt(address: string) {
  const { protocol, hostname, port, username, password } = new URL(address)
  const auth = username === '' ? {} : { auth: { username: decoded(username), password: decoded(password) } }
  return { protocol, host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80), ...auth }
}

type Auth = { username: string; password: string }

function addressOf(options: OutboundOptions): { origin: URL; base: string; auth: Auth | null } {
  let url: URL
  try {
    url = new URL(options.baseUrl)
  } catch {
    throw new PermanentError(`The address of ${options.name} is not a URL; it looks like http://host:port/path`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PermanentError(`The address of ${options.name} must start with http:// or https://`)
  }
  const auth =
    url.username === '' && url.password === ''
      ? null
      : { username: decoded(url.username), password: decoded(url.password) }
  return { origin: url, base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, auth }
}

/** User and password as an address holds them. Percent signs that are not escapes are what somebody typed: taken as they are. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What of an address may be the key to it: whoever finds nothing there often says what was looked for. */
export function keysIn({ pathname, search, searchParams }: URL): string[] {
  const parts = [`${pathname}${search}`, pathname, search, ...searchParams.values(), ...pathname.split('/')]
  return parts.flatMap((part) => [part, decoded(part)]).filter((part) => part.length >= 12)
}

type Next = Record<string, unknown>

class OtherHost extends Error {}

/** What follows redirects puts our refusal into errors of its own. */
function otherHostIn(error: unknown): OtherHost | null {
  if (error instanceof OtherHost) return error
  return error instanceof Error && error.cause !== undefined ? otherHostIn(error.cause) : null
}

/** A redirect may go to another path, or from http to https, but not where nobody configured it to go. */
function refuseOtherHost(from: URL, next: Next): void {
  const to = new URL(String(next.href))
  const upgraded = from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname
  if (to.origin !== from.origin && !upgraded) throw new OtherHost(to.origin)
}

/**
 * After 301, 302 and 303 a POST becomes a GET, without what was to be said. Whoever answers that well has heard nothing: a page would be
 * taken for sent.
 */
function refuseOtherMethod(next: Next, { method }: { method: string }): void {
  if (String(next.method) !== method) throw new Error('a redirect that drops what is said')
}

type Retryable = Error & { config: InternalAxiosRequestConfig & { resetOnce?: boolean } }

/**
 * A kept connection may be closed by the other side just as it is used: asking again at once is the whole cure, where asking
 * twice does no harm. Servers on Node.js close theirs after five seconds, and a page would be a second late.
 */
function resetOnce(error: unknown): error is Retryable {
  if (!axios().isAxiosError(error) || error.response || !error.config) return false
  const config = error.config as Retryable['config']
  if (config.resetOnce || (config.method !== 'get' && !config.headers.has('idempotency-key'))) return false
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') return false
  config.resetOnce = true
  return true
}

/** `section` null: not the one who is asked for evidence, so nothing is known of how it is signed in to. */
type AskedAs = {
  who: string
  timeout: number
  secrets: string[]
  section: string | null
  mayPass: number[]
  wayIn: (told: string) => string
}

/**
 * A kept connection leads where the name led when it was made. When one of them is dead so may all be: tried one after the other,
 * each would cost a page its whole patience. What is under way goes on; the next request looks the name up again.
 */
function dropIdle({ protocol, hostname, port }: URL, { httpAgent, httpsAgent }: typeof agents): void {
  const [agent, usual] = protocol === 'https:' ? [httpsAgent, '443'] : [httpAgent, '80']
  const place = `${hostname.replace(/^\[(.*)\]$/, '$1')}:${port || usual}:`
  for (const [name, sockets = []] of Object.entries(agent.freeSockets)) {
    if (name.startsWith(place)) for (const socket of [...sockets]) socket.destroy()
  }
}

function classify(error: unknown, { who, timeout, secrets, section, mayPass, wayIn }: AskedAs): Error {
  if (!axios().isAxiosError(error)) return error instanceof Error ? error : new PermanentError(`${who} failed`)
  if (error.response) {
    const { status, data, headers } = error.response
    if (status < 300) return new TransientError(`${who} broke off its answer, or sent what cannot be unpacked`)
    if (mayPass.includes(status))
      return new TransientError(hide(`${who} answered ${status}${detailOf(data)}`, secrets), { isRefusal: true })
    if (status === 401 || status === 403) {
      const told = hide(detailOf(data, 150), secrets)
      return new PermanentError(`${who} answered ${status}${told}${wayIn(told)}`, { denied: true })
    }
    const message = hide(`${who} answered ${status}${detailOf(data)}`, secrets)
    const later = status === 429 || status === 408 || status >= 500
    return later
      ? new TransientError(message, { retryAfter: retryAfter(headers['retry-after'], headers.date) })
      : new PermanentError(message)
  }
  const other = otherHostIn(error)
  if (other !== null || /redirect/i.test(error.message)) {
    const to = other === null ? '' : ` to ${other.message}`
    const login = section === null ? '' : `, or where that is a page to sign in on, ${section}.token`
    return new PermanentError(
      `${who} redirects${to}, which is not followed; configure the address it redirects to${login}`,
    )
  }
  if (error.message.includes('maxContentLength'))
    return new PermanentError(`${who} answered with too much data`, { tooLarge: true })
  if (error.message.includes('maxBodyLength')) return new PermanentError(`The request to ${who} is too large`)
  if (error.code === 'ERR_INVALID_URL') return new PermanentError(`The address of ${who} is not usable`)
  if (error.code === 'ERR_CANCELED' || error.code === 'ECONNABORTED' || error.code === 'ETIMEDOUT') {
    return new TransientError(`${who} did not answer within ${Number((timeout / 1000).toFixed(2))} s`)
  }
  return new TransientError(hide(`${who} cannot be reached: ${networkReason(error.code, error.message)}`, secrets), {
    // Asked a second time, it may have been taken the first.
    isUntaken: isNobodyThere(error) && !(error as Retryable).config?.resetOnce,
  })
}

/** There was no connection over which anything could have been said. */
export function isNobodyThere({ code }: { code?: string | undefined }): boolean {
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'
}

function networkReason(code: string | undefined, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ENOTFOUND':
      return 'no such host'
    case 'EAI_AGAIN':
      return 'its name could not be looked up'
    case 'ECONNRESET':
      return 'it closed the connection'
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'nobody known vouches for its certificate; name the file of your own authority in NODE_EXTRA_CA_CERTS'
    // Which of them is said depends on the server: those in Go call a missing one bad.
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN':
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
      return 'it wants a certificate of the bot that it knows; look at tls, at cert and key'
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to it'
    default:
      return code ? `${message.replace(/\s+/g, ' ').trim()} (${code})` : message
  }
}

/** What the other side says is wrong, when it says so in one of the usual JSON fields or as plain text. */
function detailOf(data: unknown, limit = 300): string {
  let text: unknown = data
  if (typeof data === 'object' && data !== null) {
    const body = data as Record<string, unknown>
    const { error } = body
    // Elasticsearch and Jaeger say it one level deeper.
    const deeper = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : null
    text = deeper === null ? (error ?? body.message ?? body.detail) : (deeper.reason ?? deeper.message)
  }
  if (typeof text !== 'string' || text.trim() === '' || /^\s*</.test(text)) return ''
  const line = text.replace(/\s+/g, ' ').trim()
  return `: ${line.length > limit ? `${line.slice(0, limit - 1)}…` : line}`
}

/** What is to be set or looked at in tocsin.yaml for the bot to be let in. `told`: what the other side says of it. */
function wayIn({ section, headers = {} }: OutboundOptions, auth: Auth | null, told: string): string {
  if (section === undefined) return ''
  const key = (name: string) => `${section}.${name}`
  const basic = [key('user'), key('password')].join(' and ')
  // Elasticsearch has keys where the others have tokens.
  const token = key(section === 'elasticsearch' ? 'api_key' : 'token')
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const sent = [
    ...(auth !== null ? [`${basic} (or those in its address)`] : names.includes('authorization') ? [token] : []),
    ...(names.includes('x-scope-orgid') ? [key('tenant')] : []),
    ...(names.some((name) => name !== 'authorization' && name !== 'x-scope-orgid') ? [key('headers')] : []),
  ]
  if (/\borg.?id|tenant/i.test(told) && !names.includes('x-scope-orgid')) return `; set ${key('tenant')} in tocsin.yaml`
  return sent.length > 0 ? `; look at ${sent.join(', ')} in tocsin.yaml` : `; set ${token}, or ${basic}, in tocsin.yaml`
}

/** Milliseconds; a date is measured against the answer's own Date, not against this machine's clock. */
function retryAfter(header: unknown, date: unknown): number | null {
  if (typeof header !== 'string') return null
  const seconds = Number(header)
  if (Number.isFinite(seconds) && seconds >= 0) return Math.round(seconds * 1000)
  const wait = Date.parse(header) - (typeof date === 'string' ? Date.parse(date) : Number.NaN)
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}

function secretsOf(
  auth: Auth | null,
  headers: Record<string, string> = {},
  proxy: { auth?: Auth } | false = false,
  others: string[] = [],
) {
  const known = [auth, proxy === false ? null : proxy.auth].filter((one) => one !== null && one !== undefined)
  const values = [...others, ...known.flatMap(({ username, password }) => [password, `${username}:${password}`])]
  for (const [name, value] of Object.entries(headers)) {
    if (/auth|token|key|secret|cookie|pass|sign/i.test(name)) values.push(value, value.replace(/^\S+\s+/, ''))
  }
  return values.filter((value) => value.length >= 3).sort((a, b) => b.length - a.length)
}

function hide(text: string, secrets: string[]): string {
  let hidden = text
    .replace(/\/\/[^\s/@]+@/g, '//[redacted]@')
    .replace(/(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]')
  for (const secret of secrets) hidden = hidden.replaceAll(secret, '[redacted]')
  return hidden
}
