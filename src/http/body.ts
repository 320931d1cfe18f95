// Reading JSON bodies: a mistake is told by its place, because the parser's own words quote the body.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RejectedInput, reasonOf } from '../errors.ts'
import { legible } from '../invisible.ts'
import { readJson } from '../json.ts'

/** The largest body that is read, in bytes. */
export const bodyLimit = 4 * 1024 * 1024

/** The same for alerts: ten thousand of them. The night in which a data centre is gone is no night to send them away. */
export const alertsLimit = 16 * 1024 * 1024

export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = bodyText(request, body)
    const parsed = text instanceof RejectedInput ? text : parseJson(text)
    if (parsed instanceof RejectedInput) done(parsed)
    else done(null, parsed)
  })
}

/** A body as it came, unless it came compressed. */
export function bodyText(request: Pick<FastifyRequest, 'headers'>, body: string | Buffer): string | RejectedInput {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  return encoding === 'identity' ? String(body) : new RejectedInput(compressed, 415)
}

const compressed = 'the body is compressed: send it without content-encoding'

/** RejectedInput, saying where, when it is no JSON. */
export function parseJson(body: string): unknown {
  if (body.trim() === '') return new RejectedInput('the body is empty: it must be JSON')
  try {
    // What Windows writes before a text says nothing about it.
    return readJson(body.startsWith('\u{feff}') ? body.slice(1) : body)
  } catch (error) {
    return new RejectedInput(`the body is not valid JSON${placeOf(body, reasonOf(error))}`)
  }
}

/** Not every version of Node says where the mistake is. */
function placeOf(body: string, reason: string): string {
  if (reason.startsWith('nested')) return `: it is ${reason}`
  if (reason.startsWith('an object')) return `: it has ${reason}`
  const position = /at position (\d+)/.exec(reason)?.[1]
  if (position === undefined) return reason.startsWith('Unexpected end') ? ': it ends too early' : ''
  const before = body.slice(0, Number(position)).split('\n')
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`
}

/**
 * A field of a body that must be a text with something in it, `longest` characters at most. What no database can hold
 * (NUL, half a character) and what hides or reorders other text is left out. Throws RejectedInput naming the field.
 */
export function textField(body: unknown, name: string, longest = 200): string {
  const given = typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : null
  const value = typeof given === 'string' ? legible(given).trim() : ''
  if (value === '') throw new RejectedInput(`${name}: must be a text that is not empty, e.g. {"${name}": "ada"}`)
  if (value.length > longest) throw new RejectedInput(`${name}: must be ${longest} characters at most`)
  return value
}

/** What a field of a body holds; undefined when it is not there. */
export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined
}

/** A text of many lines as it was written, which may be empty. Throws RejectedInput naming the field. */
export function longText(body: unknown, name: string, longest: number): string {
  const given = fieldOf(body, name)
  if (typeof given !== 'string') throw new RejectedInput(`${name}: must be a text, e.g. {"${name}": "# …"}`)
  if (given.length > longest) throw new RejectedInput(`${name}: must be ${longest} characters at most`, 413)
  return legible(given)
}

/** A field that must be a whole number. */
export function wholeField(body: unknown, name: string): number {
  const given = fieldOf(body, name)
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return given
  throw new RejectedInput(`${name}: must be a whole number, e.g. {"${name}": 3}`)
}
