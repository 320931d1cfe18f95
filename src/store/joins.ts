// Alerts that join an incident, or clear, without anything being decided about it: most of what comes in. The statement that can
// write everything costs PostgreSQL several times what these rows do, before it has written any.

import type { Change } from '../core/change.ts'
import { urgency } from '../core/severity.ts'
import { writeJson } from '../json.ts'
import {
  alertRows,
  announcements,
  entryRows,
  type Granted,
  nothingGranted,
  type Versions,
  type Writing,
} from './change-rows.ts'
import type { Queryable } from './db.ts'
import {
  announcing,
  grantedValues,
  held,
  insertingAlerts,
  insertingEntries,
  ofThese,
  refusingStale,
  wakingRooms,
  writtenVersions,
} from './writing.ts'

/** Nothing is written of it but alerts and entries. */
export function isJoin({ stands, clocks, pages, jobs, runbook, cancelPages, cancelWaiting }: Change): boolean {
  return stands && !cancelPages && !cancelWaiting && [clocks, pages, jobs, runbook].every((rows) => rows.length === 0)
}

/** Writes changes that are all joins; otherwise as `writeChanges`. The incidents get a new version, and count as touched. */
export async function writeJoins(
  q: Queryable,
  changes: Change[],
  writing: Writing,
  basis: { seen: Versions; granted: Granted },
): Promise<Map<number, string>> {
  const isHeard = writing.platforms.length > 0 && changes.some(({ tellAt }) => tellAt !== null)
  return write(q, changes, writing, { ...basis, isHeard })
}

/** Has the statements planned on this connection, by writing nothing with them. */
export async function planJoins(q: Queryable, now: Date): Promise<void> {
  const writing = { now, platforms: [], nameOf: (person: string) => person }
  for (const isHeard of [true, false])
    await write(q, [], writing, { seen: new Map(), granted: nothingGranted, isHeard })
}

async function write(
  q: Queryable,
  changes: Change[],
  writing: Writing,
  { seen, granted, isHeard }: { seen: Versions; granted: Granted; isHeard: boolean },
): Promise<Map<number, string>> {
  const rows = changes.map(({ incident, dueAt, tellAt }) => ({
    number: incident.number,
    seen: seen.get(incident.number) ?? null,
    due_at: dueAt,
    tell_at: tellAt,
    urgency: urgency[incident.severity],
  }))
  const { rows: written } = await q.query<{ versions: Record<string, string> }>({
    ...(isHeard ? { name: 'tell_joins', text: told } : { name: 'record_joins', text: recorded }),
    values: [
      writeJson(rows),
      writeJson(changes.flatMap(alertRows)),
      writeJson(changes.flatMap((change) => entryRows(change, writing))),
      announcements(changes, writing),
      ...grantedValues(granted),
      ...(isHeard ? [writing.platforms, writing.now] : []),
    ],
  })
  return new Map(Object.entries(written[0]?.versions ?? {}).map(([number, version]) => [Number(number), version]))
}

// `due_at` is written although nothing was decided: somebody may have put the incident off until something happens to it.
const writingThem = `with
  i as materialized (select * from jsonb_to_recordset($1::jsonb) as r (number bigint, seen text, due_at timestamptz,
                                                                      tell_at timestamptz, urgency smallint)),
  ${held},
  touched as (
    update incidents set due_at = i.due_at from i
     where incidents.number = i.number and ${ofThese} and (i.seen is null or exists (select from held where held.number = i.number))
    returning incidents.number, incidents.xmin::text as version),
  alerting as (${insertingAlerts('$2')}),
  told as (${insertingEntries('$3')})`

const outcome = `select ${refusingStale(5)} as stale, ${writtenVersions('touched')} as versions, (${announcing('$4')}) as announced`

const recorded = `${writingThem} ${outcome}`

const told = `${writingThem},
  telling as materialized (
    select p as platform, number as incident, tell_at as wake_at, urgency, null::text as holder
      from i cross join unnest($9::text[]) as p where tell_at is not null),
  ${wakingRooms('$10')}
  ${outcome}`
