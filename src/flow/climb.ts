// The policy of one incident at an instant: its due steps are taken, help is called, and what follows is put on the draft.
// Pure decisions, so that they can be rehearsed.
import type { Rules } from '../bot.ts'
import { helpDueAt } from '../core/breach.ts'
import type { Draft } from '../core/change.ts'
import { type Acknowledged, type Incident, pagingTime, stepDueAt } from '../core/incident.ts'
import { type Circumstances, helpers, type Rung, type StepOutcome, takeStep } from '../core/policy.ts'
import type { Override } from '../core/schedule.ts'
import { stepTime } from '../core/terms.ts'
import { entry } from '../core/timeline.ts'
import { whysOf } from './called.ts'
import { onCall, secondsSince } from './paging.ts'
import { callEverywhere, callOn, put } from './ways.ts'

/** Empty steps are skipped at once; a policy of nothing but empty steps ends in the last resort, which always waits. */
const mostSteps = 1_000

/** Takes every step that is due by `now`, help first, and writes pages and entries on the draft. */
export function climb(bot: Rules, draft: Draft, overrides: Override[], now: Date): void {
  callHelp(bot, draft, overrides, now)
  for (let guard = 0; guard < mostSteps && isDue(stepDueAt(draft.incident), now); guard++)
    climbOnce(bot, draft, overrides, now)
}

function climbOnce(bot: Rules, draft: Draft, overrides: Override[], now: Date): void {
  const { incident } = draft
  if (incident.position === null || incident.position.at === 'rest') return
  const allowedAt = stepTime(incident, incident.position, now)
  if (allowedAt > now) {
    move(draft, { ...incident.position, dueAt: allowedAt })
    return
  }
  const { policy } = incident.terms.severities[incident.severity]
  const { outcome, next } = takeStep(policy, incident.position, around(bot, incident, overrides, now), now)
  record(bot, draft, outcome, overrides, now)
  // Until somebody was paged it is still the step that a person asked for.
  const takenByHand = incident.position.byHand ?? false
  move(draft, outcome.kind === 'skipped' ? next : { ...next, byHand: false, takenByHand })
}

/** A clock ran out while somebody has it: the next step's people are paged to help. It stays whose it is. */
function callHelp(bot: Rules, draft: Draft, overrides: Override[], now: Date): void {
  const { incident } = draft
  if (incident.status !== 'acknowledged' || incident.help === null || !isDue(helpDueAt(incident), now)) return
  const { help, position } = incident
  const allowedAt = pagingTime(incident, now)
  if (allowedAt > now || position === null || position.at === 'rest') {
    const later = position === null || position.at === 'rest' ? null : { ...help, dueAt: allowedAt }
    draft.apply({ incident: { ...incident, help: later }, clocks: [], entries: [] })
    return
  }
  const { people, next } = whoHelps(bot, incident, position, overrides, now)
  const place = { kind: 'h', round: position.round, step: secondsSince(incident, now) } as const
  const { clock } = help
  const fact = { kind: 'people_paged', people, step: 0, round: position.round, because: 'clock', clock } as const
  draft.apply({
    incident: { ...incident, help: null, position: next },
    clocks: [],
    entries: people.length > 0 ? [entry(fact, now)] : [],
  })
  for (const person of people) put(draft, callOn(bot, incident, place, person, { now }), now)
}

/** Whom a clock that runs out calls besides whoever has it, and where the policy stands after them. */
export function whoHelps(bot: Rules, incident: Acknowledged, position: Rung, overrides: Override[], now: Date) {
  const { policy } = incident.terms.severities[incident.severity]
  return helpers(policy, position, around(bot, incident, overrides, now), now, [incident.acknowledgedBy])
}

function around(bot: Rules, incident: Incident, overrides: Override[], now: Date): Circumstances {
  return {
    severity: incident.severity,
    hours: incident.terms.hours,
    onCall: (target) => onCall(bot.config, overrides, target, now),
  }
}

function isDue(at: Date | null, now: Date): boolean {
  return at !== null && at <= now
}

function move(draft: Draft, position: Rung): void {
  draft.apply({ incident: { ...draft.incident, position }, clocks: [], entries: [] })
}

function record(bot: Rules, draft: Draft, outcome: StepOutcome, overrides: Override[], now: Date): void {
  const { terms, severity, position } = draft.incident
  const urgent = position?.byHand ?? false
  switch (outcome.kind) {
    case 'skipped': {
      const { kind: _, ...skipped } = outcome
      draft.entries.push(entry({ kind: 'policy_step_skipped', ...skipped }, now))
      return
    }
    case 'paged': {
      const { kind: _, ...paged } = outcome
      const { step, round, people } = paged
      const targets = terms.severities[severity].policy.steps[step]?.targets ?? []
      const whys = whysOf(bot.config, overrides, targets, people, { at: now, severity })
      draft.entries.push(entry({ kind: 'people_paged', ...paged, because: 'policy', whys }, now))
      const place = { kind: 's', round, step } as const
      for (const person of people) put(draft, callOn(bot, draft.incident, place, person, { now, urgent }), now)
      return
    }
    case 'last resort': {
      const { times, round, people } = outcome
      draft.entries.push(entry({ kind: 'last_resort_reached', people, times }, now))
      const place = { kind: 'l', round, step: times } as const
      // Nobody answered where they are usually called: now over every way there is.
      for (const person of people) put(draft, callEverywhere(bot, draft.incident, place, person, { now, urgent }), now)
      return
    }
    default:
      outcome satisfies never
  }
}
