// Parts of the statements that write incidents, the same in each of them. `parameter`: where their rows are, as a JSON list.
import { type Granted, listed } from './change-rows.ts'
import type { Queryable } from './db.ts'
import { awake, waking } from './deliveries.ts'

/** Those that are there are overwritten; one that goes on firing keeps its first beginning. */
export function insertingAlerts(parameter: string): string {
  return `${insertingNewAlerts(parameter)}
    on conflict (incident, source, fingerprint) do update set status = excluded.status, labels = excluded.labels,
       annotations = excluded.annotations, ends_at = excluded.ends_at, generator_url = excluded.generator_url,
       starts_at = case alerts.status when 'firing' then least(alerts.starts_at, excluded.starts_at) else excluded.starts_at end`
}

/** None of which is there. */
export function insertingNewAlerts(parameter: string): string {
  return `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at, generator_url)
    select * from jsonb_to_recordset(${parameter}::jsonb) as a (incident bigint, source text, fingerprint text, status text, labels jsonb,
                  annotations jsonb, starts_at timestamptz, ends_at timestamptz, generator_url text)`
}

export function insertingEntries(parameter: string): string {
  return `insert into timeline (incident, at, kind, by, text, fact)
    select incident, at, kind, by, text, fact
      from jsonb_to_recordset(${parameter}::jsonb) as t (incident bigint, at timestamptz, kind text, by text, text text, fact jsonb)`
}

/**
 * Named queries that lock the incidents of `i` that are still what was seen, always in the same order: two replicas never
 * wait for each other in a circle. Each is looked up by itself: a join would read all incidents there are.
 */
export const held = holding('')

/** The same, for who waits for nobody: what somebody else has locked counts as changed. */
export const heldAtOnce = holding('skip locked')

function holding(how: string): string {
  return `held as materialized (
    select locked.number from (select number, seen from i where seen is not null order by number) s
     cross join lateral (select incidents.number from incidents where incidents.number = s.number and incidents.xmin::text = s.seen
                          limit 1 for no key update ${how}) locked)`
}

/** Condition that finds the incidents of `i` by their index, for the same reason. */
export const ofThese = 'incidents.number = any(array(select number from i))'

/** Named queries that wake the rooms of `telling`. `now`: the parameter with the time. */
export function wakingRooms(now: string): string {
  return `awake as materialized (${awake(`select * from telling where wake_at > ${now}`)}),
  delivering as (${waking('select * from telling where (platform, incident) not in (select platform, incident from awake)')})`
}

/** `parameter`: what is announced, as a list of texts. */
export function announcing(parameter: string): string {
  return `select count(pg_notify('tocsin_changed', said)) from unnest(${parameter}::text[]) said`
}

/** Tells those who watch these incidents, and wakes nobody. */
export async function announceQuietly(q: Queryable, incidents: number[]): Promise<void> {
  await q.query({ name: 'announce', text: announcing('$1'), values: [listed(incidents)] })
}

/** Raises 40001 unless all incidents of `i` are still what was seen, and what was granted holds: see `grantedValues`. */
export function refusingStale(firstGranted: number): string {
  return refusing('(select count(seen) from i) - (select count(*) from held)', firstGranted)
}

/** Raises 40001 unless `count` is zero, and what was granted holds. */
export function refusing(count: string, firstGranted: number): string {
  return `refuse_stale_write(${count} + ${broken(firstGranted)})`
}

/**
 * The number of things granted that do not hold. From this parameter on there are four. Each is looked up by itself: planned
 * while the tables were small, a join would read them whole.
 */
function broken(first: number): string {
  const [numbers, versions, sources, fingerprints] = [0, 1, 2, 3].map((place) => `$${first + place}`)
  return `cardinality(${numbers}::bigint[]) - (
      select count(*) from unnest(${numbers}::bigint[], ${versions}::text[]) s (number, seen)
       cross join lateral (select from incidents where incidents.number = s.number and incidents.xmin::text = s.seen limit 1) same)
    + (select count(*) from unnest(${sources}::text[], ${fingerprints}::text[]) u (source, fingerprint)
        cross join lateral (select from alerts where alerts.source = u.source and alerts.fingerprint = u.fingerprint limit 1) heard)`
}

/** The four parameters from `firstGranted` on. */
export function grantedValues({ seen, unheard }: Granted): unknown[] {
  return [
    [...seen.keys()],
    [...seen.values()],
    unheard.map(({ source }) => source),
    unheard.map(({ fingerprint }) => fingerprint),
  ]
}

/** Makes sure of it where there is nothing to write. Throws 40001 when it does not hold. */
export async function makeSure(q: Queryable, granted: Granted): Promise<void> {
  await q.query({
    name: 'make_sure',
    text: `select refuse_stale_write(${broken(1)}) as stale`,
    values: grantedValues(granted),
  })
}

export const writtenVersions = (written: string) => `(select json_object_agg(number, version) from ${written})`
