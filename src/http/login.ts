// The small page at which a browser trades the access token for a cookie, and where it gives that back.
import type { FastifyInstance } from 'fastify'
import { RejectedInput } from '../errors.ts'
import { sameSecret } from '../sources/verify.ts'
import type { Attempts } from './attempts.ts'
import type { ServerDeps } from './deps.ts'
import { refuseForeignOrigin, sessionCookie, sessionOf } from './guard.ts'
import { escapeHtml, page } from './page.ts'

/** Bytes. Nobody has shown a token yet, and there is little to say. */
const longest = 4096

const thirtyDays = 30 * 24 * 60 * 60

export function loginRoutes({ bot }: ServerDeps, attempts: Attempts) {
  const secure = bot.config.server.publicUrl.startsWith('https:') ? '; Secure' : ''
  const cookie = (value: string, seconds: number) =>
    `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`
  return async (app: FastifyInstance): Promise<void> => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: longest },
      (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )

    app.get<{ Querystring: { to?: unknown } }>('/login', async (request, reply) =>
      bot.config.accessToken === null
        ? reply.redirect('/', 303)
        : reply.type('text/html').send(form(request.query.to, null)),
    )

    app.post<{ Body: { token?: unknown; to?: unknown } | null }>(
      '/login',
      { bodyLimit: longest },
      async (request, reply) => {
        refuseForeignOrigin(request, bot.config)
        const expected = bot.config.accessToken
        if (expected === null) return reply.redirect('/', 303)
        const { token = '', to } = request.body ?? {}
        if (typeof token !== 'string') throw new RejectedInput('token: must be text')
        if (!sameSecret(token.trim(), expected)) {
          const tooMany = attempts.wrong(request, reply)
          const problem = `That is not the access token.${tooMany ? ' Many wrong ones came from your address: the right one works at any time.' : ''}`
          return reply
            .code(tooMany ? 429 : 401)
            .type('text/html')
            .send(form(to, problem))
        }
        return reply.header('set-cookie', cookie(sessionOf(expected), thirtyDays)).redirect(ownPath(to), 303)
      },
    )

    app.post('/logout', { bodyLimit: longest }, async (request, reply) => {
      refuseForeignOrigin(request, bot.config)
      return reply.header('set-cookie', cookie('', 0)).redirect('/login', 303)
    })
  }
}

/** Only a path of ours: `//elsewhere` would leave. */
function ownPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/'
}

function form(to: unknown, problem: string | null): string {
  return page('Sign in · Tocsin', [
    '<main class="login"><h1>Tocsin</h1>',
    '<p>This bot asks for its access token: <code>access_token</code> in tocsin.yaml, or TOCSIN_ACCESS_TOKEN.</p>',
    problem === null ? '' : `<p class="problem" role="alert">${problem}</p>`,
    '<form method="post" action="/login"><label>Access token',
    ' <input type="password" name="token" autocomplete="current-password" required autofocus></label>',
    `<input type="hidden" name="to" value="${escapeHtml(ownPath(to))}">`,
    '<button class="button primary">Sign in</button></form></main>',
  ])
}
