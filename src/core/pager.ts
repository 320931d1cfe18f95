// What it takes to call it a change of hands, and whose shift a stretch of time is.
import type { Override, Schedule, Shift } from './schedule.ts'

export type Period = { from: Date; until: Date }

/** Somebody made it so by an override, instead of the rotation. */
export function isDeliberate(shift: Shift): boolean {
  return shift.because.kind === 'override'
}

/** Somebody made it this person's, by an override; of two who are on call, the other one may still be so by the rotation. */
export function isGivenTo(person: string, { because }: Shift): boolean {
  return because.kind === 'override' && because.override.person === person
}

/** Everybody who takes turns in a schedule: in its layers, or in what its calendar says of the weeks ahead. */
export function peopleOf(schedule: Schedule, overrides: readonly Override[]): string[] {
  const inLayers = schedule.layers.flatMap((layer) => layer.turns.flat())
  const inCalendar = overrides
    .filter((one) => one.kind === 'calendar' && one.schedule === schedule.name)
    .map(({ person }) => person)
  return [...new Set([...inLayers, ...inCalendar])]
}

export function samePeople(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((person) => b.includes(person))
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

/**
 * After a gap: whoever did not have it before that takes it from who did; with `isGiven` everybody who has it now. Where nobody else
 * had it before, they take it from themselves.
 */
export function changesAfterGap(last: string[], after: string[], isGiven: boolean): Change[] {
  const coming = after.filter((person) => isGiven || !last.includes(person))
  const left = last.find((person) => !after.includes(person))
  return coming.map((incoming) => ({ outgoing: left ?? last.find((one) => one !== incoming) ?? incoming, incoming }))
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
