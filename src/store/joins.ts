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
import { awake } from './deliveries.ts'
import { isCollision } from './problems.ts'
import {
  announcing,
  grantedValues,
  insertingAlerts,
  insertingEntries,
  insertingNewAlerts,
  ofThese,
  refusing,
  wakingRooms,
} from './writing.ts'

/** Nothing is written of it but alerts and entries. */
export function isJoin({ stands, clocks, pages, jobs, runbook, cancelPages, cancelWaiting }: Change): boolean {
  return stands && !cancelPages && !cancelWaiting && [clocks, pages, jobs, runbook].every((rows) => rows.length === 0)
}

/**
 * Writes changes that are all joins; otherwise as `writeChanges`. The incidents get a new version, and count as touched. Where
 * their rooms are expected to wait already, it is tried to leave them alone.
 */
export async function writeJoins(
  q: Queryable,
  changes: Change[],
  writing: Writing,
  basis: { seen: Versions; granted: Granted },
): Promise<Map<number, string>> {
  const said = announcements(changes, writing)
  const { expected } = writing
  if (expected?.isAwake(changes, writing.now) && said.length === 0 && areNew(changes, basis.granted)) {
    try {
      return await write(q, changes, writing, { ...basis, said: null })
    } catch (error) {
      // A room has heard by now what it waited for; anything else will be said again.
      if (!isCollision(error)) throw error
    }
  }
  const versions = await write(q, changes, writing, { ...basis, said })
  expected?.told(changes)
  return versions
}

/** Nobody has ever heard of one of the alerts. */
function areNew(changes: Change[], { unheard }: Granted): boolean {
  const isNew = new Set<unknown>(unheard)
  return changes.every(({ alerts }) => alerts.every((alert) => isNew.has(alert)))
}

/** Has the statements planned on this connection, by writing nothing with them. */
export async function planJoins(q: Queryable, now: Date): Promise<void> {
  const writing = { now, platforms: [], nameOf: (person: string) => person }
  for (const said of [null, []]) await write(q, [], writing, { seen: new Map(), granted: nothingGranted, said })
}

/** `said` null: all alerts are new, nothing is announced, and the rooms wait already. */
async function write(
  q: Queryable,
  changes: Change[],
  writing: Writing,
  { seen, granted, said }: { seen: Versions; granted: Granted; said: string[] | null },
): Promise<Map<number, string>> {
  const rows = changes.map(({ incident, dueAt, tellAt }) => ({
    number: incident.number,
    seen: seen.get(incident.number),
    // A Date takes as long as all the rest of the row.
    due_at: dueAt?.toISOString(),
    tell_at: tellAt?.toISOString(),
    urgency: urgency[incident.severity],
  }))
  const { rows: written } = await q.query<{ version: string }>({
    ...(said === null ? { name: 'record_joins', text: recorded } : { name: 'tell_joins', text: told }),
    values: [
      // Always in the same order: two replicas never wait for each other in a circle.
      writeJson(rows.sort((a, b) => a.number - b.number)),
      writeJson(changes.flatMap(alertRows)),
      writeJson(changes.flatMap((change) => entryRows(change, writing))),
      writing.platforms,
      ...grantedValues(granted),
      ...(said === null ? [] : [writing.now, said]),
    ],
  })
  const version = written[0]?.version ?? ''
  return new Map(changes.map(({ incident }) => [incident.number, version]))
}

// `due_at` is written although nothing was decided: somebody may have put the incident off until something happens to it.
const touching = `i as materialized (select * from jsonb_to_recordset($1::jsonb) as r (number bigint, seen text, due_at timestamptz,
                                                                      tell_at timestamptz, urgency smallint)),
  telling as materialized (
    select p as platform, number as incident, tell_at as wake_at, urgency, null::text as holder
      from i cross join unnest($4::text[]) as p where tell_at is not null),
  touched as (
    update incidents set due_at = i.due_at from i
     where incidents.number = i.number and ${ofThese} and (i.seen is null or incidents.xmin::text = i.seen)
    returning incidents.number)`

const stale = '(select count(*) from i) - (select count(*) from touched)'

/** All of them have the version of this transaction. */
const version = 'pg_current_xact_id()::xid::text as version'

const asleep = `(select count(*) from telling) - (select count(*) from (${awake('select * from telling')}) awake)`

const recorded = `with ${touching},
  alerting as (${insertingNewAlerts('$2')}),
  told as (${insertingEntries('$3')})
  select ${refusing(`${stale} + ${asleep}`, 5)} as stale, ${version}`

const told = `with ${touching},
  alerting as (${insertingAlerts('$2')}),
  told as (${insertingEntries('$3')}),
  ${wakingRooms('$9')}
  select ${refusing(stale, 5)} as stale, ${version}, (${announcing('$10')}) as announced`
