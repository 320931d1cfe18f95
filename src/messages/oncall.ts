// Who has the pager: until when, why, and who is next.
import type { Message } from '../core/message.ts'
import { layersAt, nextShift, type Override, type Schedule, type Shift, shiftAt } from '../core/schedule.ts'
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
}

export function onCallNow(schedule: Schedule, overrides: readonly Override[], now: Date): OnCall {
  const layers = schedule.layers.length > 1 ? layersAt(schedule, now) : []
  return {
    schedule: schedule.name,
    zone: schedule.zone,
    shift: shiftAt(schedule, overrides, now),
    next: nextShift(schedule, overrides, now),
    layers: layers.map((people, index) => ({ name: layerName(schedule, index), people })),
  }
}

export function layerName(schedule: Schedule, index: number): string {
  return schedule.layers[index]?.name ?? `layer ${index + 1}`
}

export function whoIsOnCallMessage(words: Words, schedules: OnCall[], now: Date): Message {
  const empty = schedules.some((schedule) => schedule.shift === null)
  const facts = { ...setting(words, words.config.zone, now), schedules: schedules.map(shown) }
  return { ...said(words, 'messages/oncall', facts), tone: empty ? 'warning' : 'neutral' }
}

function shown({ schedule, zone, shift, next, layers }: OnCall) {
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
    /** Who made the override, when it was somebody else. */
    by: because?.kind === 'override' && !shift?.people.includes(because.override.madeBy) ? because.override.madeBy : '',
    calendar: because?.kind === 'calendar',
  }
}
