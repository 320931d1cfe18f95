// Days of the week as people write them: `mon-fri`, `sat`, or a list of those.
import { z } from 'zod'
import { weekdays as names, type Weekday } from '../../core/hours.ts'
import { type Notation, Wrong } from '../notation.ts'
import { leaf, list } from './parts.ts'

/** `also`: the extra word stood there instead. */
type Days = { days: Weekday[]; also: boolean }

/** `mon-fri`, `sat`, over the weekend too: `fri-mon`. `extra`: a word that is allowed besides. */
function dayRange(extra?: string): Notation<Days> {
  const word = extra === undefined ? '' : `, or “${extra}”`
  return {
    what: `a weekday or a range of weekdays${word}`,
    short: `weekday or range${word}`,
    example: 'mon-fri',
    read(written) {
      const plain = written.trim().toLowerCase()
      if (plain === extra) return { days: [], also: true }
      const [first, last = first, ...more] = plain
        .split(/\s*-\s*/)
        .map((one) => (/^[a-z]{3,9}$/.test(one) ? names.indexOf(one.slice(0, 3) as Weekday) : -1))
      if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0)
        return new Wrong(`is not ${this.what}`, 'mon-fri')
      const count = ((last - first + 7) % 7) + 1
      return { days: Array.from({ length: count }, (_, i) => names[(first + i) % 7] ?? 'mon'), also: false }
    },
  }
}

/** @param standard what holds when nothing is written, e.g. `mon-fri`. */
export function weekdays(help: string, standard: string) {
  return listed(help, standard).transform(({ days }) => days)
}

/** As `weekdays`, with the word “holidays” among them. */
export function weekdaysAndHolidays(help: string, standard: string) {
  return listed(help, standard, 'holidays')
}

function listed(help: string, standard: string, extra?: string) {
  const one = leaf(dayRange(extra), help)
  const joined = (ranges: Days[]): Days => ({
    days: [...new Set(ranges.flatMap((range) => range.days))],
    also: ranges.some((range) => range.also),
  })
  const several = list(one).refine((ranges) => ranges.length > 0, { error: 'has no weekday; write e.g. mon-fri' })
  return z
    .union([one, several.transform(joined)])
    .prefault(standard)
    .meta({ description: help })
}
