// Which gaps the incidents channel knows of.
import type { Queryable } from './db.ts'

/** Those of the gaps that were told before. */
export async function knownGaps(q: Queryable, schedule: string, gaps: string[]): Promise<Set<string>> {
  const { rows } = await q.query<{ gap: string }>(
    'select gap from known_gaps where schedule = $1 and gap = any($2::text[])',
    [schedule, gaps],
  )
  return new Set(rows.map((row) => row.gap))
}

/** Answers those that nobody wrote down before: they are for the caller to tell. */
export async function learnGaps(q: Queryable, schedule: string, gaps: string[], now: Date): Promise<string[]> {
  const { rows } = await q.query<{ gap: string }>(
    `insert into known_gaps (schedule, gap, told_at) select $1, gap, $3 from unnest($2::text[]) as gap
     on conflict do nothing returning gap`,
    [schedule, gaps, now],
  )
  return rows.map((row) => row.gap)
}
