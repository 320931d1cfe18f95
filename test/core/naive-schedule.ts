// Who is on call, minute by minute, written from README's rules as plainly as can be: it shares no code with src/, knows
// time zones only through Intl, and looks everything up in a list of what the clock on the wall showed in each minute.
import type { Schedule } from '../../src/core/schedule.ts'

type Layer = Schedule['layers'][number]
type Window = Layer['only'][number]

/** Minutes from the beginning of the time looked at. */
type Minute = number

export type NaiveOverride = { person: string; replaces: string | null; from: Minute; until: Minute }

const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const walls = new Map<string, Walls>()

type Walls = { shown: string[]; first: Map<string, Minute>; last: Map<string, Minute> }

/** What a wall in `zone` shows in each of `minutes` minutes from `from` on: `2026-03-29 01:59`. */
function wallsOf(zone: string, from: number, minutes: number): Walls {
  const key = `${zone} ${from} ${minutes}`
  const known = walls.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const shown = Array.from({ length: minutes }, (_, minute) => format.format(from + minute * 60_000))
  const first = new Map<string, Minute>()
  const last = new Map<string, Minute>()
  shown.forEach((wall, minute) => {
    if (!first.has(wall)) first.set(wall, minute)
    last.set(wall, minute)
  })
  const made = { shown, first, last }
  walls.set(key, made)
  return made
}

/** Another minute on an imaginary wall that never jumps. */
function later(wall: string, minutes: number): string {
  const at = new Date(`${wall.replace(' ', 'T')}:00Z`)
  return new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 16).replace('T', ' ')
}

function when({ shown, first, last }: Walls, wall: string, which: 'first' | 'last'): Minute {
  if (wall < (shown[0] ?? '')) return -1
  if (wall > (shown.at(-1) ?? '')) return Number.POSITIVE_INFINITY
  const found = (which === 'first' ? first : last).get(wall)
  if (found !== undefined) return found
  // It does not exist: as many minutes after the last one that does.
  for (let back = 1; ; back++) {
    const before = last.get(later(wall, -back))
    if (before !== undefined) return before + back
  }
}

function shiftWall(layer: Layer, shift: number): string {
  const { every } = layer
  const start = `${layer.starts} ${layer.handover}`
  if ('hours' in every) return later(start, shift * every.hours * 60)
  if ('days' in every) return later(start, shift * every.days * 1440)
  const [year = 0, month = 0, date = 0] = layer.starts.split('-').map(Number)
  const there = new Date(Date.UTC(year, month - 1 + shift * every.months, 1))
  const lastDay = new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 0)).getUTCDate()
  return `${there.toISOString().slice(0, 8)}${String(Math.min(date, lastDay)).padStart(2, '0')} ${layer.handover}`
}

/** Where a window that begins on a date ends, on the wall. */
function ends(window: Window, date: string): string {
  const same = `${date} ${window.until}`
  return window.until > window.from ? same : later(same, 1440)
}

function weekdayOf(date: string) {
  return names[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'sun'
}

/** For each minute whether the layer's hours have it. */
function openMinutes(layer: Layer, holidays: string[], wall: Walls): boolean[] {
  const open: boolean[] = wall.shown.map(() => layer.only.length === 0)
  const dates = new Set(wall.shown.map((shown) => shown.slice(0, 10)))
  const first = wall.shown[0]?.slice(0, 10) ?? ''
  for (const back of [1, 2]) dates.add(later(`${first} 00:00`, -back * 1440).slice(0, 10))
  for (const date of dates) {
    for (const window of layer.only) {
      const holiday = holidays.includes(date)
      const listed = window.days.includes(weekdayOf(date))
      const begins =
        window.holidays === 'never' ? listed && !holiday : listed || (window.holidays === 'also' && holiday)
      if (!begins) continue
      const from = Math.max(0, when(wall, `${date} ${window.from}`, 'first'))
      const until = Math.min(open.length, when(wall, ends(window, date), 'last'))
      for (let minute = from; minute < until; minute++) open[minute] = true
    }
  }
  return open
}

/** In an ordinary week: without holidays, on a wall that never jumps. */
function isOrdinarilyOpen(layer: Layer, wall: string): boolean {
  const today = wall.slice(0, 10)
  return [today, later(`${today} 00:00`, -1440).slice(0, 10)].some((date) =>
    layer.only.some(
      (window) =>
        window.days.includes(weekdayOf(date)) && `${date} ${window.from}` <= wall && wall < ends(window, date),
    ),
  )
}

/** Whether any quarter of an hour of it is: all times in the tests are whole quarters. */
function isSomebodysTurn(layer: Layer, shift: number): boolean {
  if (layer.only.length === 0) return true
  const end = shiftWall(layer, shift + 1)
  for (let wall = shiftWall(layer, shift); wall < end; wall = later(wall, 15)) {
    if (isOrdinarilyOpen(layer, wall)) return true
  }
  return false
}

/** For each minute the people of a layer. */
function layerMinutes(layer: Layer, holidays: string[], from: number, minutes: number): string[][] {
  const wall = wallsOf(layer.zone, from, minutes)
  const open = openMinutes(layer, holidays, wall)
  const onlyHolidays = layer.only.length > 0 && !layer.only.some((window) => window.days.length > 0)
  const result: string[][] = []
  let shift = -1
  // Turns that lie before the shift under way: whoever comes after them has it.
  let turns = 0
  let isTurn = false
  let next = when(wall, shiftWall(layer, 0), 'first')
  for (let minute = 0; minute < minutes; minute++) {
    while (next <= minute) {
      if (isTurn) turns++
      shift++
      isTurn = onlyHolidays || isSomebodysTurn(layer, shift)
      next = when(wall, shiftWall(layer, shift + 1), 'first')
    }
    result.push(shift >= 0 && open[minute] ? (layer.turns[turns % layer.turns.length] ?? []) : [])
  }
  return result
}

/** For each of `minutes` minutes from `from` (milliseconds) on: who is on call. `overrides` in the order they were made. */
export function naiveSchedule(
  schedule: Schedule,
  overrides: NaiveOverride[],
  from: number,
  minutes: number,
): string[][] {
  const layers = schedule.layers.map((layer) => layerMinutes(layer, schedule.holidays, from, minutes))
  return Array.from({ length: minutes }, (_, minute) => {
    let people: string[] = []
    for (const layer of layers) {
      const there = layer[minute] ?? []
      if (there.length > 0) people = there
    }
    for (const override of overrides) {
      if (minute < override.from || minute >= override.until) continue
      if (override.replaces === null) people = [override.person]
      else people = people.map((person) => (person === override.replaces ? override.person : person))
    }
    return [...new Set(people)]
  })
}
