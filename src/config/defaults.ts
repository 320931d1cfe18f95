// What holds when tocsin.yaml does not say: whom each severity pages, how patiently, and what it promises.
import { usualLease } from '../core/acknowledgement.ts'
import type { ClockTerm } from '../core/clocks.ts'
import type { Hours } from '../core/hours.ts'
import { type PolicyPlan, pace } from '../core/pace.ts'
import type { Target } from '../core/policy.ts'
import type { Severity } from '../core/severity.ts'
import { usualUpdates } from '../core/status-update.ts'
import { type SeverityTerms, usualReroute } from '../core/terms.ts'
import type { Written } from './schema/document.ts'

const minute = 60_000
const hour = 60 * minute

type Habit = Pick<SeverityTerms, 'presence' | 'paging'> & {
  /** Milliseconds after each step; the last one stands for all further steps. */
  waits: number[]
  rounds: number
  lastResortEvery: number
  respond: ClockTerm['within'] | null
  /** From the end until the post-mortem is published. */
  publish: ClockTerm['within'] | null
}

const habits: Record<Severity, Habit> = {
  P1: {
    presence: 'room',
    paging: 'always',
    waits: [5, 5, 10].map(minutes),
    rounds: 3,
    lastResortEvery: 10 * minute,
    respond: 15 * minute,
    publish: 24 * hour,
  },
  P2: {
    presence: 'room',
    paging: 'always',
    waits: [15, 15, 30].map(minutes),
    rounds: 3,
    lastResortEvery: 10 * minute,
    respond: hour,
    publish: null,
  },
  P3: {
    presence: 'card',
    paging: 'business hours',
    // Once a business day: who can wait until tomorrow is not chased today.
    waits: [24 * hour],
    rounds: 3,
    lastResortEvery: 24 * hour,
    respond: 'next business day',
    publish: null,
  },
  // Never paged by itself; whoever escalates a P4 by hand still reaches somebody.
  P4: {
    presence: 'none',
    paging: 'never',
    waits: [24 * hour],
    rounds: 3,
    lastResortEvery: 24 * hour,
    respond: null,
    publish: null,
  },
}

function minutes(count: number): number {
  return count * minute
}

/** The terms of one severity: what is written, else the habit. */
export function severityTerms(
  severity: Severity,
  written: Written,
  policies: Record<string, PolicyPlan>,
  hours: Hours,
): SeverityTerms {
  const terms = written.severities[severity]
  const habit = habits[severity]
  const respond: ClockTerm[] =
    habit.respond === null ? [] : [{ name: 'respond', within: habit.respond, from: 'opened', until: 'acknowledged' }]
  const lookBack: ClockTerm[] =
    habit.publish === null ? [] : [{ name: 'postmortem', within: habit.publish, from: 'resolved', until: 'published' }]
  const clocks = terms.clocks ?? [...respond, ...lookBack]
  return {
    presence: terms.presence ?? habit.presence,
    paging: terms.paging ?? habit.paging,
    policy: pace(policyFor(severity, terms.policy ?? null, written, policies), severity, clocks, hours),
    clocks,
    rerouteAfter: terms.reroute_after === undefined ? usualReroute[severity] : terms.reroute_after,
    ackLease: terms.ack_lease === undefined ? usualLease[severity] : terms.ack_lease,
    updateEvery: terms.update_every === undefined ? usualUpdates[severity] : terms.update_every,
  }
}

/**
 * The policy a severity names; else the one called like the severity; for P1 and P2 also the one called `default`, or the
 * only one. A P3 never inherits those: what wakes people is too hasty for what can wait. Else one is made of the schedules.
 */
function policyFor(
  severity: Severity,
  named: string | null,
  written: Written,
  policies: Record<string, PolicyPlan>,
): PolicyPlan {
  const all = Object.values(policies)
  const urgent = severity === 'P1' || severity === 'P2'
  const found =
    all.find((policy) => policy.name === named) ??
    all.find((policy) => policy.name.toUpperCase() === severity) ??
    (urgent ? (all.find((policy) => policy.name === 'default') ?? (all.length === 1 ? all[0] : undefined)) : undefined)
  return found ?? derivedPolicy(severity, written)
}

/**
 * Every schedule in order is a step; where there are none, everybody is on call. At the end everybody is called. It waits by
 * habit, unless the severity says itself how soon somebody has to answer.
 */
function derivedPolicy(severity: Severity, written: Written): PolicyPlan {
  const { waits, rounds, lastResortEvery } = habits[severity]
  const people = Object.keys(written.people)
  const schedules: Target[][] = Object.keys(written.schedules).map((schedule) => [{ schedule }])
  const everybody: Target[][] = people.length > 0 ? [people.map((person) => ({ person }))] : []
  const steps = schedules.length > 0 ? schedules : everybody
  const urgent = severity === 'P1' || severity === 'P2'
  const promised = urgent && written.severities[severity].clocks?.some((clock) => clock.until === 'acknowledged')
  return {
    name: severity,
    steps: (urgent ? steps : steps.slice(0, 1)).map((targets, i) => ({
      targets,
      wait: promised ? null : (waits[i] ?? waits.at(-1) ?? minute),
    })),
    rounds,
    lastResort: { people, every: lastResortEvery },
  }
}
