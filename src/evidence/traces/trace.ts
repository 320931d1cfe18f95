// A trace, whatever store it came from: how long it took, where it began, and where it broke.
export type Span = {
  id: string
  parent: string | null
  service: string
  operation: string
  /** Milliseconds since 1970, and how many it took. */
  start: number
  duration: number
  failed: boolean
  /** What its error says; empty when it says nothing. */
  error: string
}

export type Trace = {
  id: string
  at: Date
  /** Milliseconds. */
  duration: number
  service: string
  operation: string
  failed: boolean
  /** The span that broke; null when none is known. */
  failure: { service: string; operation: string; error: string } | null
}

/** Null for a trace without spans. Those without a time are passed over. */
export function traceOf(id: string, all: Span[]): Trace | null {
  const spans = all.filter(({ start, duration }) => isInstant(start) && Number.isFinite(duration))
  const ids = new Set(spans.map((span) => span.id))
  // A root may be missing still: its spans come from many places.
  const roots = spans.filter(({ parent }) => parent === null || !ids.has(parent)).sort((a, b) => a.start - b.start)
  const root = roots.find(({ parent }) => parent === null) ?? roots[0]
  if (root === undefined) return null
  const start = spans.reduce((first, span) => Math.min(first, span.start), root.start)
  const end = spans.reduce((last, span) => Math.max(last, span.start + span.duration), start)
  const broken = failingSpan(spans)
  return {
    ...{ id, at: new Date(start), duration: end - start, service: root.service, operation: root.operation },
    failed: broken !== null,
    failure: broken && { service: broken.service, operation: broken.operation, error: broken.error },
  }
}

function isInstant(milliseconds: number): boolean {
  return !Number.isNaN(new Date(milliseconds).getTime())
}

/** Errors climb: the one that began it has none below it. Of several the first, and rather one that says something. */
function failingSpan(spans: Span[]): Span | null {
  const failed = spans.filter((span) => span.failed)
  const above = new Set(failed.map(({ parent }) => parent))
  const leaves = failed.filter(({ id }) => !above.has(id))
  const sorted = leaves.sort((a, b) => Number(b.error !== '') - Number(a.error !== '') || a.start - b.start)
  return sorted[0] ?? null
}
