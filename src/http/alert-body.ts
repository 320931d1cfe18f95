// The body of a delivery of alerts, however it was packed: whoever writes it compressed, in another character set or under another
// content type said enough to wake somebody. The body itself must be JSON.
import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { brotliDecompress, inflateRaw, unzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RejectedInput } from '../errors.ts'
import { alertsLimit, parseJson } from './body.ts'

const isJson = /^application\/(?:[\w.-]+\+)?json\b/i

/** `fault`: what was wrong with the packing. */
type Unpacked = { text: string; fault: string | null }

/** Bodies come as a text, of whatever content type. */
export function readAlertBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const { 'content-encoding': encoding } = request.headers
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body)
    const isUnsaid = encoding === undefined && bytes[0] === 0x1f && bytes[1] === 0x8b
    const said = isUnsaid ? 'gzip' : encoding
    if (said === undefined) return done(null, { text: textOf(request, bytes), fault: null })
    unpacked(said, bytes).then(
      (all): void => done(null, { text: textOf(request, all), fault: isUnsaid ? unsaid : null }),
      (error: unknown) => {
        // A proxy on the way may have unpacked it, and left the header.
        const text = textOf(request, bytes)
        if (/^\s*[[{]/.test(text)) done(null, { text, fault: notPacked })
        else done(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}

const unsaid = 'the body is compressed: say so with "content-encoding: gzip"'
const notPacked = 'the body is not compressed as its content-encoding says'

/** What is no content type at all ("json") would be refused before its body is read. */
export function mendContentType({ headers }: FastifyRequest): void {
  const type = headers['content-type']
  if (type !== undefined && !/^[\w.+*-]+\/[\w.+*-]+ *(;|$)/.test(type)) headers['content-type'] = 'text/plain'
}

/** `faults`: what had to be mended before it was JSON. */
export type AlertBody = { body: unknown; faults: string[] }

const isInText = 'the body is JSON inside of a text: send it as it is, without quotation marks around it'

/** Throws RejectedInput, saying where, when it is no JSON. */
export function parseAlertBody(request: Pick<FastifyRequest, 'headers' | 'body'>): AlertBody {
  const { text, fault } = (request.body as Unpacked | undefined) ?? { text: '', fault: null }
  const read = parseMended(text)
  if (fault !== null) read.faults.push(fault)
  if (read.body instanceof RejectedInput) {
    const type = request.headers['content-type']
    if (text.trim() === '' || type === undefined || isJson.test(type)) throw read.body
    throw new RejectedInput('the body must be JSON: send it with "content-type: application/json"', 415)
  }
  if (typeof read.body !== 'string') return read
  // Libraries for HTTP make a text of what they are given, once more.
  const inner = parseMended(read.body).body
  const isMeant = typeof inner === 'object' && inner !== null && !(inner instanceof RejectedInput)
  return isMeant ? { body: inner, faults: [isInText, ...read.faults] } : read
}

/** `body`: RejectedInput when it is no JSON, and nobody can say what it was to be. */
function parseMended(text: string): AlertBody {
  const body = parseJson(text)
  if (!(body instanceof RejectedInput)) return { body, faults: [] }
  const { json, faults } = mended(text)
  const second = faults.length === 0 ? body : parseJson(json)
  return second instanceof RejectedInput ? { body, faults: [] } : { body: second, faults }
}

const lineBreak = 'the body has line breaks or tabs inside of texts: write them as \\n and \\t'
const comma = 'the body has a comma too many, before ] or }'
const noNumber = 'the body has NaN, Infinity or undefined in it, which JSON does not know: write null'

/** No text has so many; to mend millions would keep everybody else waiting for seconds. */
const mostBreaks = 1_000_000

/** What templates and shells write that is no JSON, and means one thing only. */
function mended(text: string): { json: string; faults: string[] } {
  const faults = new Set<string>()
  const outside = (part: string) =>
    part
      .replace(/,(?=\s*[\]}])/g, () => told(comma, ''))
      .replace(/-?\b(?:NaN|Infinity|undefined)\b/g, () => told(noNumber, 'null'))
  const told = (fault: string, instead: string) => {
    faults.add(fault)
    return instead
  }
  let isQuoted = false
  let done = 0
  let json = ''
  let breaks = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (isQuoted && c === backslash) i++
    else if (c === quote) {
      json += isQuoted ? text.slice(done, i) : outside(text.slice(done, i))
      done = i
      isQuoted = !isQuoted
    } else if (isQuoted && c < 0x20) {
      if (++breaks > mostBreaks) return { json: text, faults: [] }
      json += text.slice(done, i) + told(lineBreak, `\\u${c.toString(16).padStart(4, '0')}`)
      done = i + 1
    }
  }
  return { json: json + (isQuoted ? text.slice(done) : outside(text.slice(done))), faults: [...faults] }
}

const [quote, backslash] = [0x22, 0x5c]

/** The bytes, unless they come out larger than what is read: a small body can hold gigabytes. */
async function unpacked(encoding: string, packed: Buffer): Promise<Buffer> {
  let bytes = packed
  // Packed twice, the last is undone first.
  for (const name of encoding.toLowerCase().split(',').reverse().slice(0, 3)) bytes = await unpack(name.trim(), bytes)
  return bytes
}

const limit = { maxOutputLength: alertsLimit }
const ofZlib = (bytes: Buffer) => promisify(unzip)(new Uint8Array(bytes), limit)
/** Some leave out what deflate is to be wrapped in: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2 */
const deflated = (bytes: Buffer) =>
  bytes.length > 1 && bytes.readUInt16BE() % 31 === 0
    ? ofZlib(bytes)
    : promisify(inflateRaw)(new Uint8Array(bytes), limit)
const packings: Record<string, (bytes: Buffer) => Promise<Buffer>> = {
  ...{ gzip: ofZlib, 'x-gzip': ofZlib, deflate: deflated },
  br: (bytes) => promisify(brotliDecompress)(new Uint8Array(bytes), limit),
  identity: async (bytes) => bytes,
}

async function unpack(name: string, bytes: Buffer): Promise<Buffer> {
  const way = Object.hasOwn(packings, name) ? packings[name] : undefined
  if (way === undefined)
    throw new RejectedInput(
      'the body is compressed in an unknown way: send it as gzip, or without content-encoding',
      415,
    )
  return way(bytes).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new RejectedInput(
        `the body is larger than ${alertsLimit / 1024 / 1024} MiB: send fewer alerts at a time`,
        413,
      )
    throw new RejectedInput(notPacked)
  })
}

/** What is no UTF-8 is what its header says, or else what Windows and old scripts write. */
function textOf({ headers }: FastifyRequest, bytes: Buffer): string {
  const [first, second] = bytes
  // Whatever its header says: JSON begins with a character of ASCII, or with the mark that tells the order of bytes.
  if (second === 0 || (first === 0xff && second === 0xfe)) return decoded(bytes, 'utf-16le')
  if (first === 0 || (first === 0xfe && second === 0xff)) return decoded(bytes, 'utf-16be')
  const text = bytes.toString()
  if (!text.includes('\ufffd') || isUtf8(new Uint8Array(bytes))) return text
  const charset = /charset *= *"?([\w:.-]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? usual
  return decoded(bytes, /^utf-?8$/i.test(charset) ? usual : charset)
}

const usual = 'windows-1252'

function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(new Uint8Array(bytes))
  } catch {
    return charset === usual ? bytes.toString() : decoded(bytes, usual)
  }
}
