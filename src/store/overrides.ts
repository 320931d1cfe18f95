// What stands above the layers of schedules, as rows: overrides people made, and shifts out of calendars.
import type { Override, PersonalOverride } from '../core/schedule.ts'
import type { Queryable } from './db.ts'

export type OverrideRow = {
  id: number
  schedule: string
  person: string
  replaces: string | null
  starts_at: Date
  ends_at: Date
  made_by: string | null
  made_at: Date | null
}

/** Milliseconds ahead for which shifts of calendars are read along, unless said otherwise: enough to tell who is next. */
const calendarAhead = 45 * 86_400_000

/** Overrides that are active at an instant or still to come, and shifts of calendars for the weeks after it. */
export async function overridesAt(q: Queryable, at: Date): Promise<Override[]> {
  return overridesBetween(q, at, null)
}

/** Those with a part after `from`; of calendars, with a part before `until` (null: some weeks later). */
export async function overridesBetween(q: Queryable, from: Date, until: Date | null): Promise<Override[]> {
  const { rows } = await q.query<OverrideRow>({
    name: 'overrides_between',
    text: selectOverrides('$1', '$2'),
    values: [from, until ?? new Date(from.getTime() + calendarAhead)],
  })
  return rows.map(toOverride)
}

/** The statement of `overridesBetween`, its two instants being expressions. */
export function selectOverrides(from: string, until: string): string {
  return `select id, schedule, person, replaces, starts_at, ends_at, made_by, made_at from overrides where ends_at > ${from}
           union all
           select 0, schedule, person, null, starts_at, ends_at, null, null from calendar_shifts
            where ends_at > ${from} and starts_at < ${until}
            order by starts_at`
}

export function toOverride(row: OverrideRow): Override {
  const { id, schedule, person, replaces, starts_at: from, ends_at: until, made_by: madeBy, made_at: madeAt } = row
  return madeBy === null || madeAt === null
    ? { kind: 'calendar', schedule, person, from, until }
    : { kind: 'override', id, schedule, person, replaces, from, until, madeBy, madeAt }
}

/** Answers its number. */
export async function addOverride(q: Queryable, override: Omit<PersonalOverride, 'kind' | 'id'>): Promise<number> {
  const { rows } = await q.query<{ id: number }>(
    `insert into overrides (schedule, person, replaces, starts_at, ends_at, made_by, made_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      override.schedule,
      override.person,
      override.replaces,
      override.from,
      override.until,
      override.madeBy,
      override.madeAt,
    ],
  )
  return rows[0]?.id ?? 0
}

/**
 * Ends an override: one that is under way ends at `now`, one still to come never begins. Answers it as it was; null when there
 * is none of this number, or it was over already.
 */
export async function endOverride(q: Queryable, id: number, now: Date): Promise<PersonalOverride | null> {
  const { rows } = await q.query<OverrideRow>(
    `with before as (select * from overrides where id = $1 and ends_at > $2 for update),
          ended as (update overrides o set ends_at = $2 from before where o.id = before.id and before.starts_at < $2),
          gone as (delete from overrides o using before where o.id = before.id and before.starts_at >= $2)
     select * from before`,
    [id, now],
  )
  const found = rows[0] && toOverride(rows[0])
  return found?.kind === 'override' ? found : null
}
