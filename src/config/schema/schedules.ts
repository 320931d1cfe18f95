// Schedules: people who take turns, in one layer or several, or a calendar that says whose turn it is.
import { z } from 'zod'
import { type Weekday, weekdays } from '../../core/hours.ts'
import type { Layer, Length } from '../../core/layer.ts'
import type { Window } from '../../core/restriction.ts'
import { date, type Notation, oneOf, parseDuration, text, time, Wrong, wait, zone } from '../notation.ts'
import { weekdaysAndHolidays } from './days.ts'
import { calendarAddress, type Known, person } from './known.ts'
import { slackGroup } from './pager.ts'
import { keys, leaf, list, named, plainName } from './parts.ts'

/** How long a shift lasts. */
const every: Notation<Length> = {
  what: 'the length of a shift',
  short: 'length of a shift',
  example: 'week, day, 2 weeks, 12h, month',
  read(written) {
    const wrong = new Wrong('is not the length of a shift', this.example)
    const plain = written.trim().replace(/^(dai|week|month)ly$/, (w) => (w === 'daily' ? 'day' : w.slice(0, -2)))
    const match = /^(?:([1-9]\d{0,2})\s*)?(hour|day|week|month)s?$/.exec(plain)
    const count = Number(match?.[1] ?? 1)
    if (match?.[2] === 'month') return { months: count }
    const units = { hour: 1, day: 24, week: 168 }
    const hours = match ? count * units[match[2] as keyof typeof units] : (parseDuration(plain) ?? 0) / 36e5
    if (hours < 1 || !Number.isInteger(hours) || hours > 999 * 168) return wrong
    return hours % 24 === 0 ? { days: hours / 24 } : { hours }
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

const dayNames = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} satisfies Record<Weekday, string>

function weekdayOf(day: string): Weekday {
  return weekdays[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon'
}

/** The first `weekday` at or after `longAgo`. */
function firstOn(weekday: Weekday): string {
  return `2024-01-0${1 + weekdays.indexOf(weekday)}`
}

function turns(known: Known) {
  const one = leaf(person(known), 'People in the order of their turns; a list in the list is on call together.')
  const together = list(one).refine((people) => people.length > 0, { error: 'is a turn of nobody; name at least one' })
  const turn = z.union([one.transform((alone) => [alone]), together]).transform((people) => [...new Set(people)])
  return list(turn).refine((people) => people.length > 0, {
    error: 'without people is no rotation; name at least one',
  })
}

const hours = keys({
  days: weekdaysAndHolidays(
    'Limits it to hours, one set or a list of them: the days they begin on; `holidays` adds those.',
    'mon-sun',
  ),
  from: leaf(time, 'When they begin.').prefault('00:00'),
  until: leaf(time, 'When they end; not after `from`: on the next day.').prefault('00:00'),
}).transform((written): Window => {
  const { days, also } = written.days
  return { days, holidays: also ? 'also' : 'as any day', from: written.from, until: written.until }
})

const allDay: Window = { days: [...weekdays], holidays: 'as any day', from: '00:00', until: '00:00' }

type WrittenLayer = Omit<Layer, 'zone'> & { zone: string | null }

function layer(known: Known) {
  return keys({
    name: leaf(text, 'What people call the layer.', { 'x-default': 'its number' }).optional(),
    people: turns(known),
    every: leaf(every, 'How long a shift lasts, on the clock on the wall.').prefault('week'),
    starts: leaf(date, "Local date of the first person's first shift.", { 'x-default': longAgo }).optional(),
    handover: leaf(handover, 'When shifts change hands, in its zone.').prefault('09:00'),
    zone: leaf(zone, 'Zone of its hand-over and hours.', { 'x-default': "the schedule's zone" }).optional(),
    only: z
      .union([hours.transform((one) => [one]), list(hours)])
      .optional()
      .meta({ description: 'Hours it is limited to, one set or a list; at all hours when left out.' }),
    except: leaf(oneOf('holidays'), 'Leaves out hours that begin on a holiday.').optional(),
  }).transform((written, ctx): WrittenLayer => {
    const { weekday, time: at } = written.handover
    const starts = written.starts ?? firstOn(weekday ?? 'mon')
    const complain = (message: string, path: string[]) => ctx.addIssue({ code: 'custom', message, path })
    const weekly = 'days' in written.every && written.every.days % 7 === 0
    if (weekday !== null && !weekly) {
      complain(
        `names a weekday, but shifts of ${lengthText(written.every)} end on another one each time; write ${at}`,
        ['handover'],
      )
    } else if (weekday !== null && weekdayOf(starts) !== weekday) {
      const [is, not] = [dayNames[weekdayOf(starts)], dayNames[weekday]]
      complain(`is a ${is}, but shifts change hands on a ${not}; write a date that is one`, ['starts'])
    }
    const windows = written.only ?? (written.except === undefined ? [] : [allDay])
    const only = windows.map((one): Window => (written.except === undefined ? one : { ...one, holidays: 'never' }))
    if (written.except !== undefined && windows.some((one) => one.holidays === 'also'))
      complain('contradicts `only`, which adds holidays; leave one of the two out', ['except'])
    return {
      name: written.name ?? null,
      zone: written.zone ?? null,
      turns: written.people,
      every: written.every,
      starts,
      handover: at,
      weekday: weekly ? weekdayOf(starts) : null,
      only,
    }
  })
}

function lengthText(every: Length): string {
  const [count, unit] =
    'hours' in every ? [every.hours, 'hour'] : 'days' in every ? [every.days, 'day'] : [every.months, 'month']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

export type WrittenSchedule = {
  zone: string | null
  layers: WrittenLayer[]
  /** Null: those of the business hours. */
  holidays: string[] | null
  calendar: { address: string; refresh: number } | null
  slackGroup: string | null
}

/** A list of people alone is a weekly rotation; `rotation` is a schedule of one layer. */
export function schedules(known: Known) {
  const short = turns(known).transform((people): WrittenSchedule => {
    const usual = { every: { days: 7 }, starts: longAgo, handover: '09:00', weekday: 'mon', only: [] } as const
    return {
      zone: null,
      layers: [{ ...usual, only: [], name: null, zone: null, turns: people }],
      holidays: null,
      calendar: null,
      slackGroup: null,
    }
  })
  const long = keys({
    zone: leaf(zone, 'Zone its times are told in.', { 'x-default': "the team's zone" }).optional(),
    rotation: layer(known).optional(),
    layers: list(layer(known))
      .refine((layers) => layers.length > 0, { error: 'without a layer has nobody; write at least one' })
      .optional(),
    holidays: list(leaf(date, 'Its holidays.')).optional().meta({ 'x-default': 'those of `business_hours`' }),
    ical: leaf(calendarAddress(known), 'Address or file of a calendar whose events are the shifts.').optional(),
    refresh: leaf(wait, 'How often the calendar is read.').prefault('15m'),
    slack_group: slackGroup.optional(),
  }).transform((written, ctx): WrittenSchedule => {
    const { rotation, layers, ical } = written
    const said = [rotation && 'rotation', layers && 'layers', ical && 'ical'].filter((key) => key !== undefined)
    if (said.length !== 1) {
      const message =
        said.length === 0
          ? 'does not say who is on call; write rotation, layers or ical'
          : `says it ${said.length} times: with ${said.join(' and ')}; keep one (several rotations are layers)`
      ctx.addIssue({ code: 'custom', message })
    }
    return {
      zone: written.zone ?? null,
      layers: layers ?? (rotation ? [rotation] : []),
      holidays: written.holidays ?? null,
      calendar: ical === undefined ? null : { address: ical, refresh: written.refresh },
      slackGroup: written.slack_group ?? null,
    }
  })
  return named(plainName, z.union([long, short]))
}
