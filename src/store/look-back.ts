// What a digest looks at besides what week after week has always been counted: habits of alerts, nights, deployments.
import type { LookedAt } from '../core/alert-habits.ts'
import type { Queryable } from './db.ts'
import { inSlices, nameIn, ongoingIn, type Stretch } from './slices.ts'
import { kindsOfAlerts } from './timeline.ts'

/** `services` null: all. */
export type LookBack = Stretch & { services: string[] | null }

/** Far more than anybody has; the memory must not be filled. */
const mostIncidents = 50_000

/** The incidents opened within `[from, until)`, the latest first. P4 is left out: it was only ever recorded. */
export async function incidentsLookedAt(q: Queryable, { from, until, services }: LookBack): Promise<LookedAt[]> {
  const { rows } = await q.query<{ number: number }>(
    `select number from incidents
      where opened_at >= $1 and opened_at < $2 and severity <> 'P4' and ($3::text[] is null or service = any ($3))
      order by opened_at desc, number desc limit $4`,
    [from, until, services, mostIncidents],
  )
  return inSlices(
    rows.map(({ number }) => number),
    (slice) => lookedAt(q, slice),
  )
}

async function lookedAt(q: Queryable, numbers: number[]): Promise<LookedAt[]> {
  const { rows } = await q.query<LookedAt>(
    `select i.number, i.service, i.severity, coalesce(first.name, i.title) as alert, i.opened_at as "openedAt", i.resolved_at as "resolvedAt",
            t.acknowledged as "acknowledgedAt", coalesce(t.touched, false) as touched, v.verdict, a.fired
       from incidents i
      cross join lateral (
         select case when bool_and(ends_at is not null) then (max(extract(epoch from ends_at - starts_at)) * 1000)::float8 end as fired
           from alerts where incident = i.number) a
       left join lateral (
         select ${nameIn('labels')} as name from alerts where incident = i.number order by starts_at, fingerprint limit 1) first on true
      cross join lateral (
         select min(at) filter (where kind = 'incident_acknowledged') as acknowledged,
                bool_or(by is not null and kind <> 'verdict_given') as touched
           from timeline where incident = i.number and kind not in ${kindsOfAlerts}) t
       left join verdicts v on v.incident = i.number
      where i.number = any ($1::bigint[]) order by i.opened_at desc, i.number desc`,
    [numbers],
  )
  return rows
}

export type FlappingAlert = { alert: string; incident: number; times: number }

/** Alerts that fired at least `times` times within one incident in the span: they cleared in between. The worst first. */
export async function flappingAlerts(
  q: Queryable,
  span: LookBack,
  { times, limit }: { times: number; limit: number },
): Promise<FlappingAlert[]> {
  const found = await inSlices(await ongoingIn(q, span), async (slice) => {
    const { rows } = await q.query<FlappingAlert>(
      `with fired as (
         select incident, fact ->> 'fingerprint' as fingerprint, count(*)::int as times, min(fact ->> 'alert') as title from timeline
          where incident = any ($1::bigint[]) and kind = 'alert_fired' and at >= $2 and at < $3
          group by 1, 2 having count(*) >= $4 order by times desc, incident limit $5)
       select coalesce(${nameIn('a.labels')}, f.title) as alert, f.incident, f.times
         from fired f left join lateral (
           select labels from alerts where incident = f.incident and fingerprint = f.fingerprint limit 1) a on true
        order by f.times desc, f.incident`,
      [slice, span.from, span.until, times, limit],
    )
    return rows
  })
  return found.sort((a, b) => b.times - a.times || a.incident - b.incident).slice(0, limit)
}

/** Milliseconds that a page which was on its way when its incident ended may have taken. */
const underway = 86_400_000

/** Calls that went out within the span, in order: one for each call of a person, when the first of its ways took it. */
export async function pagesSent(q: Queryable, span: LookBack): Promise<{ person: string; at: Date }[]> {
  const { from, until } = span
  // Whoever was called was called, whatever became of the severity.
  const ongoing = await ongoingIn(q, { ...span, from: new Date(from.getTime() - underway) }, true)
  const found = await inSlices(ongoing, async (slice) => {
    const { rows } = await q.query<{ person: string; at: Date }>(
      `select person, min(sent_at) as at from pages where incident = any ($1::bigint[]) and status = 'sent'
        group by person, incident, step, round having min(sent_at) >= $2 and min(sent_at) < $3`,
      [slice, from, until],
    )
    return rows
  })
  return found.sort((a, b) => a.at.getTime() - b.at.getTime())
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

/** A pipeline writes a service otherwise than its alerts do. Everybody's small letters first: "I" is another in Turkish. */
const inSmall = (column: string) => `lower(lower(${column} collate "C") collate "default")`

/**
 * Deployments begun within the span, and how many of them failed, were undone, or were followed by a P1 or P2 in their
 * service, from their start until `blame` milliseconds after their end.
 */
export async function deploymentsIn(
  q: Queryable,
  { from, until, services }: LookBack,
  blame: number,
): Promise<{ deployments: number; failed: number }> {
  const { rows } = await q.query<{ deployments: number; failed: number }>(
    // What broke next after each is found by reading both in one order, from the end: one by one, each looks for itself.
    `with deployed as materialized (
       select ${inSmall('service')} as service, status, started_at, coalesce(finished_at, started_at) + $4 * interval '1 millisecond' as until
         from service_changes
        where kind = 'deployment' and status <> 'running' and started_at >= $1 and started_at < $2
          and ($3::text[] is null or ${inSmall('service')} in (select ${inSmall('one')} from unnest($3) one))),
     broke as (
       select ${inSmall('service')} as service, opened_at from incidents
        where severity in ('P1', 'P2') and opened_at >= $1 and opened_at < (select max(until) from deployed)),
     followed as (
       select status, until, min(broke) over (partition by service order by at desc, status nulls first) as next
         from (select service, status, started_at as at, until, null::timestamptz as broke from deployed
               union all
               select service, null, opened_at, null, opened_at from broke) in_order)
     select count(*)::int as deployments,
            (count(*) filter (where status in ('failed', 'rolled back') or next < until))::int as failed
       from followed where status is not null`,
    [from, until, services, blame],
  )
  return rows[0] ?? { deployments: 0, failed: 0 }
}
