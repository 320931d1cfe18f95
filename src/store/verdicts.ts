// Verdicts on incidents as rows: one each, the latest.
import type { AlertVerdict } from '../core/verdict.ts'
import type { Queryable } from './db.ts'

export type GivenVerdict = { incident: number; verdict: AlertVerdict; because: string; by: string; at: Date }

/** False when this very verdict, with these words, is there already from after the end of it, whoever gave it. The last counts. */
export async function keepVerdict(q: Queryable, given: GivenVerdict, endedAt: Date): Promise<boolean> {
  const { rowCount } = await q.query(
    `insert into verdicts as v (incident, verdict, because, by, at) values ($1, $2, $3, $4, $5)
     on conflict (incident) do update set verdict = excluded.verdict, because = excluded.because, by = excluded.by, at = excluded.at
      where (v.verdict, v.because) is distinct from (excluded.verdict, excluded.because) or v.at < $6`,
    [given.incident, given.verdict, given.because, given.by, given.at, endedAt],
  )
  return rowCount === 1
}

export type Precision = Record<AlertVerdict, number> & {
  /** Resolved, and nobody said. */
  unsaid: number
}

/** Verdicts on the incidents resolved within `[from, until)`; P4 is left out: it was only ever recorded. */
export async function precisionOf(
  q: Queryable,
  { from, until, services }: { from: Date; until: Date; services: string[] | null },
): Promise<Precision> {
  const { rows } = await q.query<Precision>(
    `select (count(*) filter (where v.verdict = 'useful'))::int as useful, (count(*) filter (where v.verdict = 'noise'))::int as noise,
            (count(*) filter (where v.verdict = 'duplicate'))::int as duplicate, (count(*) filter (where v.verdict is null))::int as unsaid
       from incidents i left join verdicts v on v.incident = i.number
      where i.resolved_at >= $1 and i.resolved_at < $2 and i.severity <> 'P4'
        and ($3::text[] is null or i.service = any ($3))`,
    [from, until, services],
  )
  return rows[0] ?? { useful: 0, noise: 0, duplicate: 0, unsaid: 0 }
}
