// One layer of a schedule: people take turns, a shift each, at all hours or only at some.
import type { Weekday } from './hours.ts'
import { openSpans, opensInWeek, type Window } from './restriction.ts'
import type { Span } from './span.ts'
import { addMonths, day, hour, type Instant, instantOf, type Wall, wallAt, wallOf } from './wall.ts'

/** How long a shift lasts, on the clock on the wall: daylight saving makes some longer and some shorter. */
export type Length = { hours: number } | { days: number } | { months: number }

export type Layer = {
  /** What the team calls it; null: its number. */
  name: string | null
  zone: string
  /** In the order of their turns; those of one turn are on call together. */
  turns: string[][]
  every: Length
  /** Local date of the first shift; before it the layer has nobody. */
  starts: string
  /** Local time of the first hand-over, and of all others unless shifts last hours. */
  handover: string
  /** For messages only: the weekday a weekly rotation changes on. */
  weekday: Weekday | null
  /** Empty: at all hours. */
  only: Window[]
}

/** Somebody on call without a break. `shift` is its number in the layer: two stretches of one shift share it. */
export type Stretch = Span & { people: string[]; shift: number }

/** Whom the layer has on call within `[from, until)`, in order, cut to it. */
export function stretchesOf(layer: Layer, holidays: readonly string[], from: Instant, until: Instant): Stretch[] {
  if (layer.turns.length === 0) return []
  const open = layer.only.length > 0 ? openSpans(layer.only, { zone: layer.zone, holidays }, from, until) : null
  if (open?.length === 0) return []
  const result: Stretch[] = []
  let next = 0
  for (let shift = Math.max(0, shiftNumber(layer, from)), start = shiftStart(layer, shift); start < until; shift++) {
    const end = shiftStart(layer, shift + 1)
    const span = { from: Math.max(start, from), until: Math.min(end, until) }
    start = end
    // The clock jumped over it.
    if (span.from >= span.until) continue
    const people = peopleOf(layer, shift)
    if (open === null) {
      result.push({ ...span, people, shift })
      continue
    }
    while ((open[next]?.until ?? Number.POSITIVE_INFINITY) <= span.from) next++
    for (let i = next; i < open.length; i++) {
      const window = open[i]
      if (window === undefined || window.from >= span.until) break
      result.push({ from: Math.max(span.from, window.from), until: Math.min(span.until, window.until), people, shift })
    }
  }
  return result
}

/** When the layer's first shift begins. */
export function firstStart(layer: Layer): Instant {
  return shiftStart(layer, 0)
}

function shiftStart({ zone, starts, handover, every }: Layer, shift: number): Instant {
  const first = wallOf(starts, handover)
  const start = instantOf(zone, add(first, every, shift), 'first')
  // Where two hours are skipped (Antarctica/Troll), the later one moves behind the hour after them: it has no time left.
  if (!('hours' in every) || every.hours > 1) return start
  return Math.min(start, instantOf(zone, add(first, every, shift + 1), 'first'))
}

function add(first: Wall, every: Length, times: number): Wall {
  if ('hours' in every) return first + times * every.hours * hour
  return 'days' in every ? first + times * every.days * day : addMonths(first, times * every.months)
}

/** The shift under way at an instant, from 0; below 0 before the first. */
function shiftNumber(layer: Layer, at: Instant): number {
  const passed = wallAt(layer.zone, at) - wallOf(layer.starts, layer.handover)
  let shift = Math.floor(passed / typicalLength(layer.every))
  // Months are not alike, and at a change of the clocks the wall is not enough to tell.
  while (shiftStart(layer, shift) > at) shift--
  while (shiftStart(layer, shift + 1) <= at) shift++
  return shift
}

function typicalLength(every: Length): number {
  if ('hours' in every) return every.hours * hour
  return 'days' in every ? every.days * day : every.months * 30.4375 * day
}

function peopleOf(layer: Layer, shift: number): string[] {
  return layer.turns[turnOf(layer, shift) % layer.turns.length] ?? []
}

const week = 7 * day

/** By layer: of the shifts of one cycle, the number of turns before each, and in all. */
const turnsBefore = new WeakMap<Layer, { before: number[]; inAll: number }>()

/**
 * Which turn a shift is. A shift that never falls into the layer's hours is nobody's turn: with daily shifts from Monday to
 * Friday, Monday follows Friday, and nobody's turns are all on Sundays. Holidays do not count: a new one moves nobody.
 */
function turnOf(layer: Layer, shift: number): number {
  const length = typicalLength(layer.every)
  if (layer.only.length === 0 || 'months' in layer.every || length >= week) return shift
  const counted = turnsBefore.get(layer) ?? countTurns(layer, length)
  turnsBefore.set(layer, counted)
  const { before, inAll } = counted
  if (inAll === 0) return shift
  return Math.floor(shift / before.length) * inAll + (before[shift % before.length] ?? 0)
}

function countTurns(layer: Layer, length: number): { before: number[]; inAll: number } {
  const first = wallOf(layer.starts, layer.handover)
  const shifts = week / greatestDivisor(week, length)
  const before: number[] = []
  let inAll = 0
  for (let shift = 0; shift < shifts; shift++) {
    before.push(inAll)
    const start = first + shift * length
    if (opensInWeek(layer.only, start, start + length)) inAll++
  }
  return { before, inAll }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
