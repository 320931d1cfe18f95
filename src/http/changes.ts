// Where pipelines tell what they changed. 2xx only after the commit.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ChangeFormat, changeFormats } from '../changes/index.ts'
import type { ChangeSource } from '../config/config.ts'
import { RejectedInput } from '../errors.ts'
import { takeChanges } from '../flow/service-changes.ts'
import { bodyText, parseJson } from './body.ts'
import type { ServerDeps } from './deps.ts'

type To = { Params: { source?: string } }

export function changeRoutes({ bot }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    // A signature is over the bytes as they came.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
      const text = bodyText(request, body)
      if (text instanceof RejectedInput) done(text)
      else done(null, text)
    })
    const take = async (request: FastifyRequest<To>) => {
      const raw = typeof request.body === 'string' ? request.body : ''
      const { source, format } = senderOf(request, raw, bot.config.changes.sources)
      const body = parseJson(raw)
      if (body instanceof RejectedInput) throw body
      const read = format.read({ headers: request.headers, raw, body, received: bot.clock.now() })
      const accepted = await takeChanges(bot, source, read.changes)
      const others = read.changes.length - accepted
      const ignored = [...read.ignored, ...(others > 0 ? [`${others} of other environments`] : [])]
      return { accepted, ignored }
    }
    app.post<To>('/changes', async (request, reply) => reply.code(202).send(await take(request)))
    app.post<To>('/changes/:source', async (request, reply) => reply.code(202).send(await take(request)))
  }
}

/** At /changes itself, the source whose secret the sender knows. Throws RejectedInput, 404 or 401, for strangers. */
function senderOf(
  request: FastifyRequest<To>,
  raw: string,
  sources: Record<string, ChangeSource>,
): { source: ChangeSource; format: ChangeFormat } {
  const name = request.params.source
  const named = name === undefined ? Object.values(sources) : Object.hasOwn(sources, name) ? [sources[name]] : []
  const candidates = named.flatMap((source) => {
    const format = source && changeFormats[source.kind]
    return source && format ? [{ source, format }] : []
  })
  const [first] = candidates
  if (first === undefined)
    throw new RejectedInput('no source of changes of that name; see changes.sources: in tocsin.yaml', 404)
  const known = candidates.find(({ source, format }) => format.isFrom({ headers: request.headers, raw }, source.token))
  if (known !== undefined) return known
  throw new RejectedInput(
    `send ${candidates.length === 1 ? first.format.proof : 'the token of one of changes.sources: "authorization: Bearer …"'}`,
    401,
  )
}
