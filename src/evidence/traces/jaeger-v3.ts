// The stable query API of Jaeger (version 3, over HTTP): what it finds comes as OTLP, in one document or one a line.
// https://www.jaegertracing.io/docs/latest/architecture/apis/
import { PermanentError } from '../../errors.ts'
import { readJson } from '../../json.ts'
import { type ResourceSpans, tracesIn } from './otlp.ts'
import type { TraceStore, Wanted } from './store.ts'

export const jaegerV3: TraceStore = {
  async find({ client, signal }, { service, from, until, only, limit }) {
    const params = {
      'query.service_name': service,
      'query.start_time_min': from.toISOString(),
      'query.start_time_max': until.toISOString(),
      'query.search_depth': limit,
      // As versions before 2 call it.
      'query.num_traces': limit,
      ...filters[only],
    }
    // 404 is how it says that there are none.
    const validateStatus = (status: number) => (status >= 200 && status < 300) || status === 404
    const { data, status } = await client.get('/api/v3/traces', { params, signal, validateStatus })
    const documents = documentsIn(data)
    if (status === 404 && documents.some(({ error }) => /no traces found/i.test(String(error?.message)))) return []
    if (status === 404 || documents.length === 0) throw notJaeger()
    const traces = tracesIn(documents.flatMap(({ result }) => result?.resourceSpans ?? []))
    // Some of its stores pass over what they cannot filter by.
    return only === 'failed' ? traces.filter(({ failed }) => failed) : traces
  },
  details: async (_asking, traces) => traces,
}

const filters: Record<Wanted['only'], Record<string, string>> = {
  failed: { 'query.attributes': '{"error":"true"}' },
  slow: { 'query.duration_min': '1s' },
  any: {},
}

type Document = { result?: { resourceSpans?: ResourceSpans[] }; error?: { message?: unknown } }

function documentsIn(data: unknown): Document[] {
  if (typeof data === 'object' && data !== null) return 'result' in data || 'error' in data ? [data as Document] : []
  const lines = typeof data === 'string' ? data.split('\n').filter((line) => line.trim() !== '') : []
  try {
    return lines.map((line) => readJson(line) as Document)
  } catch {
    return []
  }
}

function notJaeger(): PermanentError {
  return new PermanentError('what answers at traces.url does not speak version 3 of Jaeger’s API; try kind: jaeger')
}
