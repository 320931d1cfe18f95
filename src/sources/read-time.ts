// Instants in somebody else's JSON. A firing alert is never refused for its time: what cannot be read counts as now, and is told.
import type { Alert } from '../core/alert.ts'
import { BadField, type Fields, type Warn } from './read.ts'

/** The end of whatever still fires, as Go writes it. */
const zeroTime = '0001-01-01T00:00:00Z'

/** RFC 3339, and what Go prints: `2026-01-05 09:00:00.5 +0000 UTC m=+0.01`. */
const shape =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,12})?(?: ?([Zz]|[+-]\d\d:?\d\d)(?: [A-Z0-9+-]{1,6})?(?: m=\S{1,40})?)$/

/** Milliseconds of the years 2000 to 2100: a number between them, in whichever unit, means one thing only. */
const earliest = 946_684_800_000
const latest = 4_102_444_800_000

/** Seconds, milliseconds, microseconds and nanoseconds, in milliseconds. */
const units = [1_000, 1, 1e-3, 1e-6]

/** What is further ahead than clocks that are a little wrong, in milliseconds. */
const mostAhead = 15 * 60_000

const wanted = 'must be a time with its zone, such as 2026-01-05T09:00:00Z'

/**
 * An instant in RFC 3339, as Go and JavaScript write it, or in Unix time. Null when absent, or the zero of Go or Unix; undefined when it
 * cannot be read. Bounded to what Postgres and a Date can both hold.
 */
function instantOf(value: unknown): Date | null | undefined {
  if (value === undefined || value === null || value === '' || value === 0 || value === zeroTime) return null
  if (typeof value === 'number') return unixTime(value)
  if (typeof value !== 'string' || value.length > 100) return undefined
  const [, day, time, fraction = '', zone = ''] = shape.exec(value.trim()) ?? []
  if (day === undefined) return /^\d{9,19}(\.\d{1,9})?$/.test(value) ? unixTime(Number(value)) : undefined
  const at = new Date(`${day}T${time}${fraction.slice(0, 4)}${zone}`)
  // An offset can push the last hours of 9999 into a year that is written with six digits.
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999) return undefined
  // Nobody's alerts began then: whoever writes these says that he does not know.
  return at.getUTCFullYear() <= 1 || at.getTime() === 0 ? null : at
}

function unixTime(value: number): Date | undefined {
  const found = units.map((unit) => value * unit).find((at) => at >= earliest && at < latest)
  return found === undefined ? undefined : new Date(found)
}

/** @throws BadField when it cannot be read. */
export function readTime(value: unknown, field: string): Date | null {
  const at = instantOf(value)
  if (at === undefined) throw new BadField(`${field} ${wanted}`)
  return at
}

export type Period = Pick<Alert, 'status' | 'startsAt' | 'endsAt' | 'endsUntil'>

type Reading = { place: string; received: Date; isOver: (endsAt: Date | null) => boolean; warn: Warn }

/**
 * Since when an alert fires, or when it ended. `isOver` says so, by its end where it has one that can be read.
 * `place`: what the names of its fields begin with.
 */
export function readPeriod({ startsAt, endsAt }: Fields, { place, received, isOver, warn }: Reading): Period {
  const begun = instantOf(startsAt)
  const ended = instantOf(endsAt)
  const status = isOver(ended ?? null) ? 'resolved' : 'firing'
  if (begun === undefined) warn(`${place}startsAt ${wanted}: ${status === 'firing' ? arrival : unknown}`)
  if (ended === undefined) warn(`${place}endsAt ${wanted}: ${status === 'firing' ? unread : arrival}`)
  const isAhead = begun instanceof Date && begun.getTime() > received.getTime() + mostAhead
  if (isAhead) warn(`${place}startsAt lies in the future: ${arrival}; look at the clock and the zone of what sends it`)
  // The sender's clock may run ahead of ours; nothing has ended in the future.
  const end = status === 'firing' ? null : ended && ended < received ? ended : received
  // An end of which nobody knows what it is the end of must not end what began after it. Whole seconds may be all that is told.
  const start =
    begun !== undefined || end === null ? begun : new Date(Math.min(end.getTime() + 1_000, received.getTime()))
  const since = isAhead ? received : (start ?? received)
  if (end === null || begun instanceof Date) return { status, startsAt: since, endsAt: end }
  // It may have said when it began, on a clock that runs ahead: an end is told by the same clock, and one without any time is now.
  const latestEnd = received.getTime() + mostAhead
  const endsUntil = new Date(ended ? Math.min(ended.getTime() + 1_000, latestEnd) : latestEnd)
  return { status, startsAt: since, endsAt: end, endsUntil }
}

const arrival = 'the time of arrival counts'
const unknown = 'when it began stays as it was'
const unread = 'it still fires, so its end is not read'
