// Alerts as rows.
import type { Alert } from '../core/alert.ts'
import type { Queryable } from './db.ts'

/** The latest row of an alert; `active`: its incident is not resolved. */
export type Known = Alert & { incident: number; active: boolean }

/** The latest row of each alert, wherever it belongs: by `source fingerprint`. */
export async function latestAlerts(
  q: Queryable,
  alerts: { source: string; fingerprint: string }[],
): Promise<Map<string, Known>> {
  const { rows } = await q.query<AlertRow & { active: boolean }>(
    `select a.*, i.status <> 'resolved' as active
       from (select distinct source, fingerprint from unnest($1::text[], $2::text[]) as given (source, fingerprint)) wanted
      cross join lateral (select * from alerts where source = wanted.source and fingerprint = wanted.fingerprint
                           order by incident desc limit 1) a
       join incidents i on i.number = a.incident`,
    [alerts.map((a) => a.source), alerts.map((a) => a.fingerprint)],
  )
  return new Map(rows.map((row) => [alertKey(row), { ...toAlert(row), incident: row.incident, active: row.active }]))
}

export function alertKey(alert: { source: string; fingerprint: string }): string {
  return `${alert.source}\n${alert.fingerprint}`
}

export type AlertRow = {
  incident: number
  source: string
  fingerprint: string
  status: Alert['status']
  labels: Record<string, string>
  annotations: Record<string, string>
  starts_at: Date
  ends_at: Date | null
  generator_url: string | null
}

export function toAlert(row: AlertRow): Alert {
  const { source, fingerprint, status, labels, annotations } = row
  return {
    source,
    fingerprint,
    status,
    labels,
    annotations,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    generatorUrl: row.generator_url,
  }
}

/** A stretch of time in which an alert fired; `until` null: it still does. */
export type Period = { from: Date; until: Date | null }

/** When alerts of a name fired, as far as that reaches beyond `since`. */
export async function firingPeriods(q: Queryable, alertname: string, since: Date): Promise<Period[]> {
  const { rows } = await q.query<{ starts_at: Date; ends_at: Date | null }>(
    `select starts_at, ends_at from alerts where labels ->> 'alertname' = $1 and (ends_at is null or ends_at > $2) limit 100`,
    [alertname, since],
  )
  return rows.map((row) => ({ from: row.starts_at, until: row.ends_at }))
}
