// Who has the pager: until when, why, and who is next.
import { awaited } from '../core/handover.ts'
import type { Message } from '../core/message.ts'
import {
  layersAt,
  nextShift,
  type Override,
  type PersonalOverride,
  type Schedule,
  type Shift,
  shiftAt,
} from '../core/schedule.ts'
import type { CalendarState } from '../store/calendars.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** One schedule as it stands. */
export type OnCall = {
  schedule: string
  zone: string
  shift: Shift | null
  next: Shift | null
  /** From the first to the last, which counts most. Empty where there is only one, which needs no telling. */
  layers: { name: string; people: string[] }[]
  /** How its calendar is; null where it goes by none, or none was looked at yet. */
  calendar: CalendarState | null
}

export function onCallNow(
  schedule: Schedule,
  overrides: readonly Override[],
  calendars: CalendarState[],
  now: Date,
): OnCall {
  const layers = schedule.layers.length > 1 ? layersAt(schedule, now) : []
  return {
    schedule: schedule.name,
    zone: schedule.zone,
    shift: shiftAt(schedule, overrides, now),
    next: nextShift(schedule, overrides, now),
    layers: layers.map((people, index) => ({ name: layerName(schedule, index), people })),
    calendar: schedule.calendar && (calendars.find((one) => one.schedule === schedule.name) ?? null),
  }
}

function layerName(schedule: Schedule, index: number): string {
  return schedule.layers[index]?.name ?? `layer ${index + 1}`
}

export function whoIsOnCallMessage(words: Words, schedules: OnCall[], now: Date): Message {
  const empty = schedules.some((schedule) => schedule.shift === null)
  const facts = { ...setting(words, words.config.zone, now), schedules: schedules.map(shown) }
  return { ...said(words, 'messages/oncall', facts), tone: empty ? 'warning' : 'neutral' }
}

/** By whom it is, when it was somebody else; or who has to confirm before it ends. */
export function overrideFacts(override: PersonalOverride): { by: string; awaited: string } {
  const incoming = awaited(override)
  if (incoming !== null) return { by: '', awaited: incoming }
  return { by: override.madeBy === override.person ? '' : override.madeBy, awaited: '' }
}

function shown({ schedule, zone, shift, next, layers, calendar }: OnCall) {
  const because = shift?.because
  const counting = because?.kind === 'layer' ? (layers[because.layer]?.name ?? '') : ''
  return {
    schedule,
    zone,
    shift: shift && {
      people: shift.people,
      from: shift.from,
      until: shift.until,
      override: because?.kind === 'override',
    },
    // A gap in between is worth the hour at which it ends.
    next: next && { people: next.people, from: next.from, later: shift === null || next.from > shift.until },
    layers,
    counting,
    ...(because?.kind === 'override' ? overrideFacts(because.override) : { by: '', awaited: '' }),
    calendar: because?.kind === 'calendar',
    /** What is wrong with the calendar it goes by, since when, and how old the copy is that counts. */
    problem: calendar?.problem ?? '',
    failingSince: calendar?.failingSince ?? null,
    readAt: calendar?.readAt ?? null,
    strangers: calendar?.unknown ?? [],
  }
}
