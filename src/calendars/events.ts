// A calendar's text as shifts: recurrences, exceptions, zones and whole days resolved. Runs in a thread of its own.
import { type Property, readContent, unescaped } from './content.ts'
import { type Occurrence, occurrencesOf, textOf } from './occurrences.ts'
import { type Known, whoseEvent } from './people.ts'
import { zoneFinder } from './zones.ts'

export type Order = {
  text: string
  schedule: string
  /** Of days and times that name no zone. */
  zone: string
  people: Known[]
  from: Date
  until: Date
}

export type CalendarText = {
  shifts: { person: string; from: Date; until: Date }[]
  /** Names that are nobody in `people:`, each once. */
  unknown: string[]
}

/** More shifts than a year has hours are a mistake, not a schedule. */
const mostShifts = 10_000
const mostUnknown = 20

/** Throws an Error that says what is wrong with the text. A text without a single event is taken for broken. */
export function readEvents(order: Order): CalendarText {
  const { text, from, until } = order
  if (!/^\s*BEGIN:VCALENDAR/i.test(text.replace(/^\uFEFF/, ''))) throw new Error('it is not an iCal calendar')
  if (!/END:VCALENDAR\s*$/i.test(text)) throw new Error('it ends in the middle')
  const { events, zones } = readContent(text.replace(/^\uFEFF/, ''))
  if (events.length === 0) throw new Error('it has no events')
  const result: CalendarText = { shifts: [], unknown: [] }
  const found = { zoneOf: zoneFinder(zones, { from, until }), zone: order.zone }
  for (const occurrence of occurrencesOf(events, found, { from, until })) {
    take(result, occurrence, order)
    if (result.shifts.length > mostShifts) throw new Error(`it has more than ${mostShifts} shifts`)
  }
  return { shifts: joined(result.shifts), unknown: result.unknown }
}

/** The database takes neither NUL nor half a character. */
function shortened(name: string): string {
  return [...name.replaceAll('\0', '')].slice(0, 100).join('')
}

function take(result: CalendarText, { from, until, event }: Occurrence, order: Order): void {
  const invited = event.filter((one) => one.name === 'ATTENDEE' && isPerson(one))
  const attendees = invited.filter(({ params }) => !/^DECLINED$/i.test(params.PARTSTAT ?? ''))
  // What somebody was invited to and declined is not that of who invites, who may be they themselves.
  const organizer = invited.length === 0 ? event.find(({ name }) => name === 'ORGANIZER') : undefined
  const named = {
    summary: unescaped(textOf(event, 'SUMMARY') ?? ''),
    attendees: attendees.map((one) => whoIs(one, order.people)),
    organizer: organizer === undefined ? null : whoIs(organizer, order.people),
  }
  const { people, unknown } = whoseEvent(named, order.people, order.schedule)
  for (const person of people) result.shifts.push({ person, from, until })
  for (const name of unknown.map(shortened)) {
    if (result.unknown.length < mostUnknown && !result.unknown.includes(name)) result.unknown.push(name)
  }
}

type Party = { name: string | null; email: string | null }

function isPerson({ params }: Property): boolean {
  return !/^(ROOM|RESOURCE)$/i.test(params.CUTYPE ?? '')
}

function whoIs({ value, params }: Property, known: Known[]): Party {
  // Apple writes an address of its own kind, and the one of the mailbox beside it, which may be another than the one that is known.
  const addresses = [params.EMAIL ?? '', value].map(addressIn).filter((one) => one !== null)
  const isKnown = (address: string) => known.some(({ email }) => email?.toLowerCase() === address.toLowerCase())
  return {
    name: unescaped(params.CN ?? '').trim() || null,
    email: addresses.find(isKnown) ?? addresses[0] ?? null,
  }
}

/** Some leave `mailto:` out. */
function addressIn(text: string): string | null {
  const address = text.replace(/^\s*mailto:/i, '').trim()
  return /^[^\s:/]+@[^\s:/]+$/.test(address) ? address : null
}

/** A person's shifts that overlap are one. */
function joined(shifts: CalendarText['shifts']): CalendarText['shifts'] {
  const inOrder = [...shifts].sort((a, b) => a.from.getTime() - b.from.getTime())
  const latest = new Map<string, CalendarText['shifts'][number]>()
  const result: CalendarText['shifts'] = []
  for (const shift of inOrder) {
    const last = latest.get(shift.person)
    if (last !== undefined && shift.from < last.until) {
      if (shift.until > last.until) last.until = shift.until
      continue
    }
    const own = { ...shift }
    latest.set(shift.person, own)
    result.push(own)
  }
  return result
}
