// A rule of recurrence as it is written (RFC 5545, 3.3.10), and the days and times of day that it allows.
import { dateOf, day, hour, type Wall, wallOf, weekdayOf } from '../core/wall.ts'

export type Frequency = 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY' | 'HOURLY'

export type Rule = {
  every: Frequency
  interval: number
  /** How often, its own beginning included. Null: without end. */
  count: number | null
  months: number[]
  weeks: number[]
  yearDays: number[]
  monthDays: number[]
  /** 0 is Monday; `nth` of the month or year, from its end below 0; 0: each. */
  weekdays: { weekday: number; nth: number }[]
  hours: number[]
  minutes: number[]
  seconds: number[]
  /** Of each period only the first, the last … */
  positions: number[]
  /** The day on which weeks begin. */
  weekStart: number
}

const frequencies: readonly string[] = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY'] satisfies Frequency[]
const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const known = /^(FREQ|INTERVAL|COUNT|UNTIL|WKST|BY(MONTH|WEEKNO|YEARDAY|MONTHDAY|DAY|HOUR|MINUTE|SECOND|SETPOS))$/

/** Its parts in whatever order. Throws an Error that names the part that cannot be read; `UNTIL` is for others to read. */
export function readRule(text: string): Rule {
  const parts = new Map<string, string>()
  for (const part of text.trim().toUpperCase().split(';')) {
    if (part.trim() === '') continue
    const [name = '', value = ''] = part.split('=').map((one) => one.trim())
    if (!known.test(name) || value === '') throw new Error(`${part.slice(0, 40)} is no part of a rule`)
    parts.set(name, value)
  }
  const every = parts.get('FREQ') ?? ''
  if (!isFrequency(every)) throw new Error(`FREQ is none of ${frequencies.join(', ')}: ${every.slice(0, 40)}`)
  const numbers = (name: string, least: number, most: number) =>
    (parts.get(name)?.split(',') ?? []).map((one) => {
      const read = Number(one)
      const isThere = /^[+-]?\d+$/.test(one.trim()) && (least === 0 || read !== 0)
      if (!isThere || read > most || read < (least === 0 ? 0 : -most))
        throw new Error(`${name}=${one.slice(0, 40)} is out of bounds`)
      return read
    })
  const whole = (name: string) => {
    const written = parts.get(name)
    if (written !== undefined && !/^0*[1-9]\d{0,8}$/.test(written))
      throw new Error(`${name}=${written.slice(0, 40)} is no number from 1 on`)
    return written === undefined ? null : Number(written)
  }
  return {
    every,
    interval: whole('INTERVAL') ?? 1,
    count: whole('COUNT'),
    months: numbers('BYMONTH', 1, 12),
    weeks: numbers('BYWEEKNO', 1, 53),
    yearDays: numbers('BYYEARDAY', 1, 366),
    monthDays: numbers('BYMONTHDAY', 1, 31),
    weekdays: (parts.get('BYDAY')?.split(',') ?? []).map(readWeekday),
    hours: numbers('BYHOUR', 0, 23),
    minutes: numbers('BYMINUTE', 0, 59),
    seconds: numbers('BYSECOND', 0, 60),
    positions: numbers('BYSETPOS', 1, 366),
    weekStart: readWeekday(parts.get('WKST') ?? 'MO').weekday,
  }
}

function isFrequency(text: string): text is Frequency {
  return frequencies.includes(text)
}

function readWeekday(text: string): Rule['weekdays'][number] {
  const [, nth = '0', name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text.trim()) ?? []
  const weekday = days.indexOf(name)
  if (weekday < 0) throw new Error(`${text.slice(0, 40)} is no day of the week`)
  return { weekday, nth: Number(nth) }
}

/** What the rule does not say is as it begins: every month on the 31st, say, and not at all in the months without one. */
export function completed(rule: Rule, start: Wall): Rule {
  const begun = new Date(start)
  const time = {
    hours: rule.hours.length > 0 || rule.every === 'HOURLY' ? rule.hours : [begun.getUTCHours()],
    minutes: rule.minutes.length > 0 ? rule.minutes : [begun.getUTCMinutes()],
    seconds: rule.seconds.length > 0 ? rule.seconds : [begun.getUTCSeconds()],
  }
  const saysDay = [rule.yearDays, rule.monthDays, rule.weekdays].some((said) => said.length > 0)
  if (saysDay || rule.every === 'DAILY' || rule.every === 'HOURLY') return { ...rule, ...time }
  const onItsWeekday = { weekdays: [{ weekday: weekdayOf(start), nth: 0 }] }
  if (rule.every === 'WEEKLY' || rule.weeks.length > 0) return { ...rule, ...time, ...onItsWeekday }
  const months = rule.every === 'YEARLY' && rule.months.length === 0 ? [begun.getUTCMonth() + 1] : rule.months
  return { ...rule, ...time, months, monthDays: [begun.getUTCDate()] }
}

/** Whether it allows the day that begins at `midnight`. */
export function allowsDay(rule: Rule, midnight: Wall): boolean {
  const at = new Date(midnight)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  const ofYear = { first: Date.UTC(year, 0, 1), after: Date.UTC(year + 1, 0, 1) }
  const ofMonth = { first: Date.UTC(year, month, 1), after: Date.UTC(year, month + 1, 1) }
  const among = (said: number[], { first, after }: typeof ofYear, length: number) =>
    said.length === 0 ||
    said.includes(Math.floor((midnight - first) / length) + 1) ||
    said.includes(-Math.ceil((after - midnight) / length))
  return (
    (rule.months.length === 0 || rule.months.includes(month + 1)) &&
    among(rule.yearDays, ofYear, day) &&
    among(rule.monthDays, ofMonth, day) &&
    (rule.weeks.length === 0 || isInWeek(rule, midnight)) &&
    (rule.weekdays.length === 0 ||
      rule.weekdays.some(({ weekday, nth }) => {
        if (weekday !== weekdayOf(midnight)) return false
        if (nth === 0 || (rule.every !== 'MONTHLY' && rule.every !== 'YEARLY')) return true
        return among([nth], rule.every === 'MONTHLY' || rule.months.length > 0 ? ofMonth : ofYear, 7 * day)
      }))
  )
}

/** The first week of a year is the first that has four days of it. */
function isInWeek({ weeks, weekStart }: Rule, midnight: Wall): boolean {
  const begins = (at: Wall) => at - ((weekdayOf(at) - weekStart + 7) % 7) * day
  const year = Number(dateOf(begins(midnight) + 3 * day).slice(0, 4))
  const first = (of: number) => begins(wallOf(`${of}-01-04`))
  const number = (begins(midnight) - first(year)) / (7 * day) + 1
  const all = (first(year + 1) - first(year)) / (7 * day)
  return weeks.includes(number) || weeks.includes(number - all - 1)
}

/** The times of day it allows, in order, in milliseconds from midnight. */
export function timesOfDay({ hours, minutes, seconds }: Pick<Rule, 'hours' | 'minutes' | 'seconds'>): number[] {
  const all = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => h * hour + m * 60_000 + s * 1_000)))
  return [...new Set(all)].sort((a, b) => a - b)
}
