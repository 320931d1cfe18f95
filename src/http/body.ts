// Reading JSON bodies: a mistake is told by its place, because the parser's own words quote the body.
import type { FastifyInstance } from 'fastify'
import { RejectedInput } from '../errors.ts'

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
    const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined
    const place = position === undefined ? ': it ends too early' : placeOf(body, Number(position))
    return new RejectedInput(`the body is not valid JSON${place}`)
  }
}

function placeOf(body: string, position: number): string {
  const before = body.slice(0, position).split('\n')
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
