// The one writer of incidents: state, record and effects of any number of incidents, in ONE statement.
import type { Change } from '../core/change.ts'
import { type Job, jobKey, type Timing, taskName } from '../core/job.ts'
import { pageByHand } from '../core/page.ts'
import { urgency } from '../core/severity.ts'
import { rerouteAt } from '../core/terms.ts'
import { sentence } from '../core/timeline.ts'
import type { Queryable } from './db.ts'
import { awake, type BornDelivery, waking } from './deliveries.ts'

export type Writing = {
  now: Date
  /** Platforms whose rooms hear of it. */
  platforms: string[]
  nameOf: (person: string) => string
  /** Rooms of new incidents that this process opens by itself. */
  born?: BornDelivery[]
}

/** By incident: the version of its row that a decision was made on. */
export type Versions = ReadonlyMap<number, string>

/**
 * Writes all of it and announces the incidents on the channel `tocsin_changed`. Answers the versions written. Throws
 * Postgres' 23505 when another replica opened an incident of the same grouping key meanwhile, and 40001, having written
 * nothing, when an incident named in `seen` is no longer what it was: read again and decide again.
 */
export async function writeChanges(
  q: Queryable,
  changes: Change[],
  writing: Writing,
  seen: Versions = new Map(),
): Promise<Versions> {
  if (changes.length === 0) return new Map()
  const { rows } = await q.query<{ versions: Record<string, string> }>({
    name: 'write_changes',
    text: statement,
    values: [
      JSON.stringify(changes.map((change) => incidentRow(change, writing, seen))),
      JSON.stringify(latest(changes.flatMap(alertRows), (a) => `${a.incident} ${a.source} ${a.fingerprint}`)),
      JSON.stringify(latest(changes.flatMap(clockRows), (c) => `${c.incident} ${c.name} ${c.due_at}`)),
      JSON.stringify(changes.flatMap((change) => entryRows(change, writing))),
      JSON.stringify(changes.flatMap(pageRows)),
      JSON.stringify(
        latest(
          changes.flatMap((change) => change.jobs).map((job) => jobRow(job, writing.now)),
          (job) => job.key,
        ),
      ),
      changes.filter((change) => change.cancelPages).map((change) => change.incident.number),
      writing.platforms,
      JSON.stringify(changes.flatMap(runbookRows)),
      writing.now,
      new Date(writing.now.getTime() + soon),
      changes.filter((change) => change.cancelWaiting).map((change) => change.incident.number),
      JSON.stringify(writing.born ?? []),
    ],
  })
  return new Map(Object.entries(rows[0]?.versions ?? {}).map(([number, version]) => [Number(number), version]))
}

/** Milliseconds: what falls due within them is announced, for the loops to wake. They look by themselves twice as often. */
const soon = 2_000

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
    JSON.stringify(jobs.map((job) => jobRow(job, now))),
  ])
}

const incidentRecord = `number bigint, "isNew" boolean, status text, severity text, service text, title text, grouping_key text, opened_at timestamptz,
  acknowledged_at timestamptz, acknowledged_by text, resolved_at timestamptz, resolved_by text, lead text, trace text, terms jsonb,
  position jsonb, quiet_until timestamptz, due_at timestamptz, tell_at timestamptz, urgency smallint, page_at timestamptz, seen text, "isNews" boolean,
  lease_until timestamptz, lease_ask_at timestamptz, help_clock text, help_due_at timestamptz`

function jobRecords(parameter: string): string {
  return `jsonb_to_recordset(${parameter}::jsonb) as j (task text, payload jsonb, run_at timestamptz, key text)`
}

function addingJobs(rows: string): string {
  return `select graphile_worker.add_jobs(array(
    select row(j.task, j.payload::json, null, j.run_at,
               null, j.key, null, null)::graphile_worker.job_spec from (${rows}) j), false)`
}

const statement = `with
  i as materialized (select * from jsonb_to_recordset($1::jsonb) as r (${incidentRecord})),
  opened as (
    insert into incidents (number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
                           resolved_at, resolved_by, lead, trace, terms, position, quiet_until, due_at)
    select number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
           resolved_at, resolved_by, lead, trace, terms, position, quiet_until, due_at
      from i where "isNew"
    returning number, xmin::text as version),
  held as materialized (
    select incidents.number from incidents join i on incidents.number = i.number
     where incidents.xmin::text = i.seen order by incidents.number for no key update of incidents),
  moved as (
    update incidents set status = i.status, severity = i.severity, title = i.title, acknowledged_at = i.acknowledged_at,
           acknowledged_by = i.acknowledged_by, resolved_at = i.resolved_at, resolved_by = i.resolved_by, lead = i.lead,
           position = i.position, quiet_until = i.quiet_until, due_at = i.due_at, lease_until = i.lease_until,
           lease_ask_at = i.lease_ask_at, help_clock = i.help_clock, help_due_at = i.help_due_at
      from i where incidents.number = i.number and not i."isNew"
       and (i.seen is null or exists (select from held where held.number = i.number))
    returning incidents.number, incidents.xmin::text as version),
  alerting as (
    insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at, generator_url)
    select * from jsonb_to_recordset($2::jsonb) as a (incident bigint, source text, fingerprint text, status text, labels jsonb,
                  annotations jsonb, starts_at timestamptz, ends_at timestamptz, generator_url text)
    on conflict (incident, source, fingerprint) do update set status = excluded.status, labels = excluded.labels,
       annotations = excluded.annotations, starts_at = excluded.starts_at, ends_at = excluded.ends_at, generator_url = excluded.generator_url),
  clocking as (
    insert into clocks (incident, name, until, started_at, due_at, status, mark, stopped_at)
    select * from jsonb_to_recordset($3::jsonb) as c (incident bigint, name text, until text, started_at timestamptz,
                  due_at timestamptz, status text, mark smallint, stopped_at timestamptz)
    on conflict (incident, name, due_at) do update set status = excluded.status, mark = excluded.mark, stopped_at = excluded.stopped_at),
  told as (
    insert into timeline (incident, at, kind, by, text, fact)
    select incident, at, kind, by, text, fact
      from jsonb_to_recordset($4::jsonb) as t (incident bigint, at timestamptz, kind text, by text, text text, fact jsonb)
    returning id, incident, kind),
  paging as (
    insert into pages (key, incident, person, channel, step, round, status, due_at, try_at, urgency, reroute_at)
    select key, incident, person, channel, step, round, 'due', due_at, due_at, urgency, reroute_at
      from jsonb_to_recordset($5::jsonb) as p (key text, incident bigint, person text, channel text, step integer, round integer,
                                               due_at timestamptz, urgency smallint, reroute_at timestamptz)
    on conflict (key) do nothing),
  instructed as (
    insert into runbook_steps (incident, step, title, body)
    select incident, step, title, body from jsonb_to_recordset($9::jsonb) as s (incident bigint, step integer, title text, body text)
    on conflict (incident, step) do nothing),
  -- One that was tried may have gone out: whoever tries it next looks.
  cancelled as (
    update pages set status = 'cancelled'
     where (incident = any($7::bigint[]) or incident = any($12::bigint[]) and due_at > $10)
       and status = 'due' and attempts = 0
       and (key !~ '${pageByHand}' or incident in (select number from i where status = 'resolved'))),
  telling as materialized (
    select p as platform, number as incident, tell_at as wake_at, urgency, born.holder
      from i cross join unnest($8::text[]) as p
      left join jsonb_to_recordset($13::jsonb) as born (platform text, incident bigint, holder text)
             on born.platform = p and born.incident = number
     where tell_at is not null),
  awake as materialized (${awake('select * from telling where wake_at > $10')}),
  delivering as (${waking(`select * from telling t
     where not exists (select from awake a where a.platform = t.platform and a.incident = t.incident)`)}),
  jobs as (select task, payload, run_at, key from ${jobRecords('$6')})
select refuse_stale_write((select count(seen) from i) - (select count(*) from held)) as stale,
       (select json_object_agg(number, version) from (table opened union all table moved) written) as versions,
       case when exists (select from jobs) then (select count(*) from (${addingJobs('select * from jobs')}) added) end as jobs,
       (select count(pg_notify('tocsin_changed', number
          || case when tell_at <= $10 and "isNews" then ' told' else '' end
          || case when page_at <= $10 then ' paged' else '' end
          || case when due_at <= $11 then ' due' else '' end)) from i) as incidents`

function incidentRow({ incident, isNew, dueAt, tellAt, pages }: Change, writing: Writing, seen: Versions) {
  const { number, status, severity, service, title, lead, trace, terms, position } = incident
  const answered = incident.status !== 'open'
  const resolved = incident.status === 'resolved'
  return {
    number,
    isNew,
    status,
    severity,
    service,
    title,
    lead,
    trace,
    position,
    // Frozen at the opening, and by far the largest column: never written again.
    terms: isNew ? terms : null,
    grouping_key: incident.groupingKey,
    opened_at: incident.openedAt,
    acknowledged_at: answered ? incident.acknowledgedAt : null,
    acknowledged_by: answered ? incident.acknowledgedBy : null,
    resolved_at: resolved ? incident.resolvedAt : null,
    resolved_by: resolved ? incident.resolvedBy : null,
    quiet_until: incident.quietUntil,
    due_at: dueAt,
    ...heldColumns(incident),
    tell_at: tellAt,
    // Who opens it knows already.
    isNews: (writing.born ?? []).filter(({ incident: one }) => one === number).length < writing.platforms.length,
    urgency: urgency[severity],
    page_at: pages.reduce<Date | null>((first, { dueAt: at }) => (first === null || at < first ? at : first), null),
    seen: seen.get(number) ?? null,
  }
}

function heldColumns(incident: Change['incident']) {
  const { lease, help } = incident.status === 'acknowledged' ? incident : { lease: null, help: null }
  return {
    lease_until: lease?.until ?? null,
    lease_ask_at: lease?.askAt ?? null,
    help_clock: help?.clock ?? null,
    help_due_at: help?.dueAt ?? null,
  }
}

function alertRows({ incident, alerts }: Change) {
  return alerts.map((alert) => ({
    incident: incident.number,
    source: alert.source,
    fingerprint: alert.fingerprint,
    status: alert.status,
    labels: alert.labels,
    annotations: alert.annotations,
    starts_at: alert.startsAt,
    ends_at: alert.endsAt,
    generator_url: alert.generatorUrl,
  }))
}

function clockRows({ incident, clocks }: Change) {
  return clocks.map((clock) => ({
    incident: incident.number,
    name: clock.name,
    until: clock.until,
    started_at: clock.startedAt.toISOString(),
    due_at: clock.dueAt.toISOString(),
    status: clock.status,
    mark: clock.mark,
    stopped_at: clock.stoppedAt,
  }))
}

function entryRows({ incident, entries }: Change, { nameOf }: Writing) {
  return entries.map(({ at, by, fact }) => ({
    incident: incident.number,
    at,
    by,
    fact,
    kind: fact.kind,
    text: sentence(fact, by, nameOf),
  }))
}

function pageRows({ incident, pages }: Change) {
  return pages.map(({ key, person, channel, step, round, dueAt }) => ({
    ...{ key, incident: incident.number, person, channel, step, round },
    due_at: dueAt,
    urgency: urgency[incident.severity],
    reroute_at: rerouteAt(incident.terms.severities[incident.severity], incident.severity, dueAt),
  }))
}

function runbookRows({ incident, runbook }: Change) {
  return runbook.map(({ title, body }, index) => ({ incident: incident.number, step: index + 1, title, body }))
}

function jobRow(job: Job & Timing, now: Date) {
  const { delay = 0, ...payload } = job
  const run_at = delay > 0 ? new Date(now.getTime() + delay) : null
  return { task: taskName(job), payload, run_at, key: jobKey(job) }
}

/** Rows of one statement must not name the same row twice: the last word counts. */
function latest<T>(rows: T[], key: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}
