// The record of an incident, for what is merely noted: it decides nothing, so no incident is locked for it.
import { ofAlerts } from '../core/timeline.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

/** Kinds of entries about single alerts, as an index has them: most of a timeline, and of no use to most questions. */
export const kindsOfAlerts = `('${ofAlerts.join("', '")}')`

/** Adds an entry that calls for nothing else, and announces the incident to those who watch it. */
export async function noteEntry(
  q: Queryable,
  incident: number,
  entry: { at: Date; fact: object & { kind: string }; text: string },
): Promise<void> {
  await q.query(
    `with noted as (
      insert into timeline (incident, at, kind, text, fact) values ($1, $2, $3, $4, $5) returning incident)
    select pg_notify('tocsin_changed', incident::text) from noted`,
    [incident, entry.at, entry.fact.kind, entry.text, writeJson(entry.fact)],
  )
}

/** Ids of all entries of an incident. */
export async function entryIds(q: Queryable, incident: number): Promise<Set<number>> {
  const { rows } = await q.query<{ id: number }>('select id from timeline where incident = $1', [incident])
  return new Set(rows.map(({ id }) => id))
}
