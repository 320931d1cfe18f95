// Escalation policies: whom to page, how long to wait, how often to repeat, and who has the last word.
import { type Hours, isOpen } from './hours.ts'
import type { Severity } from './severity.ts'

/** Whom a step pages. A schedule or a group is asked who that is at the instant the step is taken. */
export type Target =
  | { schedule: string }
  | { person: string }
  | { group: string }
  /** As a recipient of pages: `#sre`, `slack#sre`. */
  | { channel: string }
  | { webhook: string }

/** What must hold at the instant a step is taken; it is passed over at once when it does not. */
export type Condition = { severity: Severity[] } | { hours: 'business' | 'outside' }

export type Step = {
  targets: Target[]
  /** Milliseconds to wait after paging these before moving on. */
  wait: number
  /** All of them must hold. None, or absent on incidents that opened before there were conditions: always. */
  when?: Condition[]
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

/** A position from which somebody is paged next. */
export type Rung = (
  | { at: 'step'; step: number; round: number; lastRound: number }
  | { at: 'last resort'; times: number; round: number }
) & {
  dueAt: Date
  /** A person asked for it, so that neither business hours nor anybody's quiet hours count. */
  byHand?: boolean
  /** When somebody was last paged from here; absent: nobody yet. */
  takenAt?: Date
  /** A person had asked for whoever was paged last, and gets somebody else where none of them can be reached. */
  takenByHand?: boolean
}

/** The start of a policy. `afterRound` is the last round used by an earlier run of it (0 at the opening). */
export function startPolicy(policy: Policy, afterRound: number, dueAt: Date): Rung {
  if (policy.steps.length === 0) return { at: 'last resort', times: 0, round: afterRound + 1, dueAt }
  return { at: 'step', step: 0, round: afterRound + 1, lastRound: afterRound + policy.rounds, dueAt }
}

/** Why a step paged nobody: nobody is on call, or a condition of it does not hold. */
export type SkipReason = 'nobody' | 'severity' | 'business hours' | 'outside business hours'

/** `anew`: which round it is since the policy began anew; absent: it never did, and that is `round`. */
type Place = { step: number; round: number; anew?: number }

export type StepOutcome =
  | ({ kind: 'paged'; people: string[] } & Place)
  /** The next step is due at once. */
  | ({ kind: 'skipped'; because: SkipReason } & Place)
  | { kind: 'last resort'; times: number; round: number; people: string[] }

/** What a step is decided by, besides the policy. */
export type Circumstances = {
  severity: Severity
  hours: Hours
  /** Who a target is at this moment; a schedule without anybody answers an empty list. */
  onCall: (target: Target) => string[]
}

/** Takes the one step that is due and says where the policy stands then. */
export function takeStep(
  policy: Policy,
  position: Rung,
  around: Circumstances,
  now: Date,
): { outcome: StepOutcome; next: Rung } {
  if (position.at === 'last resort') return speakLastResort(policy, position, now)
  const step = policy.steps[position.step]
  if (step === undefined)
    return speakLastResort(policy, { at: 'last resort', times: 0, round: position.round, dueAt: now }, now)
  const place = placeOf(policy, position)
  const unmet = step.when?.find((condition) => !holds(condition, around, now))
  const people = unmet ? [] : [...new Set(step.targets.flatMap(around.onCall))]
  if (people.length === 0) {
    const outcome = { kind: 'skipped', ...place, because: reasonOf(unmet) } as const
    return { outcome, next: after(policy, position, now) }
  }
  const dueAt = new Date(now.getTime() + step.wait)
  return { outcome: { kind: 'paged', ...place, people }, next: { ...after(policy, position, dueAt), takenAt: now } }
}

function placeOf({ rounds }: Policy, { step, round, lastRound }: Extract<Rung, { at: 'step' }>): Place {
  const anew = round - (lastRound - rounds)
  return { step, round, ...(anew !== round && { anew }) }
}

/** Whom the policy really reaches next when `position` comes due at `at`: steps that page nobody then are passed over. */
export function comingStep(
  policy: Policy,
  position: Rung,
  around: Circumstances,
  at: Date,
): { outcome: Exclude<StepOutcome, { kind: 'skipped' }>; next: Rung } {
  let standing = position
  for (;;) {
    const { outcome, next } = takeStep(policy, standing, around, at)
    if (outcome.kind !== 'skipped') return { outcome, next }
    standing = next
  }
}

/**
 * The people of the next step that knows anybody besides those in `except`, and where the policy stands after them. Once
 * all steps were looked at, the duty managers; the policy then stays where it is.
 */
export function helpers(
  policy: Policy,
  position: Rung,
  around: Circumstances,
  now: Date,
  except: string[],
): { people: string[]; next: Rung } {
  const others = (people: string[]) => people.filter((person) => !except.includes(person))
  let standing = position
  for (let looked = 0; looked < policy.steps.length && standing.at === 'step'; looked++) {
    const { outcome, next } = takeStep(policy, standing, around, now)
    const people = outcome.kind === 'paged' ? others(outcome.people) : []
    if (people.length > 0) return { people, next: { ...next, dueAt: position.dueAt } }
    standing = next
  }
  return { people: others(policy.lastResort.people), next: position }
}

/** Milliseconds that whoever was paged last from here has to answer. */
export function waitBefore({ steps, lastResort }: Policy, position: Rung): number {
  if (position.at === 'last resort' && position.times > 0) return lastResort.every
  const last = position.at === 'step' && position.step > 0 ? steps[position.step - 1] : steps.at(-1)
  return last?.wait ?? lastResort.every
}

function holds(condition: Condition, { severity, hours }: Circumstances, now: Date): boolean {
  if ('severity' in condition) return condition.severity.includes(severity)
  return isOpen(hours, now) === (condition.hours === 'business')
}

function reasonOf(unmet: Condition | undefined): SkipReason {
  if (unmet === undefined) return 'nobody'
  if ('severity' in unmet) return 'severity'
  // It wants the other one.
  return unmet.hours === 'business' ? 'outside business hours' : 'business hours'
}

/** The position that follows a step, due at `dueAt`: the next step, the next round, or the last resort. */
function after(policy: Policy, position: Extract<Rung, { at: 'step' }>, dueAt: Date): Rung {
  const step = position.step + 1
  if (step < policy.steps.length) return { ...position, step, dueAt }
  if (position.round < position.lastRound) return { ...position, step: 0, round: position.round + 1, dueAt }
  const { takenAt, byHand } = position
  const kept = { ...(takenAt && { takenAt }), ...(byHand && { byHand }) }
  return { at: 'last resort', times: 0, round: position.round + 1, dueAt, ...kept }
}

function speakLastResort(policy: Policy, position: Extract<Rung, { at: 'last resort' }>, now: Date) {
  const times = position.times + 1
  const outcome = { kind: 'last resort', times, round: position.round, people: policy.lastResort.people } as const
  const dueAt = new Date(now.getTime() + policy.lastResort.every)
  return { outcome, next: { ...position, times, dueAt, takenAt: now } }
}
