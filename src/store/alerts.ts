// Alerts as rows.
import { type Alert, alertKey } from '../core/alert.ts'
import type { Queryable } from './db.ts'

/** Where an alert last belonged, and its state there. `active`: that incident is not resolved. */
export type Known = {
  incident: number
  status: Alert['status']
  active: boolean
  /** When it began to fire, the last time it did, as its sender tells it; in milliseconds. */
  since: number
  /** How bad it said it is; see `saidSeverity`. */
  said: string
  /** Of the incident's row when this was read; absent: it was not. */
  version?: string
}

/** Whether alerts ever came in under this name of a source. */
export async function hasSentAlerts(q: Queryable, source: string): Promise<boolean> {
  const { rows } = await q.query<{ has: boolean }>({
    name: 'has_sent_alerts',
    text: 'select exists (select from alerts where source = $1) as has',
    values: [source],
  })
  return rows[0]?.has ?? false
}

/** What is known of each alert, by `alertKey`; nothing of those never seen. `weighed`: labels by which it says how bad it is. */
export async function knownAlerts(
  q: Queryable,
  alerts: Identity[],
  weighed: readonly string[],
): Promise<Map<string, Known>> {
  const wanted = [...new Map(alerts.map((alert) => [alertKey(alert), alert])).values()]
  // One row and one text: reading thousands of rows by column costs more than finding them.
  const { rows } = await q.query<{ found: Found[] }>({
    name: 'known_alerts',
    text: `select coalesce(json_agg(json_build_array(wanted.place - 1, a.incident, a.status = 'firing', i.status <> 'resolved', i.xmin::text,
                                                     (extract(epoch from a.starts_at) * 1000)::float8,
                                                     array_to_string(array(select coalesce(a.labels ->> name, '') from unnest($3::text[]) with ordinality w (name, nth)
                                                                            order by nth), e'\\x1f'))), '[]') as found
             from unnest($1::text[], $2::text[]) with ordinality as wanted (source, fingerprint, place)
            cross join lateral (select incident, status, starts_at, labels from alerts
                                 where source = wanted.source and fingerprint = wanted.fingerprint
                                 order by incident desc limit 1) a
             join incidents i on i.number = a.incident`,
    values: [wanted.map((a) => a.source), wanted.map((a) => a.fingerprint), weighed],
  })
  const known = new Map<string, Known>()
  for (const [place, incident, firing, active, version, since, said] of rows[0]?.found ?? []) {
    const alert = wanted[place]
    const status = firing ? 'firing' : 'resolved'
    if (alert) known.set(alertKey(alert), { incident, status, active, since, said, version })
  }
  return known
}

type Found = [
  place: number,
  incident: number,
  firing: boolean,
  active: boolean,
  version: string,
  since: number,
  said: string,
]

type Identity = Pick<Alert, 'source' | 'fingerprint'>

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

/** When alerts of a name fired, as far as that reaches beyond `since`; not of incidents that were over by then. */
export async function firingPeriods(q: Queryable, alertname: string, since: Date): Promise<Period[]> {
  const { rows } = await q.query<{ starts_at: Date; ends_at: Date | null }>(
    `select a.starts_at, a.ends_at
       from (select number from incidents where status <> 'resolved'
             union all select number from incidents where resolved_at > $2) i join alerts a on a.incident = i.number
      where a.labels ->> 'alertname' = $1 and (a.ends_at is null or a.ends_at > $2) limit 100`,
    [alertname, since],
  )
  return rows.map((row) => ({ from: row.starts_at, until: row.ends_at }))
}
