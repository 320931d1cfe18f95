// Tempo: searched with TraceQL, which tells how long traces took; where one broke is in the trace itself.
// https://grafana.com/docs/tempo/latest/api_docs/
import { PermanentError, reasonOf } from '../../errors.ts'
import { inQuotes } from '../fill-in.ts'
import { recordsIn } from '../records.ts'
import { type ResourceSpans, tracesIn } from './otlp.ts'
import type { Asking, TraceStore, Wanted } from './store.ts'
import type { Trace } from './trace.ts'

export const tempo: TraceStore = {
  async find({ client, signal }, { service, from, until, only, limit }) {
    const params = {
      q: traceQl(service, only),
      // Whole seconds.
      start: Math.floor(from.getTime() / 1000),
      end: Math.ceil(until.getTime() / 1000),
      limit,
    }
    const { data } = await client.get('/api/search', { params, signal })
    if (typeof data !== 'object' || data === null || !('traces' in data || 'metrics' in data))
      throw new PermanentError('what answers at traces.url is not Tempo: it sent no traces')
    const { traces } = data as { traces?: unknown }
    return recordsIn<TempoTrace>(traces)
      .map((one) => readTrace(one, only === 'failed'))
      .filter(({ at, duration }) => !Number.isNaN(at.getTime()) && Number.isFinite(duration))
  },
  details: (asking, traces) => Promise.all(traces.map((trace) => withDetails(asking, trace))),
}

export function traceQl(service: string, only: Wanted['only']): string {
  const more = { failed: ' && status = error', slow: ' && duration > 1s', any: '' }[only]
  return `{ resource.service.name = "${inQuotes(service)}"${more} }`
}

type TempoTrace = {
  traceID?: unknown
  rootServiceName?: unknown
  rootTraceName?: unknown
  startTimeUnixNano?: unknown
  durationMs?: unknown
}

function readTrace(found: TempoTrace, failed: boolean): Trace {
  const at = new Date(Number(String(found.startTimeUnixNano ?? '0').slice(0, -6)))
  return {
    ...{ id: String(found.traceID), at, duration: Number(found.durationMs ?? 0), failed, failure: null },
    service: String(found.rootServiceName ?? 'unknown'),
    operation: String(found.rootTraceName ?? ''),
  }
}

/** A trace that cannot be fetched is still one that failed. */
async function withDetails({ client, signal }: Asking, trace: Trace): Promise<Trace> {
  if (!/^[0-9a-f]{1,32}$/i.test(trace.id)) return trace
  try {
    const headers = { accept: 'application/json' }
    const { data } = await client.get(`/api/traces/${trace.id}`, { signal, headers })
    const { batches, resourceSpans } = (data ?? {}) as { batches?: ResourceSpans[]; resourceSpans?: ResourceSpans[] }
    const [whole] = tracesIn(batches ?? resourceSpans ?? [])
    return whole === undefined ? trace : { ...trace, failure: whole.failure }
  } catch (error) {
    if (signal.aborted) throw new PermanentError(reasonOf(error), { cause: error })
    return trace
  }
}
