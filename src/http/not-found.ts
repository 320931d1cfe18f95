// What is answered where nothing is. Alerts that are sent a little beside their address are told of like any others that are
// refused: hardly a sender reads the answer, and nobody is paged for them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ServerDeps } from './deps.ts'

const beside = 'alerts are sent with POST to /alerts/<source>, by the name of one of sources: in tocsin.yaml'

export function answerNothing({ refused }: ServerDeps, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(404)
  if (!/^\/+alerts?(?![\w-])/i.test(request.url)) return reply.send({ error: 'there is nothing at this address' })
  // The address itself is not told: people write tokens into addresses.
  if (request.method === 'POST' || request.method === 'PUT')
    refused({ source: 'none', reason: beside, isStranger: true, trace: request.id })
  return reply.send({ error: beside })
}
