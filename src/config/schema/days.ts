// Days of the week as people write them: `mon-fri`, `sat`, or a list of those.
import { z } from 'zod'
import { weekdays as names, type Weekday } from '../../core/hours.ts'
import { type Notation, Wrong } from '../notation.ts'
import { leaf, list } from './parts.ts'

const dayRange: Notation<Weekday[]> = {
  what: 'a weekday or a range of weekdays',
  short: 'weekday or range',
  example: 'mon-fri',
  read(written) {
    const [first, last = first, ...more] = written
      .trim()
      .toLowerCase()
      .split(/\s*-\s*/)
      .map((word) => names.indexOf(word.slice(0, 3) as Weekday))
    if (first === undefined || last === undefined || first < 0 || last < first || more.length > 0)
      return new Wrong('is not a weekday or a range of weekdays', 'mon-fri')
    return names.slice(first, last + 1)
  },
}

/** @param standard what holds when nothing is written, e.g. `mon-fri`. */
export function weekdays(help: string, standard: string) {
  const one = leaf(dayRange, help)
  return z
    .union([one, list(one).transform((ranges) => [...new Set(ranges.flat())])])
    .prefault(standard)
    .meta({ description: help })
}
