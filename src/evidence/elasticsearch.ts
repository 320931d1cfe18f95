// Asks Elasticsearch (or OpenSearch) for the log lines around the start that tell most.
// https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search
import type { ElasticsearchConfig } from '../config/evidence.ts'
import { PermanentError } from '../errors.ts'
import { type Outbound, outbound } from '../outbound.ts'
import { discoverUrl } from './address.ts'
import { asMuchAsFits, maxResponse } from './as-much-as-fits.ts'
import type { Inquiry, Provider, Section } from './evidence.ts'
import { fillIn, knownService } from './fill-in.ts'
import { type Fields, pick, readFields } from './logs/line.ts'
import { readAll } from './logs/reading.ts'
import { logSection } from './logs/section.ts'
import { type Lines, trouble } from './logs/telling.ts'
import { recordsIn } from './records.ts'

export const elasticsearch: Provider = {
  name: 'elasticsearch',
  title: 'Logs (Elasticsearch)',
  isConfigured: ({ evidence }) => evidence.elasticsearch !== null,
  async ask({ config }, inquiry, signal) {
    const { elasticsearch: settings, kibana, timeout } = config.evidence
    if (settings === null) return null
    const client = outbound({
      name: 'Elasticsearch',
      section: 'elasticsearch',
      baseUrl: settings.url,
      timeout,
      headers: settings.headers,
      tls: settings.tls,
      maxResponse,
    })
    const { names } = inquiry
    const service = names.logs ?? knownService(inquiry.service)
    const index = indexOf(names.index ?? settings.index, inquiry)
    const asking = { client, signal, settings, service, index, timeout }
    const links = kibana === null ? [] : [linkTo(kibana, asking, inquiry)]
    return section(asking, inquiry, links)
  },
}

/** Values come from strangers: none can name another index besides, or a pattern of many. */
function indexOf(template: string, inquiry: Inquiry): string {
  return template.replace(/\$[A-Za-z_]\w*/g, (place) => {
    const value = fillIn(place, inquiry)
    if (/^[-+_.]|[\\/*?"<>|\s,#:%]/.test(value))
      throw new PermanentError(`the index wants ${place}, and its value can be no part of an index’s name`)
    return value
  })
}

type Asking = {
  client: Outbound
  signal: AbortSignal
  settings: ElasticsearchConfig
  service: string
  index: string
  timeout: number
}

const most = { now: 500, before: 1_000 }

async function section(asking: Asking, inquiry: Inquiry, links: Section['links']): Promise<Section | null> {
  const [now, before] = await Promise.all([
    linesOf(asking, inquiry, most.now, true),
    linesOf(asking, inquiry.before, most.before, true),
  ])
  if (now.lines.length > 0) return logSection({ now, before, filtered: true }, inquiry.zone, links)
  const any = await linesOf(asking, inquiry, most.now / 2, false)
  return logSection({ now: any, before, filtered: false }, inquiry.zone, links)
}

async function linesOf(
  asking: Asking,
  span: { from: Date; until: Date },
  limit: number,
  filtered: boolean,
): Promise<Lines> {
  const { settings } = asking
  const { hits, total } = await asMuchAsFits(limit, (size) => search(asking, span, size, filtered))
  // How long a record is nobody knows without writing it out: one has the share of the largest answer.
  const size = maxResponse / Math.max(1, hits.length)
  const lines = await readAll(
    hits,
    () => size,
    (fields) => {
      const at = instantOf(pick(fields, [settings.fields.time]))
      return at === null ? null : readFields(fields, at, settings.fields)
    },
  )
  return { lines, from: span.from, until: span.until, capped: total > hits.length }
}

async function search(
  { client, signal, settings, service, index, timeout }: Asking,
  { from, until }: { from: Date; until: Date },
  size: number,
  filtered: boolean,
): Promise<{ hits: Fields[]; total: number }> {
  const { time } = settings.fields
  const range = { gte: from.toISOString(), lte: until.toISOString(), format: 'strict_date_optional_time' }
  const body = {
    size,
    track_total_hits: size + 1,
    // What it found until then is better than nothing.
    timeout: `${Math.ceil(timeout * 0.8)}ms`,
    sort: [{ [time]: { order: 'desc', unmapped_type: 'date' } }],
    query: {
      bool: {
        filter: [
          { range: { [time]: range } },
          ofService(settings, service),
          ...(filtered ? [inTrouble(settings)] : []),
        ],
      },
    },
  }
  const params = { ignore_unavailable: true, allow_no_indices: true }
  const address = `/${index.split(',').map(encodeURIComponent).join(',')}/_search`
  const { data } = await client.post(address, body, { params, signal })
  const { hits } = (data ?? {}) as { hits?: { hits?: unknown; total?: { value?: unknown } | number } }
  if (!Array.isArray(hits?.hits)) throw notElasticsearch()
  const found = recordsIn<{ _source?: unknown }>(hits.hits).flatMap(({ _source }) => recordsIn<Fields>([_source]))
  const total = typeof hits.total === 'number' ? hits.total : Number(hits.total?.value ?? found.length)
  return { hits: found, total }
}

/** Exact where the field is a keyword, the words in their order where it is text; fields that are not there are passed over. */
function ofService({ fields }: ElasticsearchConfig, service: string): object {
  return { multi_match: { query: service, type: 'phrase', fields: fields.service, lenient: true } }
}

const words = ['fatal', 'panic', 'emerg', 'emergency', 'critical', 'crit', 'alert', 'error', 'err', 'severe']
/** Keywords are compared letter by letter. */
const levels = words.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])

function inTrouble({ fields }: ElasticsearchConfig): object {
  const anyOf = (all: string[], names: string[]) => ({
    simple_query_string: {
      query: all.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' '),
      fields: names,
      default_operator: 'or',
      // Without the second all of it would be one word.
      flags: 'PHRASE|WHITESPACE',
      lenient: true,
    },
  })
  const told = anyOf(levels, fields.level)
  const sounds = anyOf(trouble, [...fields.message, 'error.message', 'error.type'])
  return { bool: { should: [told, sounds], minimum_should_match: 1 } }
}

function linkTo(
  kibana: { url: string; dataView: string | null },
  { settings, service }: Asking,
  span: { from: Date; until: Date },
): { title: string; url: string } {
  const quoted = `"${service.replace(/[\\"]/g, '\\$&')}"`
  const { fields } = settings
  const ofThis = fields.service.slice(0, 4).map((field) => `${field}:${quoted}`)
  const bad = fields.level
    .slice(0, 2)
    .map((field) => `${field}:(error or ERROR or fatal or FATAL or critical or CRITICAL)`)
  const sounding = `${fields.message[0] ?? 'message'}:(error or exception or timeout or failed or refused)`
  const query = `(${ofThis.join(' or ')}) and (${[...bad, sounding].join(' or ')})`
  return { title: 'Open in Kibana', url: discoverUrl(kibana, query, fields.time, span) }
}

function instantOf(value: unknown): Date | null {
  const one = Array.isArray(value) ? value[0] : value
  const at = typeof one === 'number' || typeof one === 'string' ? new Date(one) : null
  return at === null || Number.isNaN(at.getTime()) ? null : at
}

function notElasticsearch(): PermanentError {
  return new PermanentError('what answers at elasticsearch.url is not Elasticsearch: it sent no hits')
}
