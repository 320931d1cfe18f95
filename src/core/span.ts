// Stretches of time on a line: cut, laid over each other, joined. What schedules are put together from.
import type { Instant } from './wall.ts'

/** From `from` up to, not including, `until`. */
export type Span = { from: Instant; until: Instant }

/** Appends a span that begins no earlier than the last one, joining the two where they touch. */
export function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1)
  if (last !== undefined && span.from <= last.until) last.until = Math.max(last.until, span.until)
  else spans.push({ from: span.from, until: span.until })
}

/** `below` with everything of `above` laid over it. Both in order and free of overlaps, and so is the result. */
export function overlay<S extends Span>(below: readonly S[], above: readonly S[]): S[] {
  if (above.length === 0) return [...below]
  const rest = below.flatMap((span) => without(span, above))
  return [...rest, ...above].sort((a, b) => a.from - b.from)
}

function without<S extends Span>(span: S, above: readonly Span[]): S[] {
  const left: S[] = []
  let from = span.from
  for (const cut of above) {
    if (cut.until <= from) continue
    if (cut.from >= span.until) break
    if (cut.from > from) left.push({ ...span, from, until: cut.from })
    from = Math.max(from, cut.until)
  }
  if (from < span.until) left.push({ ...span, from })
  return left
}

/** What lies between the spans (in order) within `[from, until)`. */
export function between(spans: readonly Span[], from: Instant, until: Instant): Span[] {
  return without({ from, until }, spans)
}

/** The span that holds an instant; undefined when none does. `spans` in order: looked up by halves. */
export function spanAt<S extends Span>(spans: readonly S[], at: Instant): S | undefined {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.until ?? 0) <= at) low = middle + 1
    else high = middle
  }
  const found = spans[low]
  return found !== undefined && found.from <= at ? found : undefined
}
