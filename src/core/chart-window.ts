// The span of time a chart shows, as people say it: `30m`, `6h`, `1d`, `yesterday`, `today`.
import { Temporal } from 'temporal-polyfill'

export type ChartWindow = { from: Date; until: Date }

const units: Record<string, number> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

const bounds = { shortest: units.m ?? 0, longest: 31 * 86_400_000 }

/** Whether a word is a span at all, whatever its length. */
export function isWindow(word: string): boolean {
  return /^(yesterday|today|(\d{1,6}(min|[mhdw]))+)$/i.test(word)
}

/** Null: it is no span, or one shorter than a minute or longer than 31 days. `zone`: where the day begins at midnight. */
export function windowNamed(word: string, now: Date, zone: string): ChartWindow | null {
  const name = word.toLowerCase()
  if (name === 'yesterday' || name === 'today') {
    const midnight = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).startOfDay()
    const at = ({ epochMilliseconds }: Temporal.ZonedDateTime) => new Date(epochMilliseconds)
    if (name === 'yesterday') return { from: at(midnight.subtract({ days: 1 })), until: at(midnight) }
    return now.getTime() - midnight.epochMilliseconds < bounds.shortest ? null : { from: at(midnight), until: now }
  }
  if (!isWindow(name)) return null
  let span = 0
  for (const [, count, unit] of name.matchAll(/(\d+)(min|[mhdw])/g)) span += Number(count) * (units[unit ?? ''] ?? 0)
  if (span < bounds.shortest || span > bounds.longest) return null
  return { from: new Date(now.getTime() - span), until: now }
}
