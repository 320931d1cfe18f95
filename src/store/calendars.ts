// Calendars that say who is on call, as rows: the copy that counts, how old it is, and what is wrong with it.
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

export type CalendarState = {
  schedule: string
  /** When the copy that counts was read; null: there is none. */
  readAt: Date | null
  /** Null together with `problem`: the last reading went well. */
  failingSince: Date | null
  problem: string | null
  /** Names in it that are nobody in `people:`. */
  unknown: string[]
}

type Row = {
  schedule: string
  read_at: Date | null
  failing_since: Date | null
  problem: string | null
  unknown: string[]
}

const columns = 'schedule, read_at, failing_since, problem, unknown'

function toState({ schedule, read_at: readAt, failing_since: failingSince, problem, unknown }: Row): CalendarState {
  return { schedule, readAt, failingSince, problem, unknown }
}

export async function calendarStates(q: Queryable): Promise<CalendarState[]> {
  const { rows } = await q.query<Row>(`select ${columns} from calendars order by schedule`)
  return rows.map(toState)
}

/**
 * Takes the calendars that are to be read now; nobody else reads them until `retryAt`, when this process may have died.
 * `source`: a hash of the address, and of what else the configuration has to do with it. `atOnce`: not only when it is due, but
 * also if it was read from another source. A calendar that is new is to be read at once.
 */
export async function claimCalendars(
  q: Queryable,
  calendars: { schedule: string; source: string; atOnce: boolean }[],
  now: Date,
  retryAt: Date,
): Promise<CalendarState[]> {
  const { rows } = await q.query<Row>(
    `with wanted as (select * from jsonb_to_recordset($1::jsonb) as w (schedule text, source text)),
          written as (
            insert into calendars as c (schedule, source, due_at) select schedule, source, $3 from wanted
            on conflict (schedule) do update set source = excluded.source, due_at = $3
                  where c.due_at <= $2 or (c.source <> excluded.source and c.schedule = any($4))
            returning ${columns})
     select * from written order by schedule`,
    [writeJson(calendars), now, retryAt, calendars.filter(({ atOnce }) => atOnce).map(({ schedule }) => schedule)],
  )
  return rows.map(toState)
}

export type Reading = { shifts: { person: string; from: Date; until: Date }[]; unknown: string[] }

/** Puts what was read in the place of the copy before. */
export async function keepCalendar(
  q: Queryable,
  schedule: string,
  reading: Reading,
  at: { now: Date; dueAt: Date },
): Promise<void> {
  await q.query('delete from calendar_shifts where schedule = $1', [schedule])
  await q.query(
    `insert into calendar_shifts (schedule, person, starts_at, ends_at)
     select $1, person, starts_at, ends_at
       from jsonb_to_recordset($2::jsonb) as s (person text, starts_at timestamptz, ends_at timestamptz)`,
    [
      schedule,
      writeJson(reading.shifts.map(({ person, from, until }) => ({ person, starts_at: from, ends_at: until }))),
    ],
  )
  await q.query(
    `update calendars set read_at = $2, due_at = $3, unknown = $4, failing_since = null, problem = null where schedule = $1`,
    [schedule, at.now, at.dueAt, reading.unknown],
  )
}

/** The copy that there is goes on counting. Answers since when it fails. */
export async function keepFailure(
  q: Queryable,
  schedule: string,
  problem: string,
  at: { now: Date; dueAt: Date },
): Promise<Date> {
  const { rows } = await q.query<{ failing_since: Date }>(
    `update calendars set problem = $2, failing_since = coalesce(failing_since, $3), due_at = $4 where schedule = $1
     returning failing_since`,
    [schedule, problem, at.now, at.dueAt],
  )
  return rows[0]?.failing_since ?? at.now
}
