// Who may come in: names the bot answers to, pages that may act, and the access token where one is set.
import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config/config.ts'
import { RejectedInput } from '../errors.ts'
import { hasToken, sameSecret } from '../sources/verify.ts'
import type { Attempts } from './attempts.ts'

export const sessionCookie = 'tocsin_session'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

/** What the cookie of a signed-in browser holds: a new access token ends every session. */
export function sessionOf(accessToken: string): string {
  return createHmac('sha256', accessToken).update('tocsin: session').digest('base64url')
}

/**
 * Before every page, API and console request. Without an access token the bot trusts whoever reaches it, which is only
 * this machine: then a foreign name in `Host` is a page in somebody's browser that had its own name point at us.
 */
export function guard(config: Config, attempts: Attempts) {
  const secret = config.accessToken
  const session = secret === null ? null : sessionOf(secret)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (secret === null || session === null) refuseForeignHost(request, config)
    else if (!isSignedIn(request, secret, session)) {
      refuseGuesses(request, reply, attempts)
      return askToSignIn(request, reply)
    }
    refuseForeignOrigin(request, config)
  }
}

/** Against names that others point at this machine. Throws RejectedInput (403). */
export function refuseForeignHost(request: Pick<FastifyRequest, 'headers'>, config: Config): void {
  const host = hostname(request.headers.host ?? '')
  if (loopback.has(host) || host === hostname(new URL(config.server.publicUrl).host)) return
  throw new RejectedInput(
    'this name is not one the bot answers to: use its address on this machine, or set public_url in tocsin.yaml',
    403,
  )
}

function isSignedIn(request: FastifyRequest, secret: string, session: string): boolean {
  return hasToken(request.headers.authorization, secret) || sameSecret(cookieOf(request, sessionCookie), session)
}

/** Who presents no token guesses none: a session of an older one cannot be guessed, Basic is a proxy's. Throws RejectedInput, 429. */
export function refuseGuesses(request: FastifyRequest, reply: FastifyReply, attempts: Attempts): void {
  if (!/^Bearer +\S/i.test(request.headers.authorization ?? '') || !attempts.wrong(request, reply)) return
  throw new RejectedInput(
    'that is not the access token, and many wrong ones came from this address: try another in a minute, the right one works at any time',
    429,
  )
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply): void {
  if (request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')) {
    reply.redirect(`/login?to=${encodeURIComponent(request.url)}`, 303)
    return
  }
  throw new RejectedInput('send the access token: "authorization: Bearer …", or sign in at /login', 401)
}

/** A form or script of another site may reach us through a person's browser; it must not act in that person's name. */
export function refuseForeignOrigin(request: FastifyRequest, config: Config): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  const own = origin === undefined || isOwn(origin, host ?? '', config)
  if (own && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new RejectedInput('this request comes from a page of another site', 403)
}

function isOwn(origin: string, host: string, config: Config): boolean {
  const given = URL.canParse(origin) ? new URL(origin) : null
  return given !== null && (given.host === host || given.origin === new URL(config.server.publicUrl).origin)
}

function cookieOf(request: FastifyRequest, name: string): string {
  const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return cookies.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}

/** Without the port. */
function hostname(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}

/**
 * On every answer: nothing from elsewhere is loaded, nobody frames us, nothing is guessed or kept by others.
 * `scripts`: sources of scripts besides our own files.
 */
export function securityHeaders(scripts: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'self' ${scripts}`.trim(),
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // What may be kept says so itself.
    'cache-control': 'no-store',
    // Not no-referrer: a browser then hides the origin of our own sign-in form from us, too.
    'referrer-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
}
