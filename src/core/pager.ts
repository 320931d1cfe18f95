// What it takes to call it a change of hands, and whose shift a stretch of time is.
import type { Override, Schedule, Shift } from './schedule.ts'

export type Period = { from: Date; until: Date }

/** Somebody made it so by an override, instead of the rotation. */
export function isDeliberate(shift: Shift): boolean {
  return shift.because.kind === 'override'
}

/** Everybody who takes turns in a schedule: in its layers, or in what its calendar says of the weeks ahead. */
export function peopleOf(schedule: Schedule, overrides: readonly Override[]): string[] {
  const inLayers = schedule.layers.flatMap((layer) => layer.turns.flat())
  const inCalendar = overrides
    .filter((one) => one.kind === 'calendar' && one.schedule === schedule.name)
    .map(({ person }) => person)
  return [...new Set([...inLayers, ...inCalendar])]
}

export type Change = { outgoing: string; incoming: string }

/**
 * Who hands the pager to whom. Whoever goes on, or joins without anybody leaving, takes it from nobody; after a gap there is
 * nobody to hand it over.
 */
export function changesOf(before: string[], after: string[]): Change[] {
  const leaving = before.filter((person) => !after.includes(person))
  const coming = after.filter((person) => !before.includes(person))
  return coming.flatMap((incoming, index) => {
    const outgoing = leaving[index] ?? leaving[0]
    return outgoing === undefined ? [] : [{ outgoing, incoming }]
  })
}

/** Whether a person has the pager for the whole of a period. `shifts` in order. */
export function hasThroughout(shifts: Shift[], person: string, period: Period): boolean {
  let covered = period.from
  for (const shift of shifts) {
    if (shift.until <= covered) continue
    if (shift.from > covered || !shift.people.includes(person)) break
    covered = shift.until
    if (covered >= period.until) return true
  }
  return false
}
