// Slack's own receiver under our roof: the request is handed over as it came, because its signature covers every byte.
import type { FastifyInstance } from 'fastify'
import type { ServerDeps } from './deps.ts'

export function slackRoutes({ slackHandler }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.all('/slack/events', async (request, reply) => {
      if (slackHandler === null) {
        return reply
          .code(404)
          .send({ error: 'Slack is not connected over HTTP: set SLACK_SIGNING_SECRET without SLACK_APP_TOKEN' })
      }
      reply.hijack()
      slackHandler(request.raw, reply.raw)
    })
  }
}
