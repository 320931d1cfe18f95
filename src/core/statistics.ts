// Figures over many incidents: how fast, how often in time. Nothing to count is null, never zero.

/** How long something took over `count` incidents. Milliseconds. */
export type Spread = { count: number; mean: number; median: number }

/** Null when there is nothing to measure: no incident is not "answered in 0 minutes". */
export function spread(durations: number[]): Spread | null {
  const sorted = durations.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  if (upper === undefined || lower === undefined) return null
  const sum = sorted.reduce((total, one) => total + one, 0)
  return { count: sorted.length, mean: sum / sorted.length, median: (lower + upper) / 2 }
}

/** What became of the promise to answer one incident. `undecided`: still within its time; `none`: nothing was promised. */
type Verdict = 'in time' | 'late' | 'undecided' | 'none'

/** One incident as the weekly figures see it. Its first answer counts, whoever has had it since. */
export type Response = {
  opened: boolean
  openedAt: Date
  acknowledgedAt: Date | null
  resolvedAt: Date | null
  verdict: Verdict
}

export type ResponseFigures = {
  opened: number
  inTime: number
  late: number
  undecided: number
  /** Kept because it was over before anybody had to answer; part of `inTime`. */
  endedUnanswered: number
  timeToAcknowledge: Spread | null
  timeToResolve: Spread | null
}

/**
 * Figures of the incidents of one severity. `responses` are those that were opened (`opened`) or resolved within
 * `[from, until)`. Answers count with the incidents opened in it, ends with those resolved in it: so every incident is
 * counted once, in one week or another, however long it took.
 */
export function responseFigures(responses: Response[], from: Date, until: Date): ResponseFigures {
  const opened = responses.filter((r) => r.opened)
  const of = (verdict: Verdict) => opened.filter((r) => r.verdict === verdict)
  const inTime = of('in time')
  const resolved = responses.filter((r) => r.resolvedAt !== null && r.resolvedAt >= from && r.resolvedAt < until)
  return {
    opened: opened.length,
    inTime: inTime.length,
    late: of('late').length,
    undecided: of('undecided').length,
    endedUnanswered: inTime.filter((r) => r.acknowledgedAt === null).length,
    timeToAcknowledge: spread(opened.flatMap((r) => since(r.openedAt, r.acknowledgedAt))),
    timeToResolve: spread(resolved.flatMap((r) => since(r.openedAt, r.resolvedAt))),
  }
}

function since(start: Date, end: Date | null): number[] {
  return end === null ? [] : [end.getTime() - start.getTime()]
}

/** Whole per cent, cut: 199 of 200 in time is 99 %, and 100 % means all. Null of nothing. */
export function percentOf(part: number, all: number): number | null {
  return all === 0 ? null : Math.floor((part * 100) / all)
}
