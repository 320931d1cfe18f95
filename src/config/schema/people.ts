// People and the schedules they take turns on.
import { z } from 'zod'
import { type Weekday, weekdays } from '../../core/hours.ts'
import type { Rotation } from '../../core/schedule.ts'
import { date, email, type Notation, parseDuration, text, Wrong, zone } from '../notation.ts'
import { type Known, person } from './known.ts'
import { keys, leaf, list, named, plainName } from './parts.ts'
import { quiet, reach } from './reach.ts'

export function people(known: Known) {
  return named(
    plainName,
    keys({
      name: leaf(text, 'The name others read.', { 'x-default': 'the key' }).optional(),
      email: leaf(email, 'Mail address.').optional(),
      slack: leaf(text, 'Slack member id (profile → ⋮ → Copy member ID).').optional(),
      discord: leaf(text, 'Discord user id (developer mode → Copy User ID).').optional(),
      console: leaf(text, 'Name in the console.', { 'x-default': 'the key' }).optional(),
      reach: reach(known)
        .optional()
        .meta({ 'x-default': 'the first chat with an account; the next way when one fails' }),
      quiet: quiet.optional(),
    }),
  )
}

/** Whole days a shift lasts. */
const every: Notation<number> = {
  what: 'the length of a shift',
  short: 'length of a shift',
  example: 'week, day, 2 weeks, 10 days',
  read(written) {
    const match = /^(?:(\d{1,3})\s*)?(day|week)s?$/.exec(
      written.trim().replace(/^(dai|week)ly$/, (w) => (w === 'daily' ? 'day' : 'week')),
    )
    const short = parseDuration(written.trim())
    const days = match ? Number(match[1] ?? 1) * (match[2] === 'week' ? 7 : 1) : short === null ? 0 : short / 864e5
    return days >= 1 && Number.isInteger(days) ? days : new Wrong('is not the length of a shift', this.example)
  },
}

type Handover = { weekday: Weekday | null; time: string }

/** `Mon 09:00`, or `09:00` on whatever day the shift ends. */
const handover: Notation<Handover> = {
  what: 'a hand-over time',
  example: 'Mon 09:00',
  read(written) {
    const match = /^(?:([a-z]{3})[a-z]*\s+)?(\d{1,2}):(\d\d)$/.exec(written.trim().toLowerCase())
    const weekday = match?.[1] === undefined ? null : weekdays.find((day) => day === match[1])
    if (!match || weekday === undefined || Number(match[2]) > 23 || Number(match[3]) > 59) {
      return new Wrong('is not a hand-over time', 'Mon 09:00 or 09:00')
    }
    return { weekday, time: `${match[2]?.padStart(2, '0')}:${match[3]}` }
  },
}

/** A Monday: weekly rotations without a date change hands as if they had begun then. */
const longAgo = '2024-01-01'

function weekdayOf(day: string): Weekday {
  return weekdays[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon'
}

function dayName(weekday: Weekday): string {
  const names = {
    mon: 'Monday',
    tue: 'Tuesday',
    wed: 'Wednesday',
    thu: 'Thursday',
    fri: 'Friday',
    sat: 'Saturday',
    sun: 'Sunday',
  }
  return names[weekday]
}

/** The first `weekday` at or after `longAgo`. */
function firstOn(weekday: Weekday): string {
  return `2024-01-0${1 + weekdays.indexOf(weekday)}`
}

function turns(known: Known) {
  return list(leaf(person(known), 'People in the order of their turns.')).refine((people) => people.length > 0, {
    error: 'without people is no rotation; name at least one',
  })
}

function rotation(known: Known) {
  return keys({
    people: turns(known),
    every: leaf(every, 'How long a shift lasts.').prefault('week'),
    starts: leaf(date, "Local date of the first person's first shift.", { 'x-default': longAgo }).optional(),
    handover: leaf(handover, "When shifts change hands, in the schedule's zone.").prefault('09:00'),
  }).transform((written, ctx): Rotation => {
    const { weekday, time } = written.handover
    const starts = written.starts ?? firstOn(weekday ?? 'mon')
    const complain = (message: string, path: string[]) => ctx.addIssue({ code: 'custom', message, path })
    if (weekday !== null && written.every % 7 !== 0) {
      complain(
        `names a weekday, but shifts of ${written.every} ${written.every === 1 ? 'day' : 'days'} end on another one each time; write 09:00`,
        ['handover'],
      )
    } else if (weekday !== null && weekdayOf(starts) !== weekday) {
      complain(
        `is a ${dayName(weekdayOf(starts))}, but shifts change hands on a ${dayName(weekday)}; write a date that is one`,
        ['starts'],
      )
    }
    const changes = written.every % 7 === 0 ? weekdayOf(starts) : null
    return { people: written.people, every: { days: written.every }, starts, handover: time, weekday: changes }
  })
}

/** A list of people alone is a weekly rotation. */
export function schedules(known: Known) {
  const short = turns(known).transform(
    (people): Written => ({
      rotation: { people, every: { days: 7 }, starts: longAgo, handover: '09:00', weekday: 'mon' },
    }),
  )
  const long = keys({
    zone: leaf(zone, 'Zone of the hand-over.', { 'x-default': "the team's zone" }).optional(),
    rotation: rotation(known),
  })
  return named(plainName, z.union([long, short]))
}

type Written = { zone?: string | undefined; rotation: Rotation }
