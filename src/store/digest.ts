// What a week's digest is counted from. Every instant is a parameter: a digest that is late counts the same week.
import type { Severity } from '../core/severity.ts'
import type { Response } from '../core/statistics.ts'
import type { Queryable } from './db.ts'
import { inSlices, nameIn, ongoingIn, type Stretch } from './slices.ts'
import { kindsOfAlerts } from './timeline.ts'

/** How many incidents were opened within `[from, until)`, by severity. P4 is left out: it was only ever recorded. */
export async function openedCounts(
  q: Queryable,
  { from, until, services = null }: Stretch,
): Promise<Partial<Record<Severity, number>>> {
  const { rows } = await q.query<{ severity: Severity; count: number }>(
    `select severity, count(*)::int as count from incidents where opened_at >= $1 and opened_at < $2 and severity <> 'P4'
        and ($3::text[] is null or service = any ($3)) group by severity`,
    [from, until, services],
  )
  return Object.fromEntries(rows.map((row) => [row.severity, row.count]))
}

/**
 * The P1 and P2 incidents opened or resolved within `[from, until)`, and how each was answered as of `asOf`. The first
 * acknowledgement is on the timeline only: the incident itself forgets it when it escalates or reopens.
 */
export async function responses(
  q: Queryable,
  span: Stretch,
  asOf: Date,
): Promise<(Response & { severity: Severity })[]> {
  const { from, until, services = null } = span
  const { rows } = await q.query<{ number: number }>(
    `select number from incidents
      where severity in ('P1', 'P2') and ((opened_at >= $1 and opened_at < $2) or (resolved_at >= $1 and resolved_at < $2))
        and ($3::text[] is null or service = any ($3)) order by number`,
    [from, until, services],
  )
  return inSlices(
    rows.map(({ number }) => number),
    (slice) => responsesOf(q, slice, span, asOf),
  )
}

async function responsesOf(q: Queryable, numbers: number[], { from, until }: Stretch, asOf: Date) {
  const { rows } = await q.query<Response & { severity: Severity }>(
    `select i.severity, i.opened_at as "openedAt", i.resolved_at as "resolvedAt",
            i.opened_at >= $1 and i.opened_at < $2 as opened,
            (select min(t.at) from timeline t where t.incident = i.number and t.kind = 'incident_acknowledged'
                and t.kind not in ${kindsOfAlerts}) as "acknowledgedAt",
            case when c.clocks = 0 then 'none' when c.late then 'late' when c.undecided then 'undecided' else 'in time' end as verdict
       from incidents i
       cross join lateral (
         select count(*) as clocks,
                bool_or(status = 'breached' or (status = 'running' and due_at < $3)) as late,
                bool_or(status = 'running') as undecided
           from clocks where incident = i.number and until = 'acknowledged' and status <> 'cancelled') c
      where i.number = any ($4::bigint[]) order by i.number`,
    [from, until, asOf, numbers],
  )
  return rows
}

export type NoisyAlert = {
  alert: string
  fired: number
  incidents: number
  /** Of these incidents, how many ended without anybody ever acknowledging: noise, or nobody looking. */
  unanswered: number
}

/** The alerts that fired most within `[from, until)`, by the name of their rule. */
export async function noisiestAlerts(q: Queryable, span: Stretch, limit: number): Promise<NoisyAlert[]> {
  const found = await inSlices(await ongoingIn(q, span), (slice) => firedIn(q, slice, span))
  const alerts = new Map<string, NoisyAlert>()
  for (const { alert, fired, incidents, unanswered } of found) {
    const sum = alerts.get(alert) ?? { alert, fired: 0, incidents: 0, unanswered: 0 }
    alerts.set(alert, {
      alert,
      fired: sum.fired + fired,
      incidents: sum.incidents + incidents,
      unanswered: sum.unanswered + unanswered,
    })
  }
  return [...alerts.values()]
    .sort((a, b) => b.fired - a.fired || b.incidents - a.incidents || (a.alert < b.alert ? -1 : 1))
    .slice(0, limit)
}

/** What fired of each alert in these incidents. Most have one rule, and each of their thousands is not to be looked up. */
async function firedIn(q: Queryable, numbers: number[], { from, until }: Stretch): Promise<NoisyAlert[]> {
  const { rows } = await q.query<NoisyAlert>(
    `with ruled as materialized (
       select incident, min(name) as name, count(name) = count(*) and min(name) = max(name) as alone
         from (select incident, ${nameIn('labels')} as name from alerts where incident = any ($1::bigint[])) labelled group by incident),
     fired as materialized (
       select t.incident, r.name, case when r.name is null then fact ->> 'fingerprint' end as fingerprint,
              case when r.name is null then fact ->> 'alert' end as title, count(*)::int as times
         from timeline t left join ruled r on r.incident = t.incident and r.alone
        where t.incident = any ($1::bigint[]) and t.kind = 'alert_fired' and t.at >= $2 and t.at < $3
        group by 1, 2, 3, 4),
     named as (
       select f.incident, f.times, coalesce(f.name, n.name, f.title) as alert from fired f
         left join (select distinct on (incident, fingerprint) incident, fingerprint, ${nameIn('labels')} as name from alerts
                     where incident = any (array(select incident from ruled where not alone)) order by incident, fingerprint) n
           on n.incident = f.incident and n.fingerprint = f.fingerprint and f.name is null),
     counted as (select alert, incident, sum(times) as times from named group by alert, incident)
     select c.alert, sum(c.times)::int as fired, count(*)::int as incidents,
            (count(*) filter (where i.status = 'resolved' and not exists (
               select from timeline t where t.incident = c.incident and t.kind = 'incident_acknowledged'
                  and t.kind not in ${kindsOfAlerts})))::int as unanswered
       from counted c join incidents i on i.number = c.incident and i.number = any ($1::bigint[]) group by c.alert`,
    [numbers, from, until],
  )
  return rows
}

export type OpenIncident = {
  number: number
  severity: Severity
  title: string
  service: string
  openedAt: Date
  acknowledgedBy: string | null
}

/** Incidents that are not resolved, worst and oldest first. P4 is left out: it was only ever recorded. */
export async function openIncidents(
  q: Queryable,
  limit: number,
  services: string[] | null = null,
): Promise<{ list: OpenIncident[]; total: number }> {
  return counted(
    await q.query<OpenIncident & Total>(
      `select number, severity, title, service, opened_at as "openedAt", acknowledged_by as "acknowledgedBy",
              count(*) over ()::int as total
         from incidents where status <> 'resolved' and severity <> 'P4' and ($2::text[] is null or service = any ($2))
        order by severity, opened_at, number limit $1`,
      [limit, services],
    ),
  )
}

/** `dueAt` null: nobody promised one, but it was a P1. */
export type MissingPostmortem = { number: number; severity: Severity; title: string; dueAt: Date | null }

/**
 * Resolved incidents without a published post-mortem: those with a clock still waiting for it, however old, and the P1s
 * resolved within `[from, until)`, asked for once. Most overdue first.
 */
export async function missingPostmortems(
  q: Queryable,
  { from, until, services = null }: Stretch,
  limit: number,
): Promise<{ list: MissingPostmortem[]; total: number }> {
  return counted(
    await q.query<MissingPostmortem & Total>(
      `with waiting as (
         select incident, min(due_at) as due from clocks
          where until = 'published' and stopped_at is null and status in ('running', 'breached') group by incident),
       wanted as (
         select incident as number from waiting
         union
         select number from incidents i
          where severity = 'P1' and resolved_at >= $1 and resolved_at < $2
            and not exists (select from postmortems p where p.incident = i.number and p.published_at is not null))
       select i.number, i.severity, i.title, c.due as "dueAt", count(*) over ()::int as total
         from wanted join incidents i using (number) left join waiting c on c.incident = i.number
        where i.status = 'resolved' and ($4::text[] is null or i.service = any ($4))
        order by c.due nulls last, i.number limit $3`,
      [from, until, limit, services],
    ),
  )
}

type Total = { total: number }

function counted<T extends Total>({ rows }: { rows: T[] }): { list: Omit<T, 'total'>[]; total: number } {
  return { list: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0 }
}
