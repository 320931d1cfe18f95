// Asks Jaeger or Tempo for the traces of the service that failed around the start, and for the slowest.
import type { TracesConfig } from '../config/evidence.ts'
import { outbound } from '../outbound.ts'
import { exploreUrl } from './address.ts'
import { asMuchAsFits, maxResponse } from './as-much-as-fits.ts'
import type { Inquiry, Item, Provider, Section } from './evidence.ts'
import { knownService } from './fill-in.ts'
import { patternOf } from './logs/patterns.ts'
import { clockTime, lengthOf } from './times.ts'
import { jaeger } from './traces/jaeger.ts'
import { jaegerV3 } from './traces/jaeger-v3.ts'
import type { Asking, TraceStore, Wanted } from './traces/store.ts'
import { tempo, traceQl } from './traces/tempo.ts'
import type { Trace } from './traces/trace.ts'

const stores: Record<TracesConfig['kind'], TraceStore> = { jaeger, 'jaeger v3': jaegerV3, tempo }

export const traces: Provider = {
  name: 'traces',
  title: 'Traces',
  isConfigured: ({ evidence }) => evidence.traces !== null,
  async ask({ config }, inquiry, signal) {
    const { traces: settings, grafana, timeout } = config.evidence
    if (settings === null) return null
    const name = settings.kind === 'tempo' ? 'Tempo' : 'Jaeger'
    const { url: baseUrl, headers, tls } = settings
    const client = outbound({ name, section: 'traces', baseUrl, headers, tls, timeout, maxResponse })
    const service = inquiry.names.traces ?? knownService(inquiry.service)
    const links = linksOf(settings, grafana, service, inquiry)
    return section({ client, signal }, stores[settings.kind], { ...inquiry, service }, links)
  },
}

const most = 20
/** Ways of failing, and slow ones, that are shown. */
const shown = { failures: 3, slow: 2 }

type Links = { trace(id: string, at: Date): string | null; search: Section['links'] }

async function section(asking: Asking, store: TraceStore, inquiry: Inquiry, links: Links): Promise<Section | null> {
  const find = (only: Wanted['only']) => asMuchAsFits(most, (limit) => store.find(asking, { ...inquiry, only, limit }))
  const [failed, slow] = await Promise.all([find('failed'), find('slow')])
  const others = failed.length + slow.length === 0 ? await find('any') : []
  const slowest = [...slow, ...others].filter(({ failed: broke }) => !broke).sort((a, b) => b.duration - a.duration)
  if (failed.length + slowest.length === 0) return null
  const latest = failed.toSorted((a, b) => b.at.getTime() - a.at.getTime())
  const known = await store.details(asking, latest.slice(0, 5))
  const ways = waysToFail([...known, ...latest.slice(known.length)])
  const seen = new Set(failed.map(({ id }) => id))
  return {
    summary: summaryOf(failed, slowest),
    items: [
      ...ways.slice(0, shown.failures).map((way) => failureItem(way, inquiry.zone, links)),
      ...slowest
        .filter(({ id }) => !seen.has(id))
        .slice(0, shown.slow)
        .map((trace) => slowItem(trace, inquiry.zone, links)),
    ],
    links: links.search,
  }
}

function summaryOf(failed: Trace[], slowest: Trace[]): string {
  const many = failed.length >= most ? `at least ${failed.length}` : String(failed.length)
  const broke = failed.length === 0 ? 'no trace failed' : `${many} ${failed.length === 1 ? 'trace' : 'traces'} failed`
  const longest = Math.max(...[...failed, ...slowest].map(({ duration }) => duration))
  return `${broke}; the slowest took ${lengthOf(longest)}`
}

type Way = { trace: Trace; count: number }

/** Traces that broke at the same place with the same words are one way to fail; the latest of them is shown. */
function waysToFail(failed: Trace[]): Way[] {
  const ways = new Map<string, Way>()
  for (const trace of failed) {
    const { failure } = trace
    const where = failure === null ? [trace.service, trace.operation] : [failure.service, failure.operation]
    const key = [...where, patternOf(failure?.error ?? '')].join('\n')
    const way = ways.get(key)
    if (way === undefined) ways.set(key, { trace, count: 1 })
    else way.count += 1
  }
  return [...ways.values()].sort((a, b) => b.count - a.count)
}

function failureItem({ trace, count }: Way, zone: string, links: Links): Item {
  const { failure } = trace
  const where =
    failure === null || isRoot(trace, failure) ? 'failed' : `failed in ${failure.service}, ${failure.operation}`
  const times = count === 1 ? '' : `${count}× · `
  return {
    text: `${times}${aboutTrace(trace)} · ${where} · at ${clockTime(trace.at, zone)}`,
    code: failure?.error || null,
    url: links.trace(trace.id, trace.at),
  }
}

function slowItem(trace: Trace, zone: string, links: Links): Item {
  return {
    text: `slow: ${aboutTrace(trace)} · at ${clockTime(trace.at, zone)}`,
    code: null,
    url: links.trace(trace.id, trace.at),
  }
}

function isRoot({ service, operation }: Trace, failure: { service: string; operation: string }): boolean {
  return service === failure.service && operation === failure.operation
}

function aboutTrace({ service, operation, duration }: Trace): string {
  return `${lengthOf(duration)} · ${service}: ${operation || 'unnamed'}`
}

function linksOf(
  settings: TracesConfig,
  grafana: { url: string } | null,
  service: string,
  { from, until }: Inquiry,
): Links {
  if (settings.kind === 'tempo') {
    const source = { type: 'tempo', uid: settings.datasource } as const
    if (grafana === null) return { trace: () => null, search: [] }
    const explore = (query: string) => exploreUrl(grafana, source, { query, queryType: 'traceql' }, { from, until })
    return { trace: explore, search: [{ title: 'Open in Grafana', url: explore(traceQl(service, 'failed')) }] }
  }
  const { ui } = settings
  if (ui === null) return { trace: () => null, search: [] }
  const params = new URLSearchParams({
    ...{ service, lookback: 'custom', limit: '20' },
    ...{ start: String(from.getTime() * 1000), end: String(until.getTime() * 1000) },
  })
  return {
    trace: (id) => `${ui}/trace/${encodeURIComponent(id)}`,
    search: [{ title: 'Open in Jaeger', url: `${ui}/search?${params}` }],
  }
}
