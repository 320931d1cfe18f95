// Steps of an incident's runbook as rows.
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
