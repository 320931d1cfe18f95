// Jaeger's own query API, as its pages use it: traces with tags and logs. Times are microseconds.
// https://www.jaegertracing.io/docs/latest/architecture/apis/
import { PermanentError } from '../../errors.ts'
import { recordsIn } from '../records.ts'
import { errorIn, type Tags } from './failure.ts'
import type { TraceStore, Wanted } from './store.ts'
import { type Span, type Trace, traceOf } from './trace.ts'

export const jaeger: TraceStore = {
  async find({ client, signal }, { service, from, until, only, limit }) {
    const params = {
      ...{ service, start: from.getTime() * 1000, end: until.getTime() * 1000, limit, lookback: 'custom' },
      ...filters[only],
    }
    const { data } = await client.get('/api/traces', { params, signal })
    const { data: found } = (data ?? {}) as { data?: unknown }
    if (found === null) return []
    if (!Array.isArray(found)) throw new PermanentError('what answers at traces.url is not Jaeger: it sent no traces')
    return recordsIn<JaegerTrace>(found).flatMap((one) => readTrace(one) ?? [])
  },
  details: async (_asking, traces) => traces,
}

const filters: Record<Wanted['only'], Record<string, string>> = {
  failed: { tags: '{"error":"true"}' },
  slow: { minDuration: '1s' },
  any: {},
}

type Tag = { key?: unknown; value?: unknown }
type Reference = { refType?: unknown; traceID?: unknown; spanID?: unknown }
type JaegerSpan = {
  spanID?: unknown
  operationName?: unknown
  references?: Reference[]
  startTime?: unknown
  duration?: unknown
  tags?: Tag[]
  logs?: { fields?: Tag[] }[]
  processID?: unknown
}
type JaegerTrace = { traceID?: unknown; spans?: JaegerSpan[]; processes?: Record<string, { serviceName?: unknown }> }

function readTrace({ traceID, spans, processes }: JaegerTrace): Trace | null {
  const read = recordsIn<JaegerSpan>(spans).map((span): Span => {
    const tags = tagsOf(span.tags)
    const failed = isTrue(tags.error) || String(tags['otel.status_code']).toUpperCase() === 'ERROR'
    return {
      id: String(span.spanID),
      parent: parentOf(span, traceID),
      service: String(processes?.[String(span.processID)]?.serviceName ?? 'unknown'),
      operation: String(span.operationName ?? ''),
      start: Number(span.startTime) / 1000,
      duration: Number(span.duration) / 1000,
      failed,
      error: failed
        ? errorIn(
            tags,
            recordsIn<{ fields?: Tag[] }>(span.logs).map(({ fields }) => tagsOf(fields)),
          )
        : '',
    }
  })
  return traceOf(String(traceID), read)
}

/** A reference to another trace is no parent here. */
function parentOf({ references }: JaegerSpan, trace: unknown): string | null {
  const own = recordsIn<Reference>(references).filter(({ traceID }) => traceID === trace)
  const parent = own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0]
  return parent === undefined ? null : String(parent.spanID)
}

function tagsOf(tags: Tag[] | undefined): Tags {
  return Object.fromEntries(recordsIn<Tag>(tags).map(({ key, value }) => [String(key), value]))
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1
}
