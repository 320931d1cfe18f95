// What a digest looks at besides what week after week has always been counted: habits of alerts, nights, deployments.
import type { LookedAt } from '../core/alert-habits.ts'
import type { Queryable } from './db.ts'

/** `services` null: all. */
export type LookBack = { from: Date; until: Date; services: string[] | null }

/** Far more than anybody has; a storm of many thousands must not fill the memory. */
const mostIncidents = 5_000

/** The incidents opened within `[from, until)`, the latest first. P4 is left out: it was only ever recorded. */
export async function incidentsLookedAt(q: Queryable, { from, until, services }: LookBack): Promise<LookedAt[]> {
  const { rows } = await q.query<LookedAt>(
    `with looked as materialized (
       select number, service, severity, title, opened_at, resolved_at from incidents
        where opened_at >= $1 and opened_at < $2 and severity <> 'P4' and ($3::text[] is null or service = any ($3))
        order by opened_at desc limit $4)
     select i.number, i.service, i.severity, coalesce(a.name, i.title) as alert, i.opened_at as "openedAt", i.resolved_at as "resolvedAt",
            t.acknowledged as "acknowledgedAt", coalesce(t.touched, false) as touched, v.verdict, a.fired
       from looked i
       left join lateral (
         select (array_agg(coalesce(nullif(labels ->> 'alertname', ''), nullif(labels ->> 'alert_name', ''), nullif(labels ->> 'name', ''))
                           order by starts_at, fingerprint))[1] as name,
                case when bool_and(ends_at is not null) then (max(extract(epoch from ends_at - starts_at)) * 1000)::float8 end as fired
           from alerts where incident = i.number) a on true
       left join lateral (
         select min(at) filter (where kind = 'incident_acknowledged') as acknowledged,
                bool_or(by is not null and kind <> 'verdict_given') as touched
           from timeline where incident = i.number) t on true
       left join verdicts v on v.incident = i.number
      order by i.opened_at desc, i.number desc`,
    [from, until, services, mostIncidents],
  )
  return rows
}

export type FlappingAlert = { alert: string; incident: number; times: number }

/** Alerts that fired at least `times` times within one incident in the span: they cleared in between. The worst first. */
export async function flappingAlerts(
  q: Queryable,
  { from, until, services }: LookBack,
  { times, limit }: { times: number; limit: number },
): Promise<FlappingAlert[]> {
  const { rows } = await q.query<FlappingAlert>(
    `with ongoing as materialized (
       select number from incidents
        where opened_at < $2 and (resolved_at is null or resolved_at >= $1) and ($3::text[] is null or service = any ($3))),
     fired as (
       select o.number as incident, t.fingerprint, count(*)::int as times, min(t.alert) as title
         from ongoing o cross join lateral (
           select fact ->> 'fingerprint' as fingerprint, fact ->> 'alert' as alert from timeline
            where incident = o.number and kind = 'alert_fired' and at >= $1 and at < $2 offset 0) t
        group by 1, 2 having count(*) >= $4)
     select coalesce(nullif(a.labels ->> 'alertname', ''), f.title) as alert, f.incident, f.times
       from fired f left join lateral (
         select labels from alerts where incident = f.incident and fingerprint = f.fingerprint limit 1) a on true
      order by f.times desc, f.incident limit $5`,
    [from, until, services, times, limit],
  )
  return rows
}

/** Pages that went out within the span: one for each call of a person, over however many ways. */
export async function pagesSent(
  q: Queryable,
  { from, until, services }: LookBack,
): Promise<{ person: string; at: Date }[]> {
  const { rows } = await q.query<{ person: string; at: Date }>(
    `select p.person, min(p.sent_at) as at from pages p join incidents i on i.number = p.incident
      where p.status = 'sent' and p.sent_at >= $1 and p.sent_at < $2 and ($3::text[] is null or i.service = any ($3))
      group by p.person, p.incident, p.step, p.round order by 2`,
    [from, until, services],
  )
  return rows
}

/** P1 incidents opened within the span, and when the first incident of all was: before it nobody was looking. */
export async function failuresIn(
  q: Queryable,
  { from, until, services }: LookBack,
): Promise<{ failures: number; since: Date | null }> {
  const { rows } = await q.query<{ failures: number; since: Date | null }>(
    `select (select count(*)::int from incidents where opened_at >= $1 and opened_at < $2 and severity = 'P1'
               and ($3::text[] is null or service = any ($3))) as failures,
            (select opened_at from incidents order by opened_at limit 1) as since`,
    [from, until, services],
  )
  return rows[0] ?? { failures: 0, since: null }
}

/**
 * Deployments finished within the span, and how many of them failed, were undone, or were followed by a P1 or P2 in their
 * service, from their start until `blame` milliseconds after their end.
 */
export async function deploymentsIn(
  q: Queryable,
  { from, until, services }: LookBack,
  blame: number,
): Promise<{ deployments: number; failed: number }> {
  const { rows } = await q.query<{ deployments: number; failed: number }>(
    `select count(*)::int as deployments,
            (count(*) filter (where c.status in ('failed', 'rolled back') or exists (
               select from incidents i where i.service = c.service and i.severity in ('P1', 'P2')
                  and i.opened_at >= c.started_at and i.opened_at < coalesce(c.finished_at, c.started_at) + $4 * interval '1 millisecond')))::int as failed
       from service_changes c
      where c.kind = 'deployment' and c.status <> 'running' and c.started_at >= $1 and c.started_at < $2
        and ($3::text[] is null or c.service = any ($3))`,
    [from, until, services, blame],
  )
  return rows[0] ?? { deployments: 0, failed: 0 }
}
