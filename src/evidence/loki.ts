// Asks Loki for the log lines around the start that tell most. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import type { Config } from '../config/config.ts'
import type { LokiConfig } from '../config/evidence.ts'
import type { Labels } from '../core/alert.ts'
import { PermanentError } from '../errors.ts'
import { type Outbound, outbound } from '../outbound.ts'
import { exploreUrl } from './address.ts'
import { asMuchAsFits, maxResponse } from './as-much-as-fits.ts'
import type { Inquiry, Provider, Section } from './evidence.ts'
import { fillIn } from './fill-in.ts'
import { type Entry, wholeEntries } from './logs/continued.ts'
import { readLine } from './logs/line.ts'
import { readAll } from './logs/reading.ts'
import { logSection } from './logs/section.ts'
import { type Lines, trouble } from './logs/telling.ts'
import { recordsIn } from './records.ts'

export const loki: Provider = {
  name: 'loki',
  title: 'Logs (Loki)',
  isConfigured: ({ evidence }) => evidence.loki !== null,
  async ask({ config }, inquiry, signal) {
    const { loki: settings, grafana, timeout } = config.evidence
    if (settings === null) return null
    const client = clientOf(settings, timeout)
    return section({ client, signal, settings, grafana }, inquiry)
  },
}

/** What a query that somebody wrote finds within the span: its patterns, and the latest line of each. Null: nothing. */
export async function askLoki(
  { evidence }: Pick<Config, 'evidence'>,
  query: string,
  { from, until, zone }: { from: Date; until: Date; zone: string },
  signal: AbortSignal,
): Promise<Section | null> {
  const { loki: settings, grafana, timeout } = evidence
  if (settings === null) throw new PermanentError('no loki is configured in tocsin.yaml')
  const client = clientOf(settings, timeout)
  const now = await linesOf({ client, signal, settings, grafana }, [query], { from, until }, most.now)
  return logSection({ now, before: { lines: [], from, until: from, capped: true }, filtered: false }, zone, [])
}

function clientOf({ url, headers, tls }: LokiConfig, timeout: number): Outbound {
  return outbound({ name: 'Loki', section: 'loki', baseUrl: url, headers, tls, timeout, maxResponse })
}

type Asking = { client: Outbound; signal: AbortSignal; settings: LokiConfig; grafana: { url: string } | null }

/** Lines read of the span around the start, and of the time before it, of each query. */
const most = { now: 1_000, before: 2_000 }

async function section(asking: Asking, inquiry: Inquiry): Promise<Section | null> {
  const { settings, grafana } = asking
  const { names, zone } = inquiry
  // A service that names its streams does not mean the general query.
  const query = names.query ?? (names.selector === null ? settings.query : null)
  const streams = fillIn(query ?? names.selector ?? settings.selector, inquiry)
  // One filter finds what says its level, the other what merely sounds like trouble: LogQL has no “or” between the two.
  const filtered = query === null ? [`${streams} |~ ${wordFilter}`, `${streams} ${levelFilter}`] : [streams]
  const [now, before] = await Promise.all([
    linesOf(asking, filtered, inquiry, most.now),
    linesOf(asking, filtered, inquiry.before, most.before),
  ])
  const links = grafana === null ? [] : [linkTo(asking, grafana, filtered[0] ?? streams, inquiry)]
  if (now.lines.length > 0 || query !== null) return logSection({ now, before, filtered: true }, zone, links)
  const any = await linesOf(asking, [streams], inquiry, most.now / 2)
  return logSection({ now: any, before, filtered: false }, zone, links)
}

const wordFilter = JSON.stringify(`(?i)(${trouble.join('|').replaceAll(' ', '[ _-]?')})`)
const levels = JSON.stringify('(?i)(err|error|fatal|crit|critical|panic|emerg|alert|severe)')
const levelFilter = ['detected_level', 'level', 'severity', 'lvl']
  .map((label, at) => `${at === 0 ? '|' : 'or'} ${label}=~${levels}`)
  .join(' ')

function linkTo({ settings }: Asking, grafana: { url: string }, expr: string, span: { from: Date; until: Date }) {
  const source = { type: 'loki', uid: settings.datasource } as const
  return { title: 'Open in Grafana', url: exploreUrl(grafana, source, { expr, queryType: 'range' }, span) }
}

/** What several queries find, each line once. */
async function linesOf(
  asking: Asking,
  queries: string[],
  span: { from: Date; until: Date },
  limit: number,
): Promise<Lines> {
  const answers = await Promise.all(
    queries.map((query) => asMuchAsFits(limit, (count) => entriesOf(asking, query, span, count))),
  )
  const all = new Map(answers.flatMap(({ entries }) => entries.map((one) => [one.id, one])))
  const entries = wholeEntries([...all.values()])
  const lines = await readAll(
    entries,
    ({ text }) => text.length,
    ({ text, at, labels }) => readLine(text, at, labels),
  )
  return { lines, from: span.from, until: span.until, capped: answers.some(({ capped }) => capped) }
}

async function entriesOf(
  { client, signal }: Asking,
  query: string,
  { from, until }: { from: Date; until: Date },
  limit: number,
): Promise<{ entries: Entry[]; capped: boolean }> {
  // Nanoseconds; the latest first, so that what is left out is what is oldest.
  const params = {
    query,
    start: `${from.getTime()}000000`,
    end: `${until.getTime()}000000`,
    limit,
    direction: 'backward',
  }
  const { data } = await client.get('/loki/api/v1/query_range', { params, signal })
  const { status, data: found } = (data ?? {}) as {
    status?: unknown
    data?: { resultType?: unknown; result?: unknown }
  }
  if (status !== 'success' || !Array.isArray(found?.result)) throw notLoki()
  if (found.resultType !== 'streams') throw new PermanentError('its query gives numbers, not log lines')
  const entries = recordsIn<Stream>(found.result).flatMap(entriesIn)
  return { entries, capped: entries.length >= limit }
}

type Stream = { stream?: Labels | null; values?: unknown }

/** `[nanoseconds, line]`, or with structured metadata as a third where labels are told apart. */
function entriesIn(stream: Stream): Entry[] {
  const labels = stream.stream ?? {}
  const name = JSON.stringify(Object.entries(labels).sort())
  if (!Array.isArray(stream.values)) return []
  return stream.values.flatMap((value): Entry[] => {
    if (!Array.isArray(value) || typeof value[1] !== 'string') return []
    const [nanoseconds, text, extra] = value as [unknown, string, Record<string, unknown> | undefined]
    const at = new Date(Number(String(nanoseconds).slice(0, -6)))
    if (Number.isNaN(at.getTime())) return []
    const more = typeof extra?.structuredMetadata === 'object' ? (extra.structuredMetadata as Labels) : {}
    return [{ id: `${name} ${nanoseconds} ${text}`, stream: name, at, text, labels: { ...labels, ...more } }]
  })
}

function notLoki(): PermanentError {
  return new PermanentError('what answers at loki.url is not Loki: it sent no log lines')
}
