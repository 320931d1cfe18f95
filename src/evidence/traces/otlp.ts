// Traces in OpenTelemetry's own shape (OTLP as JSON), as Jaeger 2 and Tempo answer them.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import { recordsIn } from '../records.ts'
import { errorIn, type Tags } from './failure.ts'
import { type Span, type Trace, traceOf } from './trace.ts'

type Attribute = { key?: unknown; value?: Record<string, unknown> }
type Event = { name?: unknown; attributes?: Attribute[] }
type OtlpSpan = {
  traceId?: unknown
  spanId?: unknown
  parentSpanId?: unknown
  name?: unknown
  startTimeUnixNano?: unknown
  endTimeUnixNano?: unknown
  attributes?: Attribute[]
  events?: Event[]
  status?: { code?: unknown; message?: unknown }
}
type Scope = { spans?: OtlpSpan[] }
export type ResourceSpans = {
  resource?: { attributes?: Attribute[] }
  scopeSpans?: Scope[]
  /** As it was called before 2022. */
  instrumentationLibrarySpans?: Scope[]
}

/** The traces whose spans these are, in the order in which they are met. */
export function tracesIn(resources: ResourceSpans[]): Trace[] {
  const spans = new Map<string, Span[]>()
  for (const { resource, scopeSpans, instrumentationLibrarySpans } of recordsIn<ResourceSpans>(resources)) {
    const service = String(attributesOf(resource?.attributes)['service.name'] ?? 'unknown')
    const scopes = recordsIn<Scope>(scopeSpans ?? instrumentationLibrarySpans)
    for (const span of scopes.flatMap((scope) => recordsIn<OtlpSpan>(scope.spans))) {
      const trace = String(span.traceId)
      const known = spans.get(trace)
      if (known === undefined) spans.set(trace, [readSpan(span, service)])
      else known.push(readSpan(span, service))
    }
  }
  return [...spans].flatMap(([id, all]) => traceOf(id, all) ?? [])
}

function readSpan(span: OtlpSpan, service: string): Span {
  const tags = attributesOf(span.attributes)
  const { code, message } = span.status ?? {}
  const failed = code === 2 || code === 'STATUS_CODE_ERROR' || tags.error === true || tags.error === 'true'
  const start = milliseconds(span.startTimeUnixNano)
  const events = recordsIn<Event>(span.events).map(({ name, attributes }) => ({
    event: name,
    ...attributesOf(attributes),
  }))
  const parent =
    span.parentSpanId === undefined || /^[0A]*=*$/.test(String(span.parentSpanId)) ? null : String(span.parentSpanId)
  return {
    ...{ id: String(span.spanId), parent, service, operation: String(span.name ?? ''), start, failed },
    duration: Math.max(0, milliseconds(span.endTimeUnixNano) - start),
    error: failed ? errorIn({ 'status.message': message, ...tags }, events) : '',
  }
}

/** Nanoseconds come as text: they are more than a number holds. */
function milliseconds(nanoseconds: unknown): number {
  return Number(BigInt(/^\d+$/.test(String(nanoseconds)) ? String(nanoseconds) : '0') / 1000n) / 1000
}

function attributesOf(attributes: Attribute[] | undefined): Tags {
  return Object.fromEntries(
    recordsIn<Attribute>(attributes).map(({ key, value }) => [String(key), Object.values(value ?? {})[0]]),
  )
}
