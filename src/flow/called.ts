// What makes people those whom a step calls, to be kept on record: the schedule may be another by the time somebody asks.
import type { Config } from '../config/config.ts'
import { usable } from '../core/duty.ts'
import type { Target } from '../core/policy.ts'
import { type Override, shiftAt } from '../core/schedule.ts'
import type { Severity } from '../core/severity.ts'
import type { CalledBecause } from '../core/timeline.ts'
import { onCall } from './paging.ts'

/** By person; whoever several targets reach is called because of the first of them. */
export function whysOf(
  config: Config,
  overrides: Override[],
  targets: Target[],
  people: string[],
  about: { at: Date; severity: Severity },
): Record<string, CalledBecause> {
  const reached = targets.map((target) => ({ target, people: onCall(config, overrides, target, about.at) }))
  const whys = people.flatMap((person) => {
    const target = reached.find((one) => one.people.includes(person))?.target
    const why = target === undefined ? null : because(config, overrides, target, about.at)
    const way = config.people[person]?.reach?.[about.severity] ? 'own rules' : 'first'
    return why === null ? [] : [[person, { ...why, way }] as const]
  })
  return Object.fromEntries(whys)
}

function because(config: Config, overrides: Override[], target: Target, at: Date): CalledBecause | null {
  if ('person' in target) return { by: 'person' }
  if ('group' in target) return { by: 'group', group: target.group }
  // Nobody asks why a channel or a webhook was called.
  if ('channel' in target || 'webhook' in target) return null
  const schedule = config.schedules[target.schedule]
  const shift = schedule && shiftAt(schedule, usable(config, overrides), at)
  if (!shift) return null
  const from = shift.from.toISOString()
  const until = shift.until.toISOString()
  const made = shift.because.kind === 'override' ? shift.because.override : null
  const override = made === null ? {} : { override: { by: made.madeBy, at: made.madeAt.toISOString() } }
  return { by: 'schedule', schedule: schedule.name, from, until, ...override }
}
