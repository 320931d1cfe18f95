// Escalation policies: whom to page, how long to wait, how often to repeat, and who has the last word.

export type Target = { schedule: string } | { person: string }

export type Step = {
  targets: Target[]
  /** Milliseconds to wait after paging these before moving on. */
  wait: number
}

export type Policy = {
  name: string
  steps: Step[]
  /** How often all steps are gone through before the last resort. */
  rounds: number
  lastResort: {
    /** Duty managers: paged at every repetition. May be empty; the room and the incidents channel always hear it. */
    people: string[]
    /** Milliseconds between repetitions. */
    every: number
  }
}

/**
 * Where an incident stands in its policy. `round` never goes back, so that every page of an incident has its own key;
 * `lastRound` is where the last resort begins. `rest`: it paged once, but its severity now pages nobody.
 */
export type Position = Rung | { at: 'rest'; round: number; dueAt: null; byHand?: boolean }

/** A position from which somebody is paged next. `byHand`: a person asked for it, so that nobody's quiet hours count. */
export type Rung =
  | { at: 'step'; step: number; round: number; lastRound: number; dueAt: Date; byHand?: boolean }
  | { at: 'last resort'; times: number; round: number; dueAt: Date; byHand?: boolean }

/** The start of a policy. `afterRound` is the last round used by an earlier run of it (0 at the opening). */
export function startPolicy(policy: Policy, afterRound: number, dueAt: Date): Rung {
  if (policy.steps.length === 0) return { at: 'last resort', times: 0, round: afterRound + 1, dueAt }
  return { at: 'step', step: 0, round: afterRound + 1, lastRound: afterRound + policy.rounds, dueAt }
}

export type StepOutcome =
  | { kind: 'paged'; step: number; round: number; people: string[] }
  /** Nobody on call: the next step is due at once. */
  | { kind: 'skipped'; step: number; round: number }
  | { kind: 'last resort'; times: number; round: number; people: string[] }

/**
 * Takes the one step that is due and says where the policy stands then.
 * `onCall` answers who a target is at this moment; a schedule without anybody answers an empty list.
 */
export function takeStep(
  policy: Policy,
  position: Rung,
  onCall: (target: Target) => string[],
  now: Date,
): { outcome: StepOutcome; next: Rung } {
  if (position.at === 'last resort') return speakLastResort(policy, position, now)
  const step = policy.steps[position.step]
  if (step === undefined)
    return speakLastResort(policy, { at: 'last resort', times: 0, round: position.round, dueAt: now }, now)
  const people = [...new Set(step.targets.flatMap(onCall))]
  const place = { step: position.step, round: position.round }
  if (people.length === 0) return { outcome: { kind: 'skipped', ...place }, next: after(policy, position, now) }
  const dueAt = new Date(now.getTime() + step.wait)
  return { outcome: { kind: 'paged', ...place, people }, next: after(policy, position, dueAt) }
}

/** The position that follows a step, due at `dueAt`: the next step, the next round, or the last resort. */
function after(policy: Policy, position: Extract<Rung, { at: 'step' }>, dueAt: Date): Rung {
  const step = position.step + 1
  if (step < policy.steps.length) return { ...position, step, dueAt }
  if (position.round < position.lastRound) return { ...position, step: 0, round: position.round + 1, dueAt }
  return { at: 'last resort', times: 0, round: position.round + 1, dueAt }
}

function speakLastResort(policy: Policy, position: Extract<Rung, { at: 'last resort' }>, now: Date) {
  const times = position.times + 1
  const outcome: StepOutcome = { kind: 'last resort', times, round: position.round, people: policy.lastResort.people }
  const dueAt = new Date(now.getTime() + policy.lastResort.every)
  return { outcome, next: { ...position, times, dueAt } }
}
