// What changed in services, as rows: told by pipelines, asked for by incidents.
import type { ServiceChange } from '../core/service-change.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

const columns = `source, key, kind, title, service, environment, version, url, by, status,
  started_at as "startedAt", finished_at as "finishedAt", told_at as "toldAt"`

/** Writes what is told of changes. News that are older than what is known change nothing; a start is never made later. */
export async function keepServiceChanges(q: Queryable, changes: ServiceChange[]): Promise<void> {
  if (changes.length === 0) return
  await q.query(
    `insert into service_changes (source, key, kind, title, service, environment, version, url, by, status, started_at, finished_at, told_at)
     select distinct on (source, key) source, key, kind, title, service, environment, version, url, by, status, "startedAt", "finishedAt", "toldAt"
       from jsonb_to_recordset($1::jsonb) as c (source text, key text, kind text, title text, service text, environment text, version text,
         url text, by text, status text, "startedAt" timestamptz, "finishedAt" timestamptz, "toldAt" timestamptz)
      order by source, key, "toldAt" desc
     on conflict (source, key) do update set
       title = excluded.title, service = excluded.service, environment = excluded.environment, version = excluded.version,
       url = coalesce(excluded.url, service_changes.url), by = coalesce(excluded.by, service_changes.by), status = excluded.status,
       started_at = least(service_changes.started_at, excluded.started_at), finished_at = excluded.finished_at, told_at = excluded.told_at
      where excluded.told_at >= service_changes.told_at`,
    [writeJson(changes)],
  )
}

/** Forgets some of what is older than `before`: a little at a time, with each change that comes in. */
export async function forgetServiceChanges(q: Queryable, before: Date): Promise<void> {
  await q.query(
    `delete from service_changes where id in (select id from service_changes where started_at < $1 order by started_at limit 100)`,
    [before],
  )
}

export type ChangesAsked = {
  from: Date
  until: Date
  /** Changes of these services, and those of none; null: of every service. */
  services: string[] | null
  limit: number
  /** The nearest to this instant are kept; absent: the latest. */
  near?: Date
}

/**
 * Changes that began in a span, or were under way when it began; the latest first, or the nearest. Small letters are those of the
 * database, where "I" may become another than "i" (Turkish), and those that everybody has.
 */
export async function serviceChangesBetween(q: Queryable, asked: ChangesAsked): Promise<ServiceChange[]> {
  const { rows } = await q.query<ServiceChange>(
    `select ${columns} from service_changes
      where started_at <= $2 and (started_at >= $1 or (finished_at >= $1 and started_at >= $1::timestamptz - interval '1 day'))
        and ($3::text[] is null or service is null or lower(service) = any ($3) or lower(service collate "C") = any ($3))
      order by case when $5::timestamptz is null then null else abs(extract(epoch from started_at - $5::timestamptz)) end,
               started_at desc, id desc limit $4`,
    [
      asked.from,
      asked.until,
      asked.services?.map((name) => name.toLowerCase()) ?? null,
      asked.limit,
      asked.near ?? null,
    ],
  )
  return rows
}
