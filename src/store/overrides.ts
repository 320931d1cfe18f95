// Overrides of schedules as rows.
import type { Override } from '../core/schedule.ts'
import type { Queryable } from './db.ts'

type Row = { schedule: string; person: string; starts_at: Date; ends_at: Date; made_by: string; made_at: Date }

/** Overrides that are active at an instant or still to come. */
export async function overridesAt(q: Queryable, at: Date): Promise<Override[]> {
  const { rows } = await q.query<Row>('select * from overrides where ends_at > $1 order by starts_at', [at])
  return rows.map((row) => ({
    schedule: row.schedule,
    person: row.person,
    from: row.starts_at,
    until: row.ends_at,
    madeBy: row.made_by,
    madeAt: row.made_at,
  }))
}

export async function addOverride(q: Queryable, override: Override): Promise<void> {
  await q.query(
    'insert into overrides (schedule, person, starts_at, ends_at, made_by, made_at) values ($1, $2, $3, $4, $5, $6)',
    [override.schedule, override.person, override.from, override.until, override.madeBy, override.madeAt],
  )
}
