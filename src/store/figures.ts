// Numbers and signs of life for those who operate the bot: /health, /ready and /metrics.
import type { Queryable } from './db.ts'

/** Resolves when the database answers; rejects with its reason otherwise. */
export async function answers(q: Queryable): Promise<void> {
  await q.query('select 1')
}

export type OpenCount = { severity: string; status: string; count: number }

export async function openIncidentCounts(q: Queryable): Promise<OpenCount[]> {
  const { rows } = await q.query<OpenCount>(
    `select severity, status, count(*)::int as count from incidents where status <> 'resolved' group by severity, status`,
  )
  return rows
}
