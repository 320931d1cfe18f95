// Steps of an incident's runbook as rows: what was done to each, and the timers that run.
import type { StepState } from '../core/runbook-step.ts'
import type { Queryable } from './db.ts'

export const stepColumns = `step, title, body, status, by, at, reason, assignee, timer_from as "timerFrom", timer_until as "timerUntil",
  timer_by as "timerBy", helped_by as "helpedBy"`

export type StepRow = StepState & { body: string }

/** In order. */
export async function stepsOf(q: Queryable, incident: number): Promise<StepRow[]> {
  const { rows } = await q.query<StepRow>(
    `select ${stepColumns} from runbook_steps where incident = $1 order by step`,
    [incident],
  )
  return rows
}

/** Whoever writes it holds the incident's lock. */
export async function writeStep(q: Queryable, incident: number, state: StepState): Promise<void> {
  const { step, status, by, at, reason, assignee, timerFrom, timerUntil, timerBy, helpedBy } = state
  await q.query(
    `update runbook_steps set status = $3, by = $4, at = $5, reason = $6, assignee = $7, timer_from = $8, timer_until = $9,
            timer_by = $10, helped_by = $11
      where incident = $1 and step = $2`,
    [incident, step, status, by, at, reason, assignee, timerFrom, timerUntil, timerBy, helpedBy],
  )
}

/** Incidents with a timer that is over. Locks nothing: look again under the incident's lock. */
export async function overdueTimers(q: Queryable, now: Date, limit: number): Promise<number[]> {
  const { rows } = await q.query<{ incident: number }>({
    name: 'overdue_timers',
    text: `select distinct incident from (
             select incident from runbook_steps where timer_until <= $1 order by timer_until limit $2) due`,
    values: [now, limit],
  })
  return rows.map((row) => row.incident)
}

/** Leaves an incident's timers that are over alone until `until`. */
export async function postponeTimers(q: Queryable, incident: number, now: Date, until: Date): Promise<void> {
  await q.query('update runbook_steps set timer_until = $3 where incident = $1 and timer_until <= $2', [
    incident,
    now,
    until,
  ])
}

/** Nobody waits at the steps of what is over. */
export async function stopTimers(q: Queryable, incident: number): Promise<void> {
  await q.query(
    `update runbook_steps set timer_from = null, timer_until = null, timer_by = null
      where incident = $1 and timer_until is not null`,
    [incident],
  )
}
