// Where alerts come in. 2xx only after the commit: what was answered so is never lost, everything else can be sent again.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Source } from '../config/config.ts'
import { RejectedInput } from '../errors.ts'
import { alertsAccepted, alertsRejected } from '../metrics.ts'
import { hasToken } from '../sources/verify.ts'
import type { ServerDeps } from './deps.ts'

type To = { Params: { source: string } }

export function alertRoutes({ bot, parse, accept }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post<To>(
      '/alerts/:source',
      // Before the body is read: a stranger cannot make us read one.
      { onRequest: async (request) => void admit(request, bot.config.sources) },
      async (request, reply) => {
        const source = admit(request, bot.config.sources)
        const delivery = parse(source, request.body, bot.clock.now())
        if (delivery.alerts.length > 0) await accept(delivery, request.id)
        const { rejected } = delivery
        alertsAccepted.inc({ source: source.name }, delivery.alerts.length)
        alertsRejected.inc({ source: source.name }, rejected.length)
        const counts = { accepted: delivery.alerts.length, rejected: rejected.length }
        bot.log.info({ trace: request.id, source: source.name, ...counts }, 'alerts accepted')
        const [first] = rejected
        if (delivery.alerts.length === 0 && first !== undefined)
          return reply.code(400).send({ error: first.reason, accepted: 0, rejected })
        return reply.code(202).send({ accepted: delivery.alerts.length, rejected })
      },
    )
  }
}

/** The source of that name, when the token is its own. Throws RejectedInput: 404 or 401. */
function admit(request: FastifyRequest<To>, sources: Record<string, Source>): Source {
  const name = request.params.source
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (source === undefined) throw new RejectedInput('no source of that name; see sources: in tocsin.yaml', 404)
  if (hasToken(request.headers.authorization, source.token)) return source
  throw new RejectedInput('send the token of this source: "authorization: Bearer …" (token: in tocsin.yaml)', 401)
}
