// A whole incident in one line: how it was before, how bad it became, and how it is after.
import type { Chart } from './chart.ts'
import { formatSpan, formatTime, formatValue } from './format.ts'

/** Milliseconds after the end from which on there is something to say of it. */
const enough = 120_000

type Known = { at: number; value: number }

/**
 * `before 210 ms, during 42 min up to 1.2 s at 14:05, after 220 ms`, of the first (worst) series. Null when the chart is
 * not of a whole incident, or nothing is known of it.
 */
export function partsSummary({ series, incident, threshold, unit, zone, from, until }: Chart): string | null {
  if (!incident) return null
  const known = (series[0]?.points ?? []).flatMap(([at, value]): Known[] =>
    value !== null && Number.isFinite(value) ? [{ at, value }] : [],
  )
  const [begin, end] = [incident.from.getTime(), incident.until.getTime()]
  const before = known.filter(({ at }) => at < begin)
  const during = known.filter(({ at }) => at >= begin && at <= end)
  const after = known.filter(({ at }) => at > end)
  const worst = extreme(during, threshold?.bad === 'below' ? -1 : 1)
  if (worst === null) return null
  const say = (value: number) => formatValue(value, unit)
  const long = until.getTime() - from.getTime() > 24 * 3_600_000
  // A moment is no after: who resolves while it fires has not seen it end.
  const told = after.length > 2 && until.getTime() - end >= enough
  const to = threshold?.bad === 'below' ? 'down to' : 'up to'
  return [
    before.length > 0 ? `before ${say(middle(before))}` : '',
    `during ${formatSpan(end - begin)} ${to} ${say(worst.value)} at ${formatTime(worst.at, zone, long)}`,
    told ? `after ${say(middle(after))}` : `at the end ${say(known.at(-1)?.value ?? worst.value)}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function extreme(known: Known[], sign: 1 | -1): Known | null {
  return known.reduce<Known | null>(
    (best, one) => (best === null || one.value * sign > best.value * sign ? one : best),
    null,
  )
}

/** The median: neither the climb before the alert nor a last spike decides how it ordinarily was. */
function middle(known: Known[]): number {
  const values = known.map(({ value }) => value).sort((a, b) => a - b)
  return values[Math.floor((values.length - 1) / 2)] ?? 0
}
