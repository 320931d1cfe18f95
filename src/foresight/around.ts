// What changes around an incident while it runs: pagers that change hands, and wall clocks that jump.
import { Temporal } from 'temporal-polyfill'
import type { Config } from '../config/config.ts'
import { usable } from '../core/duty.ts'
import { changesOf, isDeliberate } from '../core/pager.ts'
import type { Policy } from '../core/policy.ts'
import { type Override, type Schedule, type Shift, shiftAt, shiftsBetween } from '../core/schedule.ts'
import type { Foreseen } from './night.ts'

type Span = { from: Date; until: Date; zone: string }

export function around(config: Config, overrides: readonly Override[], span: Span & { policy: Policy }): Foreseen[] {
  const schedules = schedulesOf(config, span.policy)
  const zones = new Set([span.zone, ...schedules.map((schedule) => schedule.zone)])
  return [
    ...[...zones].flatMap((zone) => jumps(zone, span)),
    ...schedules.flatMap((schedule) =>
      handovers(schedule, usable(config, overrides), span, config.handover.acceptWithin),
    ),
  ].sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** The schedules a policy asks, each once. */
function schedulesOf(config: Config, policy: Policy): Schedule[] {
  const names = policy.steps.flatMap(({ targets }) => targets).flatMap((t) => ('schedule' in t ? [t.schedule] : []))
  return [...new Set(names)].flatMap((name) => config.schedules[name] ?? [])
}

/** Both ends belong to the span: what changes in the instant of the last row is part of the night. */
function handovers(
  schedule: Schedule,
  overrides: readonly Override[],
  { from, until }: Span,
  acceptWithin: number | null,
): Foreseen[] {
  const shifts = shiftsBetween(schedule, overrides, from, new Date(until.getTime() + 1))
  const edges = [...new Set(shifts.flatMap((one) => [one.from.getTime(), one.until.getTime()]))].sort((a, b) => a - b)
  const at = (instant: number) => shiftAt(schedule, overrides, new Date(instant))
  return edges
    .filter((edge) => edge > from.getTime() && edge <= until.getTime())
    .flatMap((edge): Foreseen[] => {
      const [before, after] = [at(edge - 1), at(edge)]
      const [gives, takes] = [before?.people ?? [], after?.people ?? []]
      if (gives.join() === takes.join()) return []
      const override = (after ?? before)?.because.kind === 'override'
      const backAt = acceptWithin === null || !isAsked(before, after) ? null : new Date(edge + acceptWithin)
      const isTooLate = backAt !== null && after !== null && backAt >= after.until
      const about = { schedule: schedule.name, from: gives, to: takes, override }
      return [{ kind: 'handed over', at: new Date(edge), ...about, backAt: isTooLate ? null : backAt }]
    })
}

/** Whether the incoming person is asked to confirm. Of a shift that was interrupted only the record knows. */
function isAsked(before: Shift | null, after: Shift | null): boolean {
  if (before === null || after === null || isDeliberate(before) || isDeliberate(after)) return false
  return changesOf(before.people, after.people).length > 0
}

/** Every change of the wall clock of `zone` in the span. */
export function jumps(
  zone: string,
  { from, until }: Pick<Span, 'from' | 'until'>,
): Extract<Foreseen, { kind: 'clocks changed' }>[] {
  const found: Extract<Foreseen, { kind: 'clocks changed' }>[] = []
  let local = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(zone)
  for (;;) {
    const next = local.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds > until.getTime()) return found
    const before = next.subtract({ nanoseconds: 1 }).offsetNanoseconds
    const minutes = (next.offsetNanoseconds - before) / 60e9
    if (minutes !== 0) found.push({ kind: 'clocks changed', at: new Date(next.epochMilliseconds), zone, minutes })
    local = next
  }
}
