// Which zone a calendar means: by its name, by what Windows calls it, or by the rules that the calendar brings along.
import ical, { type VEvent } from 'node-ical'
import { day, hour, type Instant, isZone, wallAt } from '../core/wall.ts'
import type { Property } from './content.ts'
import { recurrences } from './recurrence.ts'
import { readWhen, type ZoneOf } from './times.ts'

/** The years whose rules have to be those of a zone. */
export type Years = { from: Date; until: Date }

/** Null: a name that nobody knows, without rules that are those of any zone. */
export function zoneFinder(definitions: Map<string, Property[][]>, years: Years): ZoneOf {
  const found = new Map<string, string | null>()
  return (written) => {
    const tzid = written.trim()
    const known = found.get(tzid)
    if (known !== undefined) return known
    const rules = definitions.get(tzid) ?? []
    const zone =
      withSummer(tzid, rules, years) ?? named(tzid) ?? byOffset(tzid) ?? ofWindows(tzid) ?? byRules(rules, years)
    found.set(tzid, zone)
    return zone
  }
}

/** Letters and offsets, which some write for zones with a summer (`GMT`: London; `EST`: New York), are what the calendar says of them. */
function withSummer(tzid: string, rules: Property[][], years: Years): string | null {
  const zone = /^[A-Z]{3,4}$|\d$/.test(tzid) ? byRules(rules, years) : null
  return zone === null || !/^[A-Z]/.test(zone) ? null : zone
}

/** `Europe/Berlin`, also behind a prefix: `/freeassociation.sourceforge.net/Europe/Berlin`. */
function named(tzid: string): string | null {
  const parts = tzid.split('/').filter((part) => part !== '')
  const names = tzid.startsWith('/') ? [3, 2, 1].map((last) => parts.slice(-last).join('/')) : [tzid]
  // `+01:00` is read below.
  return names.find((name) => /^[A-Za-z]/.test(name) && isZone(name)) ?? null
}

/** `GMT+0100`, `(UTC+05:30)`. */
function byOffset(tzid: string): string | null {
  const [, sign = '', hours = '', minutes = '00'] =
    /^\(?(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?\)?$/i.exec(tzid.trim()) ?? []
  const ahead = offset(`${sign}${hours.padStart(2, '0')}${minutes}`)
  return ahead === null ? null : ofOffset(ahead)
}

/** `W. Europe Standard Time`, `(UTC+01:00) Amsterdam, Berlin, Bern`: node-ical knows their names. */
function ofWindows(tzid: string): string | null {
  // What it does not know it takes for the zone of this machine, and at letters such as PST it throws.
  if (!tzid.includes(' ') || /^(tzone:|customized time zone)/i.test(tzid)) return null
  const start = `DTSTART;TZID="${tzid.replaceAll('"', '')}":20270115T120000`
  const text = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', start, 'END:VEVENT', 'END:VCALENDAR'].join('\n')
  const event = Object.values(ical.sync.parseICS(text)).find((one): one is VEvent => one?.type === 'VEVENT')
  const zone = event?.start?.tz
  if (zone === undefined || zone === tzid) return null
  return isZone(zone) ? zone : null
}

/** The first zone whose clocks do in these years what the rules say. */
function byRules(observances: Property[][], { from, until }: Years): string | null {
  const [first, last] = [from.getTime() - 366 * day, until.getTime() + 366 * day]
  const onsets = allOnsets(observances, first, last)
  const before = onsets.filter(({ at }) => at <= first).at(-1)
  const within = onsets.filter(({ at }) => at > first && at < last)
  if (before === undefined && within.length === 0) return null
  const probes = [
    ...(before === undefined ? [] : [{ at: first, ahead: before.ahead }]),
    ...within.flatMap(({ at, was, ahead }) => [
      { at: at - 1, ahead: was },
      { at, ahead },
    ]),
  ]
  if (within.length === 0 && before !== undefined) return ofOffset(before.ahead)
  const all = Intl.supportedValuesOf('timeZone')
  return all.find((zone) => probes.every(({ at, ahead }) => wallAt(zone, at) - at === ahead)) ?? null
}

/** `+05:30`, which is a zone without changes. */
function ofOffset(ahead: number): string {
  const minutes = Math.abs(ahead) / 60_000
  const [hours, rest] = [Math.floor(minutes / 60), Math.floor(minutes % 60)]
  return `${ahead < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

type Onset = { at: Instant; was: number; ahead: number }

/** In order; none when one of the rules cannot be read. */
function allOnsets(observances: Property[][], first: Instant, last: Instant): Onset[] {
  try {
    return observances.flatMap((one) => onsetsOf(one, first, last)).sort((a, b) => a.at - b.at)
  } catch {
    return []
  }
}

/** When an observance (STANDARD, DAYLIGHT) begins, each time until `last`; of those before `first` the one after which it began. */
function onsetsOf(observance: Property[], first: Instant, last: Instant): Onset[] {
  const value = (name: string) => observance.find((one) => one.name === name)?.value ?? ''
  const start = readWhen(value('DTSTART'), {}, () => null, 'UTC')
  const [was, ahead] = [offset(value('TZOFFSETFROM')), offset(value('TZOFFSETTO'))]
  if (start === null || was === null || ahead === null) return []
  const rule = value('RRULE')
  const listed = observance
    .filter(({ name }) => name === 'RDATE')
    .flatMap((one) => one.value.split(',').flatMap((date) => readWhen(date, {}, () => null, 'UTC')?.wall ?? []))
  // Rules of 1601 are the same in our time, and quicker to follow from there.
  const walls =
    rule === '' ? [start.wall] : [start.wall, ...recurrences(rule, recent(start, rule, first), first - 732 * day, last)]
  return [...walls, ...listed].map((wall) => ({ at: wall - was, was, ahead }))
}

function recent<T extends { wall: number }>(start: T, rule: string, first: Instant): T {
  const years = new Date(first).getUTCFullYear() - 4 - new Date(start.wall).getUTCFullYear()
  if (years <= 0 || /COUNT|INTERVAL=[^1]/i.test(rule)) return start
  const moved = new Date(start.wall)
  moved.setUTCFullYear(moved.getUTCFullYear() + years)
  return { ...start, wall: moved.getTime() }
}

/** Milliseconds of `+0530`. */
function offset(text: string): number | null {
  const [, sign, hours, minutes, seconds] = /^([+-])(\d\d)(\d\d)(\d\d)?$/.exec(text.trim()) ?? []
  if (sign === undefined) return null
  const size = Number(hours) * hour + Number(minutes) * 60_000 + Number(seconds ?? 0) * 1_000
  return sign === '-' ? -size : size
}
