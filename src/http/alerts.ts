// Where alerts come in. 2xx only after the commit: what was answered so is never lost, everything else can be sent again.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Source } from '../config/config.ts'
import { RejectedInput } from '../errors.ts'
import { alertsAccepted, alertsRejected } from '../metrics.ts'
import { hasToken, passwordOf, sameSecret } from '../sources/verify.ts'
import { mendContentType, parseAlertBody, readAlertBodies } from './alert-body.ts'
import { alertsLimit } from './body.ts'
import type { ServerDeps } from './deps.ts'
import { answerTo } from './failure.ts'

type To = { Params: { source: string }; Querystring: { token?: unknown } }

/** Reasons of one delivery that are told, of what was refused and of what is wrong with the rest. */
const mostReasons = 3

export function alertRoutes({ bot, parse, accept, refused }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    readAlertBodies(app)
    app.addHook<To>('onError', (request, _reply, error, done) => {
      const answer = answerTo(error, alertsLimit)
      const { source } = request.params
      const isStranger = answer?.status === 401 || answer?.status === 404
      // What fails on our side is in the log already, and the sender tries again.
      if (answer !== null && answer.status < 500)
        refused({ source, reason: answer.message, isStranger, trace: request.id })
      done()
    })
    app.route<To>({
      // Grafana can be told to use PUT.
      method: ['POST', 'PUT'],
      url: '/alerts/:source',
      bodyLimit: alertsLimit,
      // Before the body is read: a stranger cannot make us read one.
      onRequest: (request, _reply, done) => {
        mendContentType(request)
        done(refusal(request, bot.config.sources))
      },
      handler: async (request, reply) => {
        const source = bot.config.sources[request.params.source]
        if (source === undefined) throw new Error('a source was admitted that is not there')
        const { body, faults } = parseAlertBody(request)
        const { alerts, rejected, warnings = [] } = parse(source, body, bot.clock.now())
        if (alerts.length > 0) warnings.unshift(...faults.map((reason) => ({ reason })))
        if (alerts.length > 0) await accept({ alerts, rejected }, request.id)
        alertsAccepted.inc({ source: source.name }, alerts.length)
        alertsRejected.inc({ source: source.name }, rejected.length)
        const about = { source: source.name, isStranger: false, trace: request.id }
        for (const { reason } of rejected.slice(0, mostReasons)) refused({ ...about, reason })
        for (const { reason } of warnings.slice(0, mostReasons)) refused({ ...about, reason, isTaken: true })
        const told = { rejected, ...(warnings.length > 0 && { warnings }) }
        const [first] = rejected
        if (alerts.length === 0 && first !== undefined)
          return reply.code(400).send({ error: first.reason, accepted: 0, ...told })
        return reply.code(202).send({ accepted: alerts.length, ...told })
      },
    })
  }
}

/** Why nobody may send here with that token, if so: 404 or 401. */
function refusal(request: FastifyRequest<To>, sources: Record<string, Source>): RejectedInput | undefined {
  const name = request.params.source
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (source === undefined) return new RejectedInput('no source of that name; see sources: in tocsin.yaml', 404)
  const { authorization } = request.headers
  if (hasToken(authorization, source.token)) return undefined
  // Who cannot send that header may know the token all the same.
  const others = [passwordOf(authorization), request.query.token]
  if (source.token !== '' && others.some((one) => typeof one === 'string' && sameSecret(one, source.token)))
    return undefined
  return new RejectedInput('send the token of this source: "authorization: Bearer …" (token: in tocsin.yaml)', 401)
}
