// A calendar's text as shifts: recurrences, exceptions, zones and whole days resolved. Runs in a thread of its own.

import type { EventInstance, VEvent } from 'node-ical'
import ical from 'node-ical'
import { instantOf, wallAt } from '../core/wall.ts'
import { type Known, whoseEvent } from './people.ts'

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
  const events = Object.values(ical.sync.parseICS(text)).flatMap((one) =>
    one?.type === 'VEVENT' ? [one as VEvent] : [],
  )
  if (events.length === 0) throw new Error('it has no events')
  const result: CalendarText = { shifts: [], unknown: [] }
  for (const event of events) {
    for (const instance of instancesOf(event, from, until)) {
      take(result, instance, order)
      if (result.shifts.length > mostShifts) throw new Error(`it has more than ${mostShifts} shifts`)
    }
  }
  return { shifts: joined(result.shifts), unknown: result.unknown }
}

/** The database takes neither NUL nor half a character. */
function shortened(name: string): string {
  return [...name.replaceAll('\0', '')].slice(0, 100).join('')
}

function instancesOf(event: VEvent, from: Date, until: Date): EventInstance[] {
  try {
    return ical.expandRecurringEvent(event, { from, to: until, expandOngoing: true })
  } catch (error) {
    const about = textOf(event.summary).slice(0, 60) || event.uid
    throw new Error(
      `“${about}” recurs in a way that cannot be read (${error instanceof Error ? error.message : error})`,
    )
  }
}

function take(result: CalendarText, instance: EventInstance, order: Order): void {
  const { event } = instance
  if (event.status === 'CANCELLED') return
  const span = { from: instant(instance.start, instance, order.zone), until: endOf(instance, order.zone) }
  if (span.from >= span.until || span.until <= order.from || span.from >= order.until) return
  const attendees = [event.attendee ?? []].flat().flatMap((one) => invited(one))
  const organizer = event.organizer === undefined ? null : whoIs(event.organizer)
  const named = { summary: textOf(instance.summary), attendees, organizer }
  const { people, unknown } = whoseEvent(named, order.people, order.schedule)
  for (const person of people) result.shifts.push({ person, ...span })
  for (const name of unknown.map(shortened)) {
    if (result.unknown.length < mostUnknown && !result.unknown.includes(name)) result.unknown.push(name)
  }
}

/** Whole days, and times without a zone, are meant as the schedule's zone has them; node-ical reads them as this machine does. */
function instant(at: Date & { tz?: string }, { isFullDay }: EventInstance, zone: string): Date {
  if (!isFullDay && at.tz !== undefined) return new Date(at)
  const wall = isFullDay
    ? Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())
    : Date.UTC(at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds())
  return new Date(instantOf(zone, wall, 'first'))
}

/**
 * Every time at the same local time, as the calendars that people look at show it: counted in hours, as node-ical does, a week
 * in October would end an hour before the next one begins, with nobody in between.
 */
function endOf(instance: EventInstance, zone: string): Date {
  const { event, isFullDay, isRecurring, isOverride } = instance
  const where = instance.start.tz
  if (isFullDay || !isRecurring || isOverride || where === undefined || event.end === undefined || !isZone(where))
    return instant(instance.end, instance, zone)
  const length = wallAt(where, event.end.getTime()) - wallAt(where, event.start.getTime())
  return new Date(instantOf(where, wallAt(where, instance.start.getTime()) + length, 'first'))
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

type Party = string | { val?: unknown; params?: unknown }

function invited(attendee: Party): { name: string | null; email: string | null }[] {
  const params = paramsOf(attendee)
  if (params.PARTSTAT === 'DECLINED' || params.CUTYPE === 'ROOM' || params.CUTYPE === 'RESOURCE') return []
  return [whoIs(attendee)]
}

function whoIs(party: Party): { name: string | null; email: string | null } {
  const address = typeof party === 'string' ? party : typeof party.val === 'string' ? party.val : ''
  const email = /^mailto:/i.test(address) ? address.slice('mailto:'.length).trim() : null
  const name = paramsOf(party).CN
  return { name: typeof name === 'string' && name.trim() !== '' ? name.trim() : null, email: email || null }
}

function paramsOf(party: Party): Record<string, unknown> {
  return typeof party === 'object' && typeof party.params === 'object' && party.params !== null
    ? (party.params as Record<string, unknown>)
    : {}
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const inner = typeof value === 'object' && value !== null && 'val' in value ? value.val : ''
  return typeof inner === 'string' ? inner : ''
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
