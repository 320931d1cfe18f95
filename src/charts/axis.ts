// Where the axes begin and end and where their ticks are, so that a person reads round numbers and local times.
import { Temporal } from 'temporal-polyfill'
import type { Chart, Series } from './chart.ts'
import { scaleOf } from './format.ts'

export type ValueAxis = {
  min: number
  max: number
  spacing: number
  /** The largest value shown: it decides whether ticks are in ms or s. */
  largest: number
  /** Where a threshold lies that is not on it. */
  off: 'above' | null
}

/** A threshold this many times higher than anything measured would press the line flat onto the floor. */
const farOff = 10

/** Beyond this the arithmetic of an axis overflows. */
const mostDrawn = 1e300

export function valueAxis(
  chart: Pick<Chart, 'series' | 'threshold' | 'limit' | 'bands' | 'unit' | 'baseline'>,
): ValueAxis {
  const values = valuesOf(chart.series)
  const limit = chart.threshold?.value
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (values.length === 0) [low, high] = [Math.min(0, limit ?? 0), Math.max(0, limit ?? 1)]
  else {
    const [least, most] = [low, high]
    ;[low, high] = withBaseline(low, high, chart.baseline ?? null)
    for (const bound of boundsNear(least, most, chart)) [low, high] = [Math.min(low, bound), Math.max(high, bound)]
  }
  const off = limit !== undefined && high > 0 && limit > high * farOff ? 'above' : null
  if (limit !== undefined && off === null) [low, high] = [Math.min(low, limit), Math.max(high, limit)]
  const whole = [...values, limit ?? 0].every(Number.isInteger) && chart.unit === null
  low = Math.max(low, -mostDrawn)
  high = Math.min(high, mostDrawn)
  // Of accuracies between 70 and 97 % nothing below 65 is worth the room.
  const nearZero = chart.bands ? 0.5 : 0.15
  return { ...ticked([low, high], chart.unit, whole, nearZero), off }
}

/** The values there are. */
export function valuesOf(series: Series[]): number[] {
  return series.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])))
}

/** What was a week ago is shown beside what is, but not so that what is becomes a flat line. */
const baselineShare = 3

function withBaseline(low: number, high: number, baseline: Series | null): [number, number] {
  const room = (Math.max(high, 0) - Math.min(low, 0) || 1) * baselineShare
  let [bottom, top] = [low, high]
  for (const value of baseline === null ? [] : valuesOf([baseline])) {
    bottom = Math.min(bottom, Math.max(value, low - room))
    top = Math.max(top, Math.min(value, high + room))
  }
  return [bottom, top]
}

/** What the lines are held to, as far as it is near: what is far away would press them flat. */
function boundsNear(low: number, high: number, { limit, bands }: Pick<Chart, 'limit' | 'bands'>): number[] {
  const held = limit ? valuesOf([limit.series]) : []
  const bounds = bands ? [bands.target, bands.acceptable, bands.critical].filter((bound) => bound !== null) : []
  const above = bounds.filter((bound) => bound > high).sort((a, b) => a - b)
  const below = bounds.filter((bound) => bound < low).sort((a, b) => b - a)
  // The next bound is where it goes wrong: it is shown from farther off than the others.
  const within = (bound: number, index: number) => bound <= high * (index === 0 ? farOff / 2 : nearby)
  const beyond = (bound: number, index: number) => bound >= low / (index === 0 ? farOff / 2 : nearby)
  return [
    ...held.filter((bound) => bound <= Math.max(high, 0) * farOff || bound <= high),
    ...above.filter(within),
    ...below.filter(beyond),
  ]
}

const nearby = 2.5

function ticked(
  [low, high]: [number, number],
  unit: string | null,
  whole: boolean,
  nearZero: number,
): Omit<ValueAxis, 'off'> {
  const largest = Math.max(Math.abs(low), Math.abs(high)) || 1
  const [bottom, top] = ends([low, high], unit, whole && largest < 10, nearZero)
  const scale = scaleOf(largest, unit)
  const rough = (top - bottom) / 5 / scale
  // What is counted in whole things has no halves on its axis.
  const spacing = nice(whole ? Math.max(1, rough) : rough, scale === 60 || scale === 3600) * scale
  const min = Math.floor(bottom / spacing + 1e-9) * spacing
  const max = Math.ceil(top / spacing - 1e-9) * spacing
  return { min, max: max > min ? max : min + spacing, spacing, largest }
}

/** From zero, unless all that happens is far from it: 99.90 to 99.95 % must not be a flat line. */
function ends([low, high]: [number, number], unit: string | null, tight: boolean, nearZero: number): [number, number] {
  const range = high - low
  const largest = Math.max(Math.abs(low), Math.abs(high))
  const close = range > largest * 1e-9 && range < largest * nearZero
  let [bottom, top] = close ? [low - range * 0.15, high + range * 0.15] : [Math.min(0, low), Math.max(0, high)]
  if (top - bottom < 1e-200) top = bottom + 1
  if (!close && !tight) {
    const air = (top - bottom) * 0.08
    if (high > 0) top += air
    if (low < 0) bottom -= air
  }
  // A share ends at all of it.
  const all = unit === 'percent' ? 100 : unit === 'ratio' ? 1 : null
  return [bottom, all !== null && high <= all ? Math.min(top, all) : top]
}

function nice(rough: number, sixties: boolean): number {
  const steps = sixties && rough >= 1 ? [1, 2, 5, 10, 15, 30, 60, 120] : null
  if (steps) {
    const step = steps.find((candidate) => candidate >= rough * 0.999)
    if (step !== undefined) return step
  }
  const power = 10 ** Math.floor(Math.log10(rough))
  for (const factor of [1, 2, 2.5, 5]) if (rough <= factor * power * 1.001) return factor * power
  return 10 * power
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const spacings = [
  1000,
  5000,
  10_000,
  15_000,
  30_000,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30].map((count) => count * day),
]

export type TimeTick = { at: number; label: string }

/** Ticks at round local times of the zone, also across a change of daylight saving time; about `most` at most. */
export function timeTicks(from: Date, until: Date, zone: string, most = 8): TimeTick[] {
  const span = until.getTime() - from.getTime()
  const spacing = spacings.find((candidate) => span / candidate <= most) ?? Math.ceil(span / most / day) * day
  const ticks: TimeTick[] = []
  let previousDay = ''
  const first = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(zone)
  let at = spacing <= hour ? first.round({ smallestUnit: 'hour', roundingMode: 'floor' }) : first.startOfDay()
  while (at.epochMilliseconds <= until.getTime()) {
    if (at.epochMilliseconds >= from.getTime()) {
      const today = at.toPlainDate().toString()
      ticks.push({ at: at.epochMilliseconds, label: labelOf(at, spacing, previousDay !== '' && today !== previousDay) })
      previousDay = today
    }
    at = tickAfter(at, spacing)
  }
  return ticks
}

/** Steps of hours and days go by the clock on the wall, smaller ones by time that passes; each day starts anew. */
function tickAfter(at: Temporal.ZonedDateTime, spacing: number): Temporal.ZonedDateTime {
  if (spacing >= day) return at.add({ days: spacing / day }).startOfDay()
  const tomorrow = at.add({ days: 1 }).startOfDay()
  const hours = spacing / hour
  if (hours < 2) return earlier(at.add({ milliseconds: spacing }), tomorrow)
  return at.hour + hours >= 24 ? tomorrow : earlier(at.with({ hour: at.hour + hours, minute: 0 }), tomorrow)
}

function earlier(one: Temporal.ZonedDateTime, other: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return Temporal.ZonedDateTime.compare(one, other) < 0 ? one : other
}

function labelOf(at: Temporal.ZonedDateTime, spacing: number, newDay: boolean): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const dayLabel = `${at.day} ${months[at.month - 1]}`
  if (spacing >= day || newDay) return dayLabel
  return `${two(at.hour)}:${two(at.minute)}${spacing < minute ? `:${two(at.second)}` : ''}`
}
