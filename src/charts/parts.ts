// A whole incident in one line: how it was before, how bad it became, and how it is after.
import type { Chart } from './chart.ts'
import { formatSpan, formatTime, formatValue } from './format.ts'

type Known = { at: number; value: number }

/**
 * `210 ms before, up to 1.2 s at 14:05 during 42 min, 220 ms after`, of the first (worst) series. Null when the chart is
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
  const to = threshold?.bad === 'below' ? 'down to' : 'up to'
  return [
    before.length > 0 ? `${say(middle(before))} before` : '',
    `${to} ${say(worst.value)} at ${formatTime(worst.at, zone, long)} during ${formatSpan(end - begin)}`,
    after.length > 0 ? `${say(middle(after))} after` : `${say(during.at(-1)?.value ?? worst.value)} at the end`,
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
