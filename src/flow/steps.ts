// What people do with the steps of an incident's runbook, and the ends of the timers they set. A timer is an instant on the
// step's own row, decided under the incident's lock: it survives every restart, and two replicas tell it once.
import type { Bot } from '../bot.ts'
import { renewedBy } from '../core/acknowledgement.ts'
import { Draft } from '../core/change.ts'
import { stopClocks } from '../core/clocks.ts'
import { actOnStep, endTimer, runbookMark, type StepAct, type StepState } from '../core/runbook-step.ts'
import type { NewEntry } from '../core/timeline.ts'
import { UserError } from '../errors.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { type Locked, lockIncident } from '../store/incidents.ts'
import { isAway } from '../store/problems.ts'
import { overdueTimers, postponeTimers, type StepRow, stepsOf, stopTimers, writeStep } from '../store/steps.ts'
import { withEffects } from './effects.ts'
import { noSuchIncident } from './named.ts'
import { writing } from './opening.ts'

/** `mark`: of the runbook that the person was looking at (see `runbookMark`); null: whichever there is. */
export type StepMeant = { step: number; mark: string | null }

/**
 * Does it, or answers what is the case already, and by whom. Throws UserError when there is no such incident or step, or when
 * another runbook took the place of the one that was meant.
 */
export async function workOnStep(
  bot: Bot,
  number: number,
  meant: StepMeant,
  act: StepAct,
  by: string,
): Promise<{ state: StepState } | { unchanged: string; by: string | null }> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const locked = await lockIncident(q, number)
    const row = stepMeant(number, locked, await stepsOf(q, number), meant)
    const outcome = actOnStep(row, act, by, now)
    if ('unchanged' in outcome || locked === null) return outcome as { unchanged: string; by: string | null }
    if (act.do === 'start timer' && locked.incident.status === 'resolved')
      throw new UserError(`Incident ${number} is resolved: nobody waits at its steps any more.`)
    await writeStep(q, number, outcome.state)
    const draft = new Draft(locked)
    const incident = renewedBy(draft.incident, by, now)
    // A note on a step is a note.
    const clocks = act.do === 'note' ? stopClocks(draft.clocks, 'noted', now) : []
    await write(bot, q, draft.apply({ incident, clocks, entries: outcome.entries }))
    return { state: outcome.state }
  })
}

/** The step that is meant, as it is. Throws UserError as `workOnStep`. */
export function stepMeant(number: number, locked: Pick<Locked, 'incident'> | null, steps: StepRow[], meant: StepMeant) {
  if (locked === null) throw noSuchIncident(number)
  if (meant.mark !== null && meant.mark !== runbookMark(locked.incident.terms.runbook))
    throw new UserError(
      'Another runbook has taken the place of the one this button belongs to; nothing was marked. Its steps are in the room.',
    )
  const row = steps.find(({ step }) => step === meant.step)
  if (row !== undefined) return row
  throw new UserError(
    steps.length === 0
      ? `Incident ${number} has no runbook step ${meant.step}: no runbook is shown. /incident runbook <name> takes one.`
      : `Incident ${number} has no runbook step ${meant.step}: its runbook has 1 to ${steps.length}.`,
  )
}

const batchSize = 100

/** Milliseconds an incident is left alone whose timers could not be ended. */
const setAside = 30_000

/** Tells of timers that are over; call again while there is `more`. */
export async function endStepTimers(bot: Bot): Promise<{ ended: number; more: boolean }> {
  const now = bot.clock.now()
  const due = await overdueTimers(bot.db, now, batchSize)
  let ended = 0
  for (const incident of due) {
    try {
      if (await endTimersOf(bot, incident, now)) ended++
    } catch (error) {
      if (isAway(error)) throw error
      bot.log.error({ err: error, incident }, 'nobody could be told that a wait is over; trying again')
      await postponeTimers(bot.db, incident, now, new Date(now.getTime() + setAside))
    }
  }
  return { ended, more: ended > 0 && due.length === batchSize }
}

async function endTimersOf(bot: Bot, number: number, now: Date): Promise<boolean> {
  return bot.db.tx(async (q) => {
    const locked = await lockIncident(q, number)
    if (locked === null || locked.incident.status === 'resolved') {
      await stopTimers(q, number)
      return false
    }
    const entries: NewEntry[] = []
    // Another replica may have been faster: then there is nothing left to end.
    for (const row of await stepsOf(q, number)) {
      const end = endTimer(row, now)
      if (end === null) continue
      await writeStep(q, number, end.state)
      entries.push(...end.entries)
    }
    if (entries.length === 0) return false
    const draft = new Draft(locked)
    await write(bot, q, draft.apply({ incident: draft.incident, clocks: [], entries }))
    return true
  })
}

async function write(bot: Bot, q: Queryable, draft: Draft): Promise<void> {
  const change = withEffects(bot, draft)
  if (change !== null) await writeChanges(q, [change], writing(bot))
}
