// The correlation id of a request: the sender's own when it is sane, else a new one. It goes into every log line and back.
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/

/** From `x-request-id`, else the trace id of a W3C `traceparent` (https://www.w3.org/TR/trace-context/). */
export function traceOf(headers: IncomingHttpHeaders): string {
  const id = headers['x-request-id']
  if (typeof id === 'string' && sane.test(id)) return id
  const parent = headers.traceparent
  const traceId = typeof parent === 'string' ? traceparent.exec(parent)?.[1] : undefined
  return traceId !== undefined && !/^0+$/.test(traceId) ? traceId : randomUUID()
}
