// The events of a calendar, each time that they take place: recurrences, exceptions, moved ones, added ones, lengths.
import { dateOf, day, type Instant, instantOf, type Wall, wallAt } from '../core/wall.ts'
import { type Property, unescaped } from './content.ts'
import { recurrences } from './recurrence.ts'
import { after, instantAt, readWhen, type When, wallLength, type ZoneOf } from './times.ts'

export type Occurrence = { from: Date; until: Date; event: Property[] }

export type Span = { from: Date; until: Date }

type Zones = { zoneOf: ZoneOf; zone: string }

type Event = {
  properties: Property[]
  uid: string
  sequence: number
  start: When
  end: When
  /** Of a series, the time that this one takes the place of. */
  instead: When | null
}

/** All with a part in `span`. Throws an Error that says what of which event cannot be read. */
export function occurrencesOf(events: Property[][], zones: Zones, span: Span): Occurrence[] {
  const read = events.map((properties, index) => readEvent(properties, index, zones))
  const kept = latest(read)
  const moved = new Map<string, When[]>()
  for (const { uid, instead } of kept) if (instead !== null) moved.set(uid, [...(moved.get(uid) ?? []), instead])
  return kept.flatMap((event) => {
    if (isCancelled(event.properties)) return []
    const instead = event.instead === null ? (moved.get(event.uid) ?? []) : []
    const found = countable(event, () => timesOf(event, instead, zones, span)).filter(
      ({ from, until }) => from < until && until > span.from && from < span.until,
    )
    const strange = found.length === 0 ? null : strangeZone(event, instead, zones, span)
    if (strange !== null) throw new Error(`${shown(event.properties)} is in a time zone nobody knows: ${strange}`)
    return found.map((times) => ({ ...times, event: event.properties }))
  })
}

/** A time that was taken out, added or moved by a clock nobody knows is as bad as a beginning, unless that was long ago. */
function strangeZone(event: Event, instead: When[], { zoneOf, zone }: Zones, span: Span): string | null {
  const { start, end, properties } = event
  const besides = ['EXDATE', 'RDATE'].flatMap((name) => listed(properties, name))
  const read = besides.map(({ value, params }) => readWhen(value.replace(/\/.*/, ''), params, zoneOf, zone))
  const earliest = span.from.getTime() - wallLength(start, end) - 2 * day
  const counts = (one: When | null) => one !== null && one.wall > earliest && one.wall < span.until.getTime() + 2 * day
  const times = [...instead, ...read].filter(counts)
  return [start, end, ...times].find((one) => one !== null && one.strange !== null)?.strange ?? null
}

export function textOf(properties: Property[], name: string): string | null {
  return properties.find((one) => one.name === name)?.value ?? null
}

function shown(properties: Property[]): string {
  const summary = unescaped(textOf(properties, 'SUMMARY') ?? '').trim()
  return `“${summary.slice(0, 60) || textOf(properties, 'UID') || 'an event without a summary'}”`
}

function isCancelled(properties: Property[]): boolean {
  return textOf(properties, 'STATUS')?.trim().toUpperCase() === 'CANCELLED'
}

function readEvent(properties: Property[], index: number, { zoneOf, zone }: Zones): Event {
  const time = (name: string): When | null => {
    const property = properties.find((one) => one.name === name)
    if (property === undefined) return null
    const when = readWhen(property.value, property.params, zoneOf, zone)
    if (when === null) throw new Error(`${name} of ${shown(properties)} is no time: ${property.value.slice(0, 40)}`)
    return when
  }
  const start = time('DTSTART')
  if (start === null) throw new Error(`${shown(properties)} does not say when it begins (DTSTART)`)
  const instead = time('RECURRENCE-ID')
  if (properties.some(({ name, params }) => name === 'RECURRENCE-ID' && /^THISANDFUTURE$/i.test(params.RANGE ?? '')))
    throw new Error(`${shown(properties)} changes all that follow it (THISANDFUTURE), which cannot be read`)
  if (textOf(properties, 'EXRULE') !== null)
    throw new Error(`${shown(properties)} leaves times out by a rule (EXRULE), which cannot be read`)
  return {
    properties,
    uid: textOf(properties, 'UID')?.trim() || `without a UID: ${index}`,
    sequence: Number(textOf(properties, 'SEQUENCE') ?? 0) || 0,
    start,
    end: endOf(properties, start, time('DTEND')),
    instead,
  }
}

/** A day without an end, or with its own as it, is that day. */
function endOf(properties: Property[], start: When, written: When | null): When {
  const length = textOf(properties, 'DURATION')
  const recurs = properties.some(({ name }) => name === 'RRULE' || name === 'RDATE')
  const end = written ?? (length === null ? start : after(start, length, recurs ? 'wall' : 'passing'))
  if (end === null) throw new Error(`DURATION of ${shown(properties)} is no length: ${length?.slice(0, 40)}`)
  return start.isDay && end.isDay && end.wall <= start.wall ? { ...start, wall: start.wall + day } : end
}

/** Of events with one UID, those of the latest revision; of one that was written twice, the last. */
function latest(events: Event[]): Event[] {
  const place = ({ uid, instead }: Event) => JSON.stringify([uid, instead === null ? null : instantAt(instead)])
  const newest = new Map<string, number>()
  for (const event of events)
    newest.set(place(event), Math.max(event.sequence, newest.get(place(event)) ?? event.sequence))
  const kept = events.filter((event) => event.sequence === newest.get(place(event)))
  return [
    ...new Map(kept.map((event) => [`${place(event)} ${event.instead ? '' : instantAt(event.start)}`, event])).values(),
  ]
}

/** What is written a million years ahead, or lasts as long, is more than a clock can hold. */
function countable<T>({ properties }: Event, count: () => T): T {
  try {
    return count()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Error(`${shown(properties)} is at a time that cannot be counted`)
  }
}

function timesOf(event: Event, instead: When[], zones: Zones, span: Span): { from: Date; until: Date }[] {
  const { start, end, properties } = event
  const once = { from: new Date(instantAt(start)), until: new Date(instantAt(end)) }
  const rules = event.instead === null ? properties.filter(({ name }) => name === 'RRULE') : []
  const added = event.instead === null ? addedTimes(event, zones) : []
  if (rules.length === 0 && added.length === 0) return [once]
  const length = wallLength(start, end)
  const at = (wall: Wall) => ({ ...start, wall })
  const walls = rules.flatMap(({ value }) => repeated(event, value, length, span))
  const isLeftOut = exceptions(event, instead, zones)
  const times = new Map<Instant, { from: Date; until: Date }>()
  for (const wall of rules.length === 0 ? [start.wall] : walls) {
    const from = instantAt(at(wall))
    // Every time at the same local time, as the calendars that people look at show it: counted in hours, a week in October
    // would end an hour before the next one begins, with nobody in between.
    const until = wall === start.wall ? instantAt(end) : instantOf(start.zone, wall + length, 'first')
    if (!isLeftOut(at(wall))) times.set(from, { from: new Date(from), until: new Date(until) })
  }
  for (const { from, until } of added) {
    const passing = { from: new Date(instantAt(from)), until: new Date(instantAt(until)) }
    if (!isLeftOut(from)) times.set(passing.from.getTime(), passing)
  }
  return [...times.values()]
}

function repeated({ start, properties }: Event, rule: string, length: number, { from, until }: Span): Wall[] {
  try {
    const [first, last] = [wallAt(start.zone, from.getTime()), wallAt(start.zone, until.getTime())]
    return recurrences(rule, start, first - length - 2 * day, last + 2 * day)
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw new Error(`${shown(properties)} recurs in a way that cannot be read (${why})`)
  }
}

/** RDATE: times of a series besides those of its rule, each as long as the first unless it says otherwise. */
function addedTimes({ start, end, properties }: Event, { zoneOf, zone }: Zones): { from: When; until: When }[] {
  const length = wallLength(start, end)
  return listed(properties, 'RDATE').flatMap(({ value, params }) => {
    const [begins = '', ends] = value.split('/')
    const from = readWhen(begins, params, zoneOf, zone)
    if (from === null) throw new Error(`RDATE of ${shown(properties)} is no time: ${value.slice(0, 40)}`)
    if (ends === undefined) return [{ from, until: { ...from, wall: from.wall + length } }]
    const until = after(from, ends, 'passing') ?? readWhen(ends, params, zoneOf, zone)
    if (until === null) throw new Error(`RDATE of ${shown(properties)} is no time: ${value.slice(0, 40)}`)
    return [{ from, until }]
  })
}

/** Whether a time was taken out (EXDATE), or is another event's: a date takes out all of that day. */
function exceptions({ start, properties }: Event, instead: When[], { zoneOf, zone }: Zones): (at: When) => boolean {
  const written = listed(properties, 'EXDATE').map(({ value, params }) => readWhen(value, params, zoneOf, zone))
  if (written.includes(null)) throw new Error(`an EXDATE of ${shown(properties)} is no time`)
  const out = [...written, ...instead].filter((one) => one !== null)
  const dates = new Set(out.filter(({ isDay }) => isDay || start.isDay).map(({ wall }) => dateOf(wall)))
  const instants = new Set(out.filter(({ isDay }) => !isDay).map(instantAt))
  return (at) => dates.has(dateOf(at.wall)) || instants.has(instantAt(at))
}

function listed(properties: Property[], name: string): Pick<Property, 'value' | 'params'>[] {
  return properties
    .filter((one) => one.name === name)
    .flatMap(({ value, params }) => value.split(',').map((one) => ({ value: one.trim(), params })))
    .filter(({ value }) => value !== '')
}
