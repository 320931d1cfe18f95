// Where alerts come in. 2xx only after the commit: what was answered so is never lost, everything else can be sent again.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Source } from '../config/config.ts'
import { RejectedInput } from '../errors.ts'
import { alertsAccepted, alertsRejected } from '../metrics.ts'
import { hasToken } from '../sources/verify.ts'
import { alertsLimit } from './body.ts'
import type { ServerDeps } from './deps.ts'
import { answerTo } from './failure.ts'

type To = { Params: { source: string } }

/** Reasons of one delivery that are told. */
const mostReasons = 3

export function alertRoutes({ bot, parse, accept, refused }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.addHook<To>('onError', (request, _reply, error, done) => {
      const answer = answerTo(error, alertsLimit)
      const { source } = request.params
      const isStranger = answer?.status === 401 || answer?.status === 404
      // What fails on our side is in the log already, and the sender tries again.
      if (answer !== null && answer.status < 500)
        refused({ source, reason: answer.message, isStranger, trace: request.id })
      done()
    })
    app.post<To>(
      '/alerts/:source',
      // Before the body is read: a stranger cannot make us read one.
      { bodyLimit: alertsLimit, onRequest: (request, _reply, done) => done(refusal(request, bot.config.sources)) },
      async (request, reply) => {
        const source = bot.config.sources[request.params.source]
        if (source === undefined) throw new Error('a source was admitted that is not there')
        const delivery = parse(source, request.body, bot.clock.now())
        if (delivery.alerts.length > 0) await accept(delivery, request.id)
        const { rejected } = delivery
        alertsAccepted.inc({ source: source.name }, delivery.alerts.length)
        alertsRejected.inc({ source: source.name }, rejected.length)
        const [first] = rejected
        for (const { reason } of rejected.slice(0, mostReasons))
          refused({ source: source.name, reason, isStranger: false, trace: request.id })
        if (delivery.alerts.length === 0 && first !== undefined)
          return reply.code(400).send({ error: first.reason, accepted: 0, rejected })
        return reply.code(202).send({ accepted: delivery.alerts.length, rejected })
      },
    )
  }
}

/** Why nobody may send here with that token, if so: 404 or 401. */
function refusal(request: FastifyRequest<To>, sources: Record<string, Source>): RejectedInput | undefined {
  const name = request.params.source
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (source === undefined) return new RejectedInput('no source of that name; see sources: in tocsin.yaml', 404)
  if (hasToken(request.headers.authorization, source.token)) return undefined
  return new RejectedInput('send the token of this source: "authorization: Bearer …" (token: in tocsin.yaml)', 401)
}
