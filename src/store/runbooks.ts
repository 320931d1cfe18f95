// Which runbook an incident has, and its steps as it gets them.
import type { Terms } from '../core/terms.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

/** Another runbook takes the place of the one before, with nothing done of it. `terms`: those that name it, with its clocks. */
export async function replaceRunbook(
  q: Queryable,
  incident: number,
  { terms, steps }: { terms: Terms; steps: { title: string; body: string }[] },
): Promise<void> {
  await q.query('update incidents set terms = $2 where number = $1', [incident, writeJson(terms)])
  await q.query('delete from runbook_steps where incident = $1', [incident])
  const rows = steps.map(({ title, body }, index) => ({ step: index + 1, title, body }))
  await q.query(
    `insert into runbook_steps (incident, step, title, body)
     select $1, step, title, body from jsonb_to_recordset($2::jsonb) as s (step integer, title text, body text)`,
    [incident, writeJson(rows)],
  )
}
