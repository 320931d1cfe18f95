// What changes around an incident while it runs: pagers that change hands, and wall clocks that jump.
import { Temporal } from 'temporal-polyfill'
import type { Config } from '../config/config.ts'
import type { Policy } from '../core/policy.ts'
import { type Override, type Schedule, shiftAt } from '../core/schedule.ts'
import type { Foreseen } from './night.ts'

type Span = { from: Date; until: Date; zone: string }

export function around(config: Config, overrides: Override[], span: Span & { policy: Policy }): Foreseen[] {
  const schedules = schedulesOf(config, span.policy)
  const zones = new Set([span.zone, ...schedules.map((schedule) => schedule.zone)])
  return [
    ...[...zones].flatMap((zone) => jumps(zone, span)),
    ...schedules.flatMap((schedule) => handovers(schedule, overrides, span)),
  ].sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** The schedules a policy asks, each once. */
export function schedulesOf(config: Config, policy: Policy): Schedule[] {
  const names = policy.steps.flatMap(({ targets }) => targets).flatMap((t) => ('schedule' in t ? [t.schedule] : []))
  return [...new Set(names)].flatMap((name) => config.schedules[name] ?? [])
}

/** Both ends belong to the span: what changes in the instant of the last row is part of the night. */
function handovers(schedule: Schedule, overrides: Override[], { from, until }: Span): Foreseen[] {
  const found: Foreseen[] = []
  let shift = shiftAt(schedule, overrides, from)
  const edges = overrides.filter((o) => o.schedule === schedule.name).flatMap((o) => [o.from, o.until])
  for (let at = nextEdge(from); at !== null && at <= until; at = nextEdge(at)) {
    const next = shiftAt(schedule, overrides, at)
    if (next?.person !== shift?.person) {
      const override = (next ?? shift)?.override ?? false
      const [before, after] = [shift, next].map((one) => (one === null ? [] : [one.person]))
      found.push({ kind: 'handed over', at, schedule: schedule.name, from: before ?? [], to: after ?? [], override })
    }
    shift = next
  }
  return found

  function nextEdge(after: Date): Date | null {
    const end = shiftAt(schedule, overrides, after)?.until
    const later = [...edges, ...(end ? [end] : [])].filter((edge) => edge > after)
    return later.reduce<Date | null>((first, edge) => (first === null || edge < first ? edge : first), null)
  }
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
