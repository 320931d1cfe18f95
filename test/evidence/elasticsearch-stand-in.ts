// A small Elasticsearch: keeps records, and answers _search for the part of its query language that the bot speaks. What it
// does not know it refuses as Elasticsearch does.
import type { ServerResponse } from 'node:http'
import { type Asked, json, type StandIn, standIn } from './stand-in.ts'

type Doc = Record<string, unknown>
type Clause = Record<string, never>

/** `keywords`: fields that are compared as a whole and letter by letter; all others are text. */
export async function elasticsearchStandIn(
  docs: Doc[],
  keywords: string[] = [],
  before: (asked: Asked, response: ServerResponse) => boolean = () => false,
): Promise<StandIn> {
  return standIn((asked, response) => {
    if (before(asked, response)) return
    try {
      if (asked.method !== 'POST' || !asked.path.endsWith('/_search'))
        throw new Error(`no handler for ${asked.method} ${asked.path}`)
      if (!String(asked.headers['content-type']).startsWith('application/json'))
        throw new Error('Content-Type is not supported')
      json(response, answer(JSON.parse(asked.body), docs, new Set(keywords)))
    } catch (error) {
      const reason = (error as Error).message
      json(
        response,
        {
          error: { root_cause: [{ type: 'parsing_exception', reason }], type: 'parsing_exception', reason },
          status: 400,
        },
        400,
      )
    }
  })
}

function answer(body: Record<string, unknown>, docs: Doc[], keywords: Set<string>) {
  const { size, track_total_hits: counted, timeout, sort, query, ...unknown } = body
  if (Object.keys(unknown).length > 0) throw new Error(`unknown key [${Object.keys(unknown)[0]}]`)
  if (typeof size !== 'number' || size > 10_000) throw new Error('Result window is too large')
  if (typeof timeout !== 'string' || !/^\d+ms$/.test(timeout)) throw new Error('failed to parse setting [timeout]')
  const [[field, how]] = Object.entries((sort as Record<string, { order: string }>[])[0] ?? {}) as [
    [string, { order: string }],
  ]
  if (how.order !== 'desc') throw new Error('the stand-in sorts the latest first')
  const found = docs
    .filter((doc) => holds(query as Clause, doc, keywords))
    .sort((a, b) => String(valueAt(b, field)).localeCompare(String(valueAt(a, field))))
  return {
    took: 3,
    timed_out: false,
    _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
    hits: {
      total: {
        value: Math.min(found.length, Number(counted)),
        relation: found.length > Number(counted) ? 'gte' : 'eq',
      },
      max_score: null,
      hits: found
        .slice(0, size)
        .map((_source, i) => ({ _index: 'logs', _id: String(i), _score: null, _source, sort: [0] })),
    },
  }
}

function holds(clause: Clause, doc: Doc, keywords: Set<string>): boolean {
  const [kind = '', about] = Object.entries(clause)[0] ?? []
  const given = (about ?? {}) as Record<string, unknown>
  switch (kind) {
    case 'bool': {
      const {
        filter = [],
        should = [],
        minimum_should_match: least = 0,
      } = given as { filter?: Clause[]; should?: Clause[]; minimum_should_match?: number }
      return (
        filter.every((one) => holds(one, doc, keywords)) &&
        should.filter((one) => holds(one, doc, keywords)).length >= least
      )
    }
    case 'range': {
      const [[field, { gte, lte, format }]] = Object.entries(given) as [
        [string, { gte: string; lte: string; format: string }],
      ]
      if (format !== 'strict_date_optional_time') throw new Error(`failed to parse date field [${gte}]`)
      const at = Date.parse(String(valueAt(doc, field)))
      return at >= Date.parse(gte) && at <= Date.parse(lte)
    }
    case 'multi_match':
      if (given.type !== 'phrase') throw new Error('the stand-in matches phrases')
      return anyHas(given, doc, (value, field) => hasPhrase(value, String(given.query), keywords.has(field)))
    case 'simple_query_string': {
      const flags = String(given.flags).split('|')
      if (!flags.includes('PHRASE')) throw new Error('the stand-in reads phrases')
      // Without this flag, the text is one word.
      const pieces = flags.includes('WHITESPACE')
        ? String(given.query).matchAll(/"([^"]+)"|(\S+)/g)
        : [['', '', String(given.query)]]
      const terms = [...pieces].map(([, quoted, plain]) => quoted || plain || '')
      return anyHas(given, doc, (value, field) => terms.some((term) => hasPhrase(value, term, keywords.has(field))))
    }
    default:
      throw new Error(`unknown query [${kind}]`)
  }
}

/** Fields that are not there, and objects, are passed over; of another kind only when lenient. */
function anyHas(
  { fields, lenient }: Record<string, unknown>,
  doc: Doc,
  has: (value: string, field: string) => boolean,
): boolean {
  return (fields as string[]).some((field) => {
    const value = valueAt(doc, field)
    if (typeof value === 'number' && lenient !== true) throw new Error(`failed to create query: For input string`)
    return typeof value === 'string' && has(value, field)
  })
}

function hasPhrase(value: string, phrase: string, isKeyword: boolean): boolean {
  if (isKeyword) return value === phrase
  const words = (text: string) =>
    ` ${text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean)
      .join(' ')} `
  return words(value).includes(words(phrase))
}

function valueAt(doc: unknown, path: string): unknown {
  if (typeof doc !== 'object' || doc === null) return undefined
  if (Object.hasOwn(doc, path)) return (doc as Doc)[path]
  const [first = '', ...rest] = path.split('.')
  return rest.length === 0 ? undefined : valueAt((doc as Doc)[first], rest.join('.'))
}
