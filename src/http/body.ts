// Reading JSON bodies: a mistake is told by its place, because the parser's own words quote the body.
import type { FastifyInstance } from 'fastify'
import { RejectedInput, reasonOf } from '../errors.ts'

export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const parsed = parse(String(body))
    if (parsed instanceof RejectedInput) done(parsed)
    else done(null, parsed)
  })
}

function parse(body: string): unknown {
  if (body.trim() === '') return new RejectedInput('the body is empty: it must be JSON')
  try {
    return JSON.parse(body)
  } catch (error) {
    return new RejectedInput(`the body is not valid JSON${placeOf(body, reasonOf(error))}`)
  }
}

/** Not every version of Node says where the mistake is. */
function placeOf(body: string, reason: string): string {
  const position = /at position (\d+)/.exec(reason)?.[1]
  if (position === undefined) return reason.startsWith('Unexpected end') ? ': it ends too early' : ''
  const before = body.slice(0, Number(position)).split('\n')
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`
}

/** A field of a body that must be a text with something in it. Throws RejectedInput naming the field. */
export function textField(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  if (typeof value !== 'string' || value.trim() === '') {
    throw new RejectedInput(`${name}: must be a text that is not empty, e.g. {"${name}": "ada"}`)
  }
  return value.trim()
}
