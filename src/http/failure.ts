// How a request that failed is answered: what is wrong and what to do, never what was sent.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { within } from '../clock.ts'
import { RejectedInput, reasonOf, TransientError, UserError } from '../errors.ts'
import { answers } from '../store/figures.ts'
import type { ServerDeps } from './deps.ts'

/** Seconds a sender should wait before it tries again. */
const retryAfter = 5

/** Nobody waits longer than this, in milliseconds, to be told that the database is away. */
const patience = 2_000

export type Answer = { status: number; message: string }

/** The answer to what was thrown; null for what nobody foresaw. */
export function answerTo(error: unknown, bodyLimit: number): Answer | null {
  if (error instanceof RejectedInput) return { status: error.status, message: error.message }
  if (error instanceof UserError) return { status: 404, message: error.message }
  if (error instanceof TransientError) return { status: 503, message: error.message }
  switch ((error as Partial<FastifyError> | null)?.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { status: 415, message: 'the body must be JSON: send it with "content-type: application/json"' }
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        status: 413,
        message: `the body is larger than ${bodyLimit / 1024 / 1024} MiB: send fewer alerts at a time`,
      }
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return { status: 400, message: 'the body is empty: it must be JSON' }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { status: 400, message: 'the body is not as long as its content-length says' }
  }
  const status = (error as Partial<FastifyError> | null)?.statusCode
  return status !== undefined && status >= 400 && status < 500
    ? { status, message: 'the request cannot be read' }
    : null
}

/** Answers whatever a handler threw, and logs what was not foreseen. */
export function failureHandler({ bot }: ServerDeps) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const answer = answerTo(error, request.routeOptions.bodyLimit)
    if (answer?.status === 413) await readOut(request.raw)
    if (answer !== null && answer.status !== 503) return reply.code(answer.status).send({ error: answer.message })
    const about = { trace: request.id, route: request.routeOptions.url, error: reasonOf(error) }
    if (answer !== null || !(await databaseAnswers(bot.db))) {
      bot.log.warn(about, 'could not answer: try again later')
      const message = answer?.message ?? 'the database cannot be reached'
      return reply
        .code(503)
        .header('retry-after', retryAfter)
        .send({ error: `${message}; nothing is confirmed, try again` })
    }
    bot.log.error({ ...about, stack: error instanceof Error ? error.stack : undefined }, 'a request failed')
    return reply.code(500).send({ error: `something unexpected happened; the log has it under trace ${request.id}` })
  }
}

/** Milliseconds and bytes for what is too large: whoever still writes would see a broken connection, and never the answer. */
const readOutWithin = 5_000
const readOutAtMost = 64 * 1024 * 1024

async function readOut(request: FastifyRequest['raw']): Promise<void> {
  if (request.readableEnded || request.destroyed) return
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, readOutWithin)
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > readOutAtMost) resolve()
    })
    for (const end of ['end', 'error', 'close']) request.once(end, resolve)
    request.resume()
  })
  clearTimeout(timer)
}

/** Drivers tell an outage in many words; asking once more is the answer that is always right. */
async function databaseAnswers(db: ServerDeps['bot']['db']): Promise<boolean> {
  return within(patience, answers(db)).then(
    () => true,
    () => false,
  )
}
