// The policies that page somebody, and who each step would call over the next months.
import type { Config } from '../config/config.ts'
import type { Path } from '../config/tree.ts'
import { pace } from '../core/pace.ts'
import type { Policy, Target } from '../core/policy.ts'
import { shiftsBetween } from '../core/schedule.ts'
import { type Severity, severities } from '../core/severity.ts'
import { onCall } from '../flow/paging.ts'
import { endOf, type Subject } from './finding.ts'

/** A policy with the severities that use it; one that is made from the schedules stands nowhere in the file. `places`: of its steps. */
export type UsedPolicy = { policy: Policy; severities: Severity[]; written: boolean; path: Path; places: Path[] }

/** By name: one that several severities use goes at its own pace for each, but calls the same people. */
export function usedPolicies(config: Config): UsedPolicy[] {
  const found = new Map<string, { policy: Policy; severities: Severity[] }>()
  const use = (policy: Policy, severity: Severity) => {
    if (config.severities[severity].paging === 'never') return
    const known = found.get(policy.name) ?? { policy, severities: [] }
    found.set(policy.name, { ...known, severities: [...known.severities, severity] })
  }
  for (const severity of severities) use(config.severities[severity].policy, severity)
  for (const service of Object.values(config.services)) {
    const plan = service.policy === null ? undefined : config.policies[service.policy]
    if (plan === undefined) continue
    for (const severity of severities)
      use(pace(plan, severity, config.severities[severity].clocks, config.hours), severity)
  }
  return [...found.values()].map(({ policy, severities: used }) => {
    const written = config.policies[policy.name] !== undefined
    const path = written ? ['policies', policy.name] : []
    return {
      policy,
      severities: [...new Set(used)].sort(),
      written,
      path,
      places: config.stepPlaces[policy.name] ?? [],
    }
  })
}

/** Names of the schedules that a policy asks. */
export function schedulesOf({ steps }: { steps: { targets: Target[] }[] }): string[] {
  return [...new Set(steps.flatMap(({ targets }) => targets).flatMap((t) => ('schedule' in t ? [t.schedule] : [])))]
}

/** Every instant in the next months at which somebody else may be on call for the policy, the first being now. */
export function moments(subject: Subject, policy: Parameters<typeof schedulesOf>[0]): Date[] {
  const { config, now } = subject
  const until = endOf(subject)
  const edges = schedulesOf(policy).flatMap((name) => {
    const schedule = config.schedules[name]
    const shifts = schedule === undefined ? [] : shiftsBetween(schedule, [], now, until)
    return shifts.flatMap((shift) => [shift.from.getTime(), shift.until.getTime()])
  })
  const within = edges.filter((edge) => edge > now.getTime() && edge < until.getTime())
  return [...new Set([now.getTime(), ...within])].sort((a, b) => a - b).map((time) => new Date(time))
}

/** Whom a step calls at an instant. */
export function calledBy({ config }: Subject, step: Policy['steps'][number], at: Date): string[] {
  return [...new Set(step.targets.flatMap((target) => onCall(config, [], target, at)))]
}

/** Whether what is on call comes from a calendar that only the running bot has read. */
export function asksCalendar({ schedules }: Config, policy: Parameters<typeof schedulesOf>[0]): boolean {
  return schedulesOf(policy).some((name) => schedules[name]?.calendar)
}

/** `policies.P1.steps[1]`, for those that stand in the file; that of another policy where its steps took the place of one. */
export function stepPath({ places }: UsedPolicy, step: number): Path {
  return places[step] ?? []
}

/** `step 2 of policy P1`, counted as on the timeline. */
export function stepName({ policy }: UsedPolicy, step: number): string {
  return `step ${step + 1} of policy ${policy.name}`
}

export function names({ people }: Config, keys: string[]): string {
  return keys.map((key) => people[key]?.name ?? key).join(' and ')
}
