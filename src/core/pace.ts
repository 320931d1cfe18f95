// How fast a policy goes when it does not say so itself: the time to acknowledge, shared by its steps. One line,
// "P1: acknowledge in 15 minutes", then yields the countdown people see and the deadlines nobody sees.
import type { ClockTerm } from './clocks.ts'
import { type Hours, lengthOfDay } from './hours.ts'
import type { Policy, Step } from './policy.ts'
import type { Severity } from './severity.ts'

/** A policy as written, for any severity: a step may leave open how long it waits. */
export type PolicyPlan = Omit<Policy, 'steps'> & { steps: PlannedStep[] }

/** `wait` null: a share of the time to acknowledge. */
export type PlannedStep = Omit<Step, 'wait'> & { wait: number | null }

/** Milliseconds a step waits where nothing at all says how long. */
const usualWait = 300_000

/**
 * The policy as one severity uses it. Steps without a wait of their own share what the others leave of the time to
 * acknowledge, so that all steps of the first round have been paged before it is over.
 */
export function pace(plan: PolicyPlan, severity: Severity, clocks: ClockTerm[], hours: Hours): Policy {
  const wait = shareOf(plan.steps.filter(mayApply), timeToAcknowledge(clocks, hours))
  return { ...plan, steps: plan.steps.map((step) => ({ ...step, wait: step.wait ?? wait })) }

  function mayApply({ when = [] }: PlannedStep): boolean {
    return when.every((condition) => !('severity' in condition) || condition.severity.includes(severity))
  }
}

function shareOf(steps: PlannedStep[], time: number | null): number {
  const sharing = steps.filter((step) => step.wait === null).length
  if (time === null || sharing === 0) return usualWait
  const left = time - steps.reduce((sum, step) => sum + (step.wait ?? 0), 0)
  // A lone step is called three times before the time is over. Where the written waits use all of it up, the others are as
  // quick as if there were none.
  const share = steps.length === 1 ? time / 3 : left > 0 ? left / sharing : time / steps.length
  return Math.max(1_000, Math.floor(share / 1_000) * 1_000)
}

/** Milliseconds; null: nothing is promised. A business day counts as long as it is open. */
function timeToAcknowledge(clocks: ClockTerm[], hours: Hours): number | null {
  const times = clocks
    .filter((clock) => clock.until === 'acknowledged' && clock.from === 'opened')
    .map(({ within }) => (within === 'next business day' ? lengthOfDay(hours) : within))
  return times.length === 0 ? null : Math.min(...times)
}
