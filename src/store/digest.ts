// What a week's digest is counted from. Every instant is a parameter: a digest that is late counts the same week.
import type { Severity } from '../core/severity.ts'
import type { Response } from '../core/statistics.ts'
import type { Queryable } from './db.ts'

/** `services` absent or null: all. */
type Span = { from: Date; until: Date; services?: string[] | null }

/** How many incidents were opened within `[from, until)`, by severity. */
export async function openedCounts(
  q: Queryable,
  { from, until, services = null }: Span,
): Promise<Partial<Record<Severity, number>>> {
  const { rows } = await q.query<{ severity: Severity; count: number }>(
    `select severity, count(*)::int as count from incidents where opened_at >= $1 and opened_at < $2
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
  { from, until, services = null }: Span,
  asOf: Date,
): Promise<(Response & { severity: Severity })[]> {
  const { rows } = await q.query<Response & { severity: Severity }>(
    `select i.severity, i.opened_at as "openedAt", i.resolved_at as "resolvedAt",
            i.opened_at >= $1 and i.opened_at < $2 as opened,
            (select min(t.at) from timeline t where t.incident = i.number and t.kind = 'incident_acknowledged') as "acknowledgedAt",
            case when c.clocks = 0 then 'none' when c.late then 'late' when c.undecided then 'undecided' else 'in time' end as verdict
       from incidents i
       cross join lateral (
         select count(*) as clocks,
                bool_or(status = 'breached' or (status = 'running' and due_at < $3)) as late,
                bool_or(status = 'running') as undecided
           from clocks where incident = i.number and until = 'acknowledged' and status <> 'cancelled') c
      where i.severity in ('P1', 'P2')
        and ((i.opened_at >= $1 and i.opened_at < $2) or (i.resolved_at >= $1 and i.resolved_at < $2))
        and ($4::text[] is null or i.service = any ($4))
      order by i.number`,
    [from, until, asOf, services],
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
export async function noisiestAlerts(
  q: Queryable,
  { from, until, services = null }: Span,
  limit: number,
): Promise<NoisyAlert[]> {
  const { rows } = await q.query<NoisyAlert>(
    `with ongoing as materialized (
       select number, status from incidents where opened_at < $2 and (resolved_at is null or resolved_at >= $1)
          and ($4::text[] is null or service = any ($4))),
     fired as materialized (
       select t.id, o.number, o.status, t.fact ->> 'alert' as title, t.fact ->> 'fingerprint' as fingerprint
         from ongoing o cross join lateral (
           select id, fact from timeline where incident = o.number and kind = 'alert_fired' and at >= $1 and at < $2 offset 0) t),
     -- Incident by incident: years of alerts must not be read for a week of them.
     numbers as materialized (select distinct number from fired),
     named as materialized (
       select distinct on (incident, fingerprint) incident, fingerprint,
              coalesce(nullif(labels ->> 'alertname', ''), nullif(labels ->> 'alert_name', ''), nullif(labels ->> 'name', '')) as name
         from numbers cross join lateral (select * from alerts where incident = number offset 0) a
        order by incident, fingerprint),
     answered as materialized (
       select number as incident from numbers cross join lateral (
         select from timeline where incident = number and kind = 'incident_acknowledged' limit 1) first)
     select coalesce(n.name, f.title) as alert, count(*)::int as fired, count(distinct f.number)::int as incidents,
            (count(distinct f.number) filter (where f.status = 'resolved' and a.incident is null))::int as unanswered
       from fired f
       left join named n on n.incident = f.number and n.fingerprint = f.fingerprint
       left join answered a on a.incident = f.number
      group by 1 order by fired desc, incidents desc, alert limit $3`,
    [from, until, limit, services],
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
  { from, until, services = null }: Span,
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
