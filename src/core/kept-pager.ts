// A pager that somebody keeps because whoever comes on did not confirm: whose turn it is all the while, and when that is in vain.
import { bySystem } from './handover.ts'
import { type Override, type PersonalOverride, type Schedule, type Shift, shiftAt } from './schedule.ts'

/** Whose turn it is, whoever keeps the pager meanwhile. */
export function turnAt(schedule: Schedule, overrides: readonly Override[], now: Date): Shift | null {
  if (!overrides.some(isKept)) return shiftAt(schedule, overrides, now)
  return shiftAt(
    schedule,
    overrides.filter((one) => !isKept(one)),
    now,
  )
}

/** Whether the pager is kept for somebody whose turn it is not: others were given it meanwhile. */
export function isKeptInVain(schedule: Schedule, overrides: readonly Override[], now: Date): boolean {
  const kept = overrides.filter((one) => isKept(one) && one.schedule === schedule.name && one.from <= now)
  if (kept.length === 0) return false
  const due = turnAt(schedule, overrides, now)?.people ?? []
  return kept.some((one) => isKept(one) && one.replaces !== null && !due.includes(one.replaces))
}

function isKept(override: Override): override is PersonalOverride {
  return override.kind === 'override' && override.madeBy === bySystem
}
