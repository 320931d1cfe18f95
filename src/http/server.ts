// The HTTP server: alerts in, the API, the console, health; and Slack's receiver where Slack calls us.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { httpDuration } from '../metrics.ts'
import { actionRoutes } from './actions.ts'
import { alertRoutes } from './alerts.ts'
import { apiRoutes } from './api.ts'
import { Attempts } from './attempts.ts'
import { bodyLimit, readJsonBodies } from './body.ts'
import { calendarRoutes } from './calendars.ts'
import { changeRoutes } from './changes.ts'
import { connectionsAllowed, limitConnections } from './connections.ts'
import { assetRoutes, importMapHash } from './console/assets.ts'
import { eventRoutes } from './console/events.ts'
import { consoleRoutes } from './console/routes.ts'
import { sampleRoutes } from './console/sample.ts'
import type { ServerDeps } from './deps.ts'
import { failureHandler } from './failure.ts'
import { guard, securityHeaders } from './guard.ts'
import { healthRoutes } from './health.ts'
import { loginRoutes } from './login.ts'
import { answerNothing } from './not-found.ts'
import { onlyOnce } from './once.ts'
import { postmortemRoutes } from './postmortems.ts'
import { samplePrometheusRoutes } from './sample-prometheus.ts'
import { slackRoutes } from './slack.ts'
import { traceOf } from './trace.ts'

/** Milliseconds that requests under way have when the bot stops. */
const lastWords = 5_000

/** Builds the server; `listen` it on `config.server`. Throws when a file of the console is missing. */
export function buildServer(deps: ServerDeps): FastifyInstance {
  const headers = securityHeaders(importMapHash())
  const app = fastify({
    bodyLimit,
    // Node closes idle connections after 5 s, often just as the sender uses one again.
    keepAliveTimeout: 120_000,
    requestTimeout: 30_000,
    // Addresses of other products end in a slash, and an alert that is answered 404 is one nobody hears of.
    routerOptions: { ignoreTrailingSlash: true },
    // Neither is one whose address was put together with a slash too many.
    rewriteUrl: ({ url = '/' }) => (/^\/+alerts\/[^?]/.test(url) && url.includes('//') ? withoutDoubled(url) : url),
    genReqId: (request) => traceOf(request.headers),
    requestIdHeader: false,
    // Bodies are read by our own hands: the two compilers of schemas are not even loaded.
    schemaController: { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } },
    forceCloseConnections: 'idle',
    // What is no address reaches neither hooks nor the error handler, and fastify's own answer repeats it.
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      reply.headers({ ...headers, 'x-request-id': request.id })
      reply.code(400).send({ error: 'the address cannot be read' })
    },
  })
  // Somebody who stops in the middle of a request must not keep the bot from stopping.
  app.addHook('preClose', async () => void setTimeout(() => app.server.closeAllConnections(), lastWords).unref())
  answerAndClose(app)
  limitConnections(app.server, deps.bot, deps.mostConnections ?? connectionsAllowed())
  app.setErrorHandler(failureHandler(deps))
  app.setNotFoundHandler(async (request, reply) => answerNothing(deps, request, reply))
  observe(app, deps, headers)
  readJsonBodies(app)
  app.register(alertRoutes(deps))
  app.register(changeRoutes(deps))
  app.register(healthRoutes(deps))
  app.register(slackRoutes(deps))
  const attempts = new Attempts(deps.bot)
  app.register(loginRoutes(deps, attempts))
  app.register(assetRoutes())
  app.register(calendarRoutes(deps, attempts))
  app.register(samplePrometheusRoutes(deps))
  app.register(async (guarded) => {
    guarded.addHook('onRequest', guard(deps.bot.config, attempts))
    guarded.addHook('preHandler', onlyOnce(deps))
    await guarded.register(apiRoutes(deps))
    await guarded.register(postmortemRoutes(deps))
    await guarded.register(actionRoutes(deps))
    await guarded.register(consoleRoutes(deps))
    await guarded.register(eventRoutes(deps))
    await guarded.register(sampleRoutes(deps))
  })
  return app
}

/** Whoever has their answer once the bot stops is waited for no longer: Node keeps their connection open for the next question. */
function answerAndClose(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    if (isClosing) setImmediate(() => app.server.closeIdleConnections())
    done()
  })
}

/** Of the address, not of what follows the question mark. */
function withoutDoubled(url: string): string {
  return url.replace(/^[^?]+/, (path) => path.replace(/\/+/g, '/'))
}

function noSchema(): never {
  throw new Error('no route has a schema that Fastify would have to compile')
}

/** Where no browser ever reads the answer as a page: it is told only not to guess. A storm is thousands of these a second. */
const noGuessing = 'x-content-type-options'
const forMachines = '/alerts/:source'

/** What every answer carries, and what is known of it afterwards. */
function observe(app: FastifyInstance, deps: ServerDeps, headers: Record<string, string>): void {
  const { bot } = deps
  const all = Object.entries(headers)
  app.addHook('onRequest', (request, reply, done) => {
    if (routeOf(request) === forMachines) reply.header(noGuessing, headers[noGuessing])
    else for (const [name, value] of all) reply.header(name, value)
    reply.header('x-request-id', request.id)
    // Before the body is read: a stranger who found no address must not make us read megabytes.
    if (request.is404) answerNothing(deps, request, reply)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request
    const route = routeOf(request)
    const seconds = reply.elapsedTime / 1000
    httpDuration.observe({ method, route, status: String(reply.statusCode) }, seconds)
    if (bot.log.isLevelEnabled('debug'))
      bot.log.debug({ trace: request.id, method, route, status: reply.statusCode, seconds }, 'answered')
    done()
  })
}

/** The pattern, not the address: numbers in it would make a metric each. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown'
}
