// The one writer of incidents: state, record and effects of any number of incidents, in ONE statement.
import type { Change } from '../core/change.ts'
import type { Job, Timing } from '../core/job.ts'
import { pageByHand } from '../core/page.ts'
import { writeJson } from '../json.ts'
import {
  alertRows,
  announcements,
  clockRows,
  entryRows,
  type Granted,
  incidentRow,
  jobRow,
  latest,
  nothingBorn,
  nothingGranted,
  pageRows,
  runbookRows,
  type Versions,
  type Writing,
} from './change-rows.ts'
import type { Queryable } from './db.ts'
import { isJoin, writeJoins } from './joins.ts'
import {
  announcing,
  grantedValues,
  held,
  heldAtOnce,
  insertingAlerts,
  insertingEntries,
  ofThese,
  refusingStale,
  wakingRooms,
  writtenVersions,
} from './writing.ts'

export type { Versions, Writing } from './change-rows.ts'

/**
 * Writes all of it and announces the incidents on the channel `tocsin_changed`. Answers the versions written. Throws
 * Postgres' 23505 when another replica opened an incident of the same grouping key meanwhile, and 40001, having written
 * nothing, when an incident named in `seen` is no longer what it was, or what was granted does not hold: read again and
 * decide again.
 */
export async function writeChanges(
  q: Queryable,
  changes: Change[],
  writing: Writing,
  seen: Versions = new Map(),
  granted: Granted = nothingGranted,
): Promise<Versions> {
  if (changes.length === 0) return new Map()
  if (changes.every(isJoin)) return writeJoins(q, changes, writing, { seen, granted })
  return writeComposed(q, composeChanges(changes, writing, seen, granted))
}

/** Has the statement planned on this connection, by writing nothing with it. */
export async function planWriting(q: Queryable, now: Date): Promise<void> {
  await writeComposed(q, composeChanges([], { now, platforms: [], nameOf: (person) => person }, new Map()))
}

/** Changes as the statement that writes them. */
export type ComposedChanges = { name: string; text: string; values: unknown[] }

export function composeChanges(
  changes: Change[],
  writing: Writing,
  seen: Versions,
  granted: Granted = nothingGranted,
): ComposedChanges {
  const { born = nothingBorn } = writing
  return {
    name: 'write_changes',
    text: statement,
    values: [
      writeJson(changes.map((change) => incidentRow(change, seen))),
      writeJson(changes.flatMap(alertRows)),
      writeJson(latest(changes.flatMap(clockRows), (c) => `${c.incident} ${c.name} ${c.due_at}`)),
      writeJson(changes.flatMap((change) => entryRows(change, writing))),
      writeJson(changes.flatMap((change) => pageRows(change, born))),
      writeJson(
        latest(
          changes.flatMap((change) => change.jobs).map((job) => jobRow(job, writing.now)),
          (job) => job.key,
        ),
      ),
      changes.filter((change) => change.cancelPages).map((change) => change.incident.number),
      writing.platforms,
      writeJson(changes.flatMap(runbookRows)),
      writing.now,
      announcements(changes, writing),
      changes.filter((change) => change.cancelWaiting).map((change) => change.incident.number),
      writeJson(born.rooms),
      writeJson(born.messages),
      ...grantedValues(granted),
    ],
  }
}

/** The same, but it waits for nobody who has locked one of them: it throws 40001 at once. */
export function atOnce(composed: ComposedChanges): ComposedChanges {
  return { ...composed, name: 'write_at_once', text: statementAtOnce }
}

/** As `writeChanges`. */
export async function writeComposed(q: Queryable, composed: ComposedChanges): Promise<Versions> {
  const { rows } = await q.query<{ versions: Record<string, string> }>(composed)
  return new Map(Object.entries(rows[0]?.versions ?? {}).map(([number, version]) => [Number(number), version]))
}

/** Allocates numbers for incidents about to be opened. */
export async function incidentNumbers(q: Queryable, count: number): Promise<number[]> {
  if (count === 0) return []
  const { rows } = await q.query<{ number: number }>(
    `select nextval('incident_numbers') as number from generate_series(1, $1)`,
    [count],
  )
  return rows.map((row) => row.number)
}

/** Adds jobs outside a change, e.g. a digest. Writing the same one twice is a no-op. */
export async function addJobs(q: Queryable, jobs: (Job & Timing)[], now: Date): Promise<void> {
  await q.query(`select count(*) from (${addingJobs(`select * from ${jobRecords('$1')}`)}) added`, [
    writeJson(jobs.map((job) => jobRow(job, now))),
  ])
}

/** How many jobs of a kind are left to be done, on whichever platform. */
export async function waitingJobs(q: Queryable, task: Job['task']): Promise<number> {
  const { rows } = await q.query<{ count: number }>(
    'select count(*)::int as count from graphile_worker.jobs where task_identifier like $1',
    [`%:${task}`],
  )
  return rows[0]?.count ?? 0
}

const incidentRecord = `number bigint, "isNew" boolean, status text, severity text, service text, title text, grouping_key text, opened_at timestamptz,
  acknowledged_at timestamptz, acknowledged_by text, resolved_at timestamptz, resolved_by text, lead text, trace text, terms jsonb,
  position jsonb, quiet_until timestamptz, due_at timestamptz, tell_at timestamptz, urgency smallint, seen text,
  lease_until timestamptz, lease_ask_at timestamptz, help_clock text, help_due_at timestamptz`

function jobRecords(parameter: string): string {
  return `jsonb_to_recordset(${parameter}::jsonb) as j (task text, payload jsonb, run_at timestamptz, key text, queue text)`
}

function addingJobs(rows: string): string {
  return `select graphile_worker.add_jobs(array(
    select row(j.task, j.payload::json, j.queue, j.run_at,
               null, j.key, null, null)::graphile_worker.job_spec from (${rows}) j), false)`
}

const statementHolding = (locking: string) => `with
  i as materialized (select * from jsonb_to_recordset($1::jsonb) as r (${incidentRecord})),
  opened as (
    insert into incidents (number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
                           resolved_at, resolved_by, lead, trace, terms, position, quiet_until, due_at)
    select number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
           resolved_at, resolved_by, lead, trace, terms, position, quiet_until, due_at
      from i where "isNew"
    returning number, xmin::text as version),
  ${locking},
  moved as (
    update incidents set status = i.status, severity = i.severity, title = i.title, acknowledged_at = i.acknowledged_at,
           acknowledged_by = i.acknowledged_by, resolved_at = i.resolved_at, resolved_by = i.resolved_by, lead = i.lead,
           position = i.position, quiet_until = i.quiet_until, due_at = i.due_at, lease_until = i.lease_until,
           lease_ask_at = i.lease_ask_at, help_clock = i.help_clock, help_due_at = i.help_due_at
      from i where incidents.number = i.number and ${ofThese} and not i."isNew"
       and (i.seen is null or exists (select from held where held.number = i.number))
    returning incidents.number, incidents.xmin::text as version),
  alerting as (${insertingAlerts('$2')}),
  clocking as (
    insert into clocks (incident, name, until, started_at, due_at, status, mark, stopped_at)
    select * from jsonb_to_recordset($3::jsonb) as c (incident bigint, name text, until text, started_at timestamptz,
                  due_at timestamptz, status text, mark smallint, stopped_at timestamptz)
    on conflict (incident, name, due_at) do update set status = excluded.status, mark = excluded.mark, stopped_at = excluded.stopped_at),
  told as (${insertingEntries('$4')}),
  paging as (
    insert into pages (key, incident, person, channel, step, round, status, due_at, try_at, urgency, reroute_at, holder, attempts)
    select key, incident, person, channel, step, round, case when holder is null then 'due' else 'sending' end, due_at, due_at,
           urgency, reroute_at, holder, (holder is not null)::int
      from jsonb_to_recordset($5::jsonb) as p (key text, incident bigint, person text, channel text, step integer, round integer,
                                               due_at timestamptz, urgency smallint, reroute_at timestamptz, holder text)
    on conflict (key) do nothing),
  begun as (
    insert into messages (platform, key, status)
    select platform, key, 'sending' from jsonb_to_recordset($14::jsonb) as m (platform text, key text) on conflict do nothing),
  instructed as (
    insert into runbook_steps (incident, step, title, body)
    select incident, step, title, body from jsonb_to_recordset($9::jsonb) as s (incident bigint, step integer, title text, body text)
    on conflict (incident, step) do nothing),
  -- Found incident by incident, and changed by their keys: the planner would read every page there is to be sent, each time. One
  -- that was tried may have gone out: whoever tries it next looks.
  stopped as materialized (
    select one.key from unnest($7::bigint[] || $12::bigint[]) as over (incident) cross join lateral (
      select key from pages
       where pages.incident = over.incident and (incident = any($7::bigint[]) or due_at > $10) and status = 'due' and attempts = 0
         and (key !~ '${pageByHand}' or incident in (select number from i where status = 'resolved'))
         for update) one),
  cancelled as (update pages set status = 'cancelled' where key = any(array(select key from stopped))),
  telling as materialized (
    select p as platform, number as incident, tell_at as wake_at, urgency, born.holder
      from i cross join unnest($8::text[]) as p
      left join jsonb_to_recordset($13::jsonb) as born (platform text, incident bigint, holder text)
             on born.platform = p and born.incident = number
     where tell_at is not null),
  ${wakingRooms('$10')},
  jobs as (select task, payload, run_at, key, queue from ${jobRecords('$6')})
select ${refusingStale(15)} as stale,
       ${writtenVersions('(table opened union all table moved) written')} as versions,
       case when exists (select from jobs) then (select count(*) from (${addingJobs('select * from jobs')}) added) end as jobs,
       (${announcing('$11')}) as announced`

const statement = statementHolding(held)
const statementAtOnce = statementHolding(heldAtOnce)
