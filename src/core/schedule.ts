// Who is on call: layers of people who take turns, the later layer above the earlier, and overrides above all of them.
import { type Layer, stretchesOf } from './layer.ts'
import { between, overlay, type Span, spanAt } from './span.ts'
import { day, type Instant } from './wall.ts'

export type Schedule = {
  name: string
  /** Times of the schedule are told in it; each layer changes hands in its own. */
  zone: string
  /** The last one that has somebody counts. Empty where a calendar says who it is. */
  layers: Layer[]
  /** Local dates, `YYYY-MM-DD`, for layers that go by holidays. */
  holidays: string[]
  /** Where its shifts are read from, instead of layers. `refresh` in milliseconds. */
  calendar: { address: string; refresh: number } | null
}

/** Somebody takes the pager for a while: from whoever has it, or (`replaces`) only from one person. The latest made wins. */
export type PersonalOverride = {
  kind: 'override'
  id: number
  schedule: string
  person: string
  replaces: string | null
  from: Date
  until: Date
  madeBy: string
  madeAt: Date
}

/** A shift that an imported calendar says. Those that overlap are on call together. */
type CalendarShift = { kind: 'calendar'; schedule: string; person: string; from: Date; until: Date }

/** Whatever stands above a schedule's layers. Lists of them are not changed once they were asked about. */
export type Override = PersonalOverride | CalendarShift

export type Because =
  | { kind: 'layer'; layer: number }
  | { kind: 'calendar' }
  | { kind: 'override'; override: PersonalOverride }

/** A stretch of time with the same people on call for the same reason. `people` is never empty. */
export type Shift = { people: string[]; from: Date; until: Date; because: Because }

export type Gap = { from: Date; until: Date }

/** The shift at an instant; null when nobody is on call. Cheap: asked again, it is looked up. */
export function shiftAt(schedule: Schedule, overrides: readonly Override[], at: Date): Shift | null {
  const plan = planOf(schedule, overrides)
  const found = spanAt(plan.block(blockOf(at.getTime())), at.getTime())
  return found === undefined ? null : shiftOf(plan.whole(found))
}

/** The shift after the one at `at`, or the next to begin when nobody is on call. Null: none within 400 days. */
export function nextShift(schedule: Schedule, overrides: readonly Override[], at: Date): Shift | null {
  const plan = planOf(schedule, overrides)
  const current = spanAt(plan.block(blockOf(at.getTime())), at.getTime())
  const from = current === undefined ? at.getTime() : plan.whole(current).until
  const next = plan.first(from, from + 400 * day)
  return next && shiftOf(next)
}

/** Every shift with a part in `[from, until)`, whole, in order. What lies between two of them is a gap. */
export function shiftsBetween(schedule: Schedule, overrides: readonly Override[], from: Date, until: Date): Shift[] {
  const plan = planOf(schedule, overrides)
  const shifts: Shift[] = []
  let next = plan.first(from.getTime(), until.getTime())
  while (next !== null) {
    shifts.push(shiftOf(next))
    next = plan.first(next.until, until.getTime())
  }
  return shifts
}

/** Whom each layer has at an instant, overrides and the layers above it left aside: why it is who it is. */
export function layersAt({ layers, holidays }: Schedule, at: Date): string[][] {
  return layers.map((layer) => stretchesOf(layer, holidays, at.getTime(), at.getTime() + 1)[0]?.people ?? [])
}

/** When nobody is on call within `[from, until)`, cut to it. */
export function gapsBetween(schedule: Schedule, overrides: readonly Override[], from: Date, until: Date): Gap[] {
  const spans = shiftsBetween(schedule, overrides, from, until).map((shift) => ({
    from: shift.from.getTime(),
    until: shift.until.getTime(),
  }))
  return between(spans, from.getTime(), until.getTime()).map(datesOf)
}

function datesOf(span: Span): Gap {
  return { from: new Date(span.from), until: new Date(span.until) }
}

/** `id` tells one shift from the next when the same people have both. */
type Segment = Span & { people: string[]; because: Because; id: string }

function shiftOf({ people, because, from, until }: Segment): Shift {
  return { people, from: new Date(from), until: new Date(until), because }
}

/** Who is on call is worked out for this long at a time, and kept. */
const blockLength = 32 * day

function blockOf(at: Instant): number {
  return Math.floor(at / blockLength)
}

/** A schedule with its overrides, worked out block by block as it is asked. */
class Plan {
  readonly #work: (from: Instant, until: Instant) => Segment[]
  readonly #blocks = new Map<number, Segment[]>()

  constructor(work: (from: Instant, until: Instant) => Segment[]) {
    this.#work = work
  }

  /** In order, without overlaps, cut to the block. */
  block(index: number): Segment[] {
    const known = this.#blocks.get(index)
    if (known !== undefined) return known
    const made = this.#work(index * blockLength, (index + 1) * blockLength)
    // Whoever asks about centuries does not fill the memory.
    if (this.#blocks.size >= 1_000) this.#blocks.clear()
    this.#blocks.set(index, made)
    return made
  }

  /** A segment together with what other blocks have of it. */
  whole(segment: Segment): Segment {
    let { from, until } = segment
    for (let next = this.#at(until); next?.id === segment.id && next.from === until; next = this.#at(until))
      until = next.until
    for (let last = this.#at(from - 1); last?.id === segment.id && last.until === from; last = this.#at(from - 1))
      from = last.from
    return { ...segment, from, until }
  }

  #at(instant: Instant): Segment | undefined {
    return spanAt(this.block(blockOf(instant)), instant)
  }

  /** The first that ends after `from` and begins before `until`, whole. */
  first(from: Instant, until: Instant): Segment | null {
    for (let index = blockOf(from); index * blockLength < until; index++) {
      const found = this.block(index).find((segment) => segment.until > from)
      if (found !== undefined) return found.from < until ? this.whole(found) : null
    }
    return null
  }
}

const ofLayers = new WeakMap<Schedule, Plan>()
const ofOverrides = new WeakMap<readonly Override[], Map<Schedule, Plan>>()

function planOf(schedule: Schedule, overrides: readonly Override[]): Plan {
  const known = ofOverrides.get(overrides) ?? new Map<Schedule, Plan>()
  ofOverrides.set(overrides, known)
  const found = known.get(schedule) ?? makePlan(schedule, overrides)
  known.set(schedule, found)
  return found
}

function makePlan(schedule: Schedule, overrides: readonly Override[]): Plan {
  const layers = ofLayers.get(schedule) ?? new Plan((from, until) => merged(layerSegments(schedule, from, until)))
  ofLayers.set(schedule, layers)
  const own = overrides.filter((one) => one.schedule === schedule.name)
  if (own.length === 0) return layers
  // What is left of a calendar that the schedule no longer goes by counts for nothing.
  const calendar = schedule.calendar === null ? [] : own.filter((one) => one.kind === 'calendar')
  const personal = own
    .filter((one) => one.kind === 'override')
    .sort((a, b) => a.madeAt.getTime() - b.madeAt.getTime() || a.id - b.id)
  return new Plan((from, until) => {
    const below = overlay(layers.block(blockOf(from)), calendarSegments(calendar, from, until))
    return merged(personal.reduce((segments, one, index) => applied(segments, one, index, { from, until }), below))
  })
}

function layerSegments(schedule: Schedule, from: Instant, until: Instant): Segment[] {
  return schedule.layers.reduce<Segment[]>((below, layer, index) => {
    const above = stretchesOf(layer, schedule.holidays, from, until).map(
      ({ shift, ...stretch }): Segment => ({
        ...stretch,
        because: { kind: 'layer', layer: index },
        id: `layer ${index} shift ${shift}`,
      }),
    )
    return overlay(below, above)
  }, [])
}

/** Where events overlap, everybody they name is on call. */
function calendarSegments(shifts: readonly CalendarShift[], from: Instant, until: Instant): Segment[] {
  const events = shifts
    .map((one, index) => ({ index, person: one.person, from: one.from.getTime(), until: one.until.getTime() }))
    .filter((one) => one.from < until && one.until > from)
  const edges = [...new Set(events.flatMap((one) => [Math.max(one.from, from), Math.min(one.until, until)]))].sort(
    (a, b) => a - b,
  )
  return edges.slice(1).flatMap((end, i): Segment[] => {
    const start = edges[i] ?? end
    const there = events.filter((one) => one.from <= start && one.until >= end)
    if (there.length === 0) return []
    const people = [...new Set(there.map((one) => one.person))]
    const id = `calendar ${there.map((one) => one.index).join(' ')}`
    return [{ from: start, until: end, people, because: { kind: 'calendar' }, id }]
  })
}

function applied(segments: Segment[], override: PersonalOverride, index: number, block: Span): Segment[] {
  const span = {
    from: Math.max(override.from.getTime(), block.from),
    until: Math.min(override.until.getTime(), block.until),
  }
  if (span.from >= span.until) return segments
  const because = { kind: 'override', override } as const
  const { person, replaces } = override
  if (replaces === null) return overlay(segments, [{ ...span, people: [person], because, id: `override ${index}` }])
  const replaced = segments
    .filter((one) => one.from < span.until && one.until > span.from && one.people.includes(replaces))
    .map((one): Segment => {
      const people = [...new Set(one.people.map((each) => (each === replaces ? person : each)))]
      const cut = { from: Math.max(one.from, span.from), until: Math.min(one.until, span.until) }
      return { ...cut, people, because, id: `override ${index} of ${one.id}` }
    })
  return overlay(segments, replaced)
}

/** Neighbours that are one shift in two parts, joined. */
function merged(segments: Segment[]): Segment[] {
  const result: Segment[] = []
  for (const segment of segments) {
    const last = result.at(-1)
    if (last !== undefined && last.until === segment.from && last.id === segment.id) last.until = segment.until
    else result.push({ ...segment })
  }
  return result
}
