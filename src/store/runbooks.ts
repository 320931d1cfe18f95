// Steps of an incident's runbook as rows.
import type { Terms } from '../core/terms.ts'
import type { Queryable } from './db.ts'

export type StepMark = { incident: number; step: number; status: 'done' | 'skipped'; by: string; at: Date }

/** Marks a step and answers its title and what it was before; null when there is no such step. */
export async function markRunbookStep(
  q: Queryable,
  mark: StepMark,
): Promise<{ title: string; status: string; by: string | null } | null> {
  const { rows } = await q.query<{ title: string; status: string; by: string | null }>(
    `with before as (select * from runbook_steps where incident = $1 and step = $2 for update)
     update runbook_steps s set status = $3, by = case when before.status = $3 then before.by else $4 end,
            at = case when before.status = $3 then before.at else $5 end
       from before where s.incident = before.incident and s.step = before.step
     returning before.title, before.status, before.by`,
    [mark.incident, mark.step, mark.status, mark.by, mark.at],
  )
  return rows[0] ?? null
}

/** Another runbook takes the place of the one before, with nothing done of it. `terms`: those that name it, with its clocks. */
export async function replaceRunbook(
  q: Queryable,
  incident: number,
  { terms, steps }: { terms: Terms; steps: { title: string; body: string }[] },
): Promise<void> {
  await q.query('update incidents set terms = $2 where number = $1', [incident, JSON.stringify(terms)])
  await q.query('delete from runbook_steps where incident = $1', [incident])
  const rows = steps.map(({ title, body }, index) => ({ step: index + 1, title, body }))
  await q.query(
    `insert into runbook_steps (incident, step, title, body)
     select $1, step, title, body from jsonb_to_recordset($2::jsonb) as s (step integer, title text, body text)`,
    [incident, JSON.stringify(rows)],
  )
}
