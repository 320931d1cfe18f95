// The stage that keeps promises about time: it takes what is due, decides it with pure functions, and writes rows and
// jobs in the same transaction. There is no I/O between, so a dead process rolls back and any other takes the rows over.
import type { Bot, Rules } from '../bot.ts'
import { Draft } from '../core/change.ts'
import { tickClock } from '../core/clocks.ts'
import { pagingTime, stepDueAt, transition } from '../core/incident.ts'
import { type Rung, type StepOutcome, takeStep } from '../core/policy.ts'
import type { Override } from '../core/schedule.ts'
import { entry } from '../core/timeline.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { dueNumbers, type Locked, lockDueIncidents, lockIncident, postponeDecision } from '../store/incidents.ts'
import { overridesAt } from '../store/overrides.ts'
import { withEffects } from './effects.ts'
import { writing } from './opening.ts'
import { onCall } from './paging.ts'
import { callEverywhere, callOn, put } from './ways.ts'

const batchSize = 200

/** Milliseconds an incident is left alone that could not be decided: it must not keep the others waiting. */
const setAside = 30_000

/** Decides what is due now, a batch at a time; call again while there is `more`. */
export async function decideDue(bot: Bot): Promise<{ decided: number; more: boolean }> {
  const now = bot.clock.now()
  try {
    const decided = await bot.db.tx(async (q) => decide(bot, q, await lockDueIncidents(q, now, batchSize), now))
    return { decided, more: decided === batchSize }
  } catch (error) {
    const numbers = await dueNumbers(bot.db, now, batchSize)
    if (numbers.length === 0) throw error
    bot.log.error({ err: error }, 'a batch of due incidents could not be decided; trying each by itself')
    for (const number of numbers) await decideAlone(bot, number, now)
    return { decided: numbers.length, more: false }
  }
}

async function decideAlone(bot: Bot, number: number, now: Date): Promise<void> {
  try {
    await bot.db.tx(async (q) => {
      const locked = await lockIncident(q, number)
      if (locked) await decide(bot, q, [locked], now)
    })
  } catch (error) {
    bot.log.fatal(
      { err: error, incident: number },
      'an incident cannot be decided: its policy stands still; escalate by hand',
    )
    await postponeDecision(bot.db, number, new Date(now.getTime() + setAside))
  }
}

async function decide(bot: Bot, q: Queryable, due: Locked[], now: Date): Promise<number> {
  if (due.length === 0) return 0
  const overrides = await overridesAt(q, now)
  const changes = due.map((locked) => withEffects(bot, advance(bot, locked, overrides, now)))
  const decided = changes.filter((change) => change !== null)
  await writeChanges(q, decided, writing(bot))
  return due.length
}

/** Brings one incident up to `now`: the quiet period first (it may make the rest needless), then clocks, then the policy. */
export function advance(bot: Rules, locked: Locked, overrides: Override[], now: Date): Draft {
  const draft = new Draft(locked)
  const { quietUntil } = draft.incident
  if (quietUntil !== null && quietUntil <= now) {
    endQuiet(draft, locked.firing, now)
  }
  tickClocks(draft, now)
  // Empty steps are skipped at once; a policy of nothing but empty steps ends in the last resort, which always waits.
  for (let guard = 0; guard < 1_000 && isStepDue(draft, now); guard++) escalateOnce(bot, draft, overrides, now)
  return draft
}

/** It was quiet long enough; unless, against all expectation, something fires: then it goes on until that clears. */
function endQuiet(draft: Draft, stillFiring: number, now: Date): void {
  if (stillFiring > 0) {
    draft.apply({ incident: { ...draft.incident, quietUntil: null }, clocks: [], entries: [] })
    return
  }
  const step = transition(draft, { kind: 'resolve', by: null, stillFiring }, now)
  if (!('refused' in step)) draft.apply(step)
}

function tickClocks(draft: Draft, now: Date): void {
  for (const clock of draft.clocks) {
    const mark = tickClock(clock, now)
    if (mark === null) continue
    const about = { clock: clock.name, dueAt: clock.dueAt.toISOString() }
    const fact =
      mark.share === 100
        ? ({ kind: 'clock_breached', ...about } as const)
        : ({ kind: 'clock_warned', share: mark.share, ...about } as const)
    draft.apply({ incident: draft.incident, clocks: [mark.clock], entries: [entry(fact, now)] })
  }
}

function isStepDue({ incident }: Draft, now: Date): boolean {
  const dueAt = stepDueAt(incident)
  return dueAt !== null && dueAt <= now
}

function escalateOnce(bot: Rules, draft: Draft, overrides: Override[], now: Date): void {
  const { incident } = draft
  if (incident.position === null || incident.position.at === 'rest') return
  const allowedAt = pagingTime(incident, now)
  if (allowedAt > now) {
    move(draft, { ...incident.position, dueAt: allowedAt })
    return
  }
  const { policy } = incident.terms.severities[incident.severity]
  const { outcome, next } = takeStep(
    policy,
    incident.position,
    (target) => onCall(bot.config, overrides, target, now),
    now,
  )
  record(bot, draft, outcome, now)
  // Until somebody was paged it is still the step that a person asked for.
  move(draft, outcome.kind === 'skipped' ? next : { ...next, byHand: false })
}

function move(draft: Draft, position: Rung): void {
  draft.apply({ incident: { ...draft.incident, position }, clocks: [], entries: [] })
}

function record(bot: Rules, draft: Draft, outcome: StepOutcome, now: Date): void {
  if (outcome.kind === 'skipped') {
    draft.entries.push(entry({ kind: 'policy_step_skipped', step: outcome.step, round: outcome.round }, now))
    return
  }
  const last = outcome.kind === 'last resort'
  const place = last
    ? ({ kind: 'l', round: outcome.round, step: outcome.times } as const)
    : ({ kind: 's', round: outcome.round, step: outcome.step } as const)
  draft.entries.push(
    last
      ? entry({ kind: 'last_resort_reached', people: outcome.people, times: outcome.times }, now)
      : entry(
          { kind: 'people_paged', people: outcome.people, step: outcome.step, round: outcome.round, because: 'policy' },
          now,
        ),
  )
  const urgent = draft.incident.position?.byHand ?? false
  for (const person of outcome.people)
    put(
      draft,
      last
        ? callEverywhere(bot, draft.incident, place, person, { now, urgent })
        : callOn(bot, draft.incident, place, person, { now, urgent }),
      now,
    )
}
