// What became of runbooks over many incidents, and since when each says what it says.
import type { RunbookFigures } from '../core/runbook-habits.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'
import { inSlices, resolvedIn, type Stretch } from './slices.ts'

/** Incidents that one statement reads: a few steps of each. */
const atOnce = 500

/** A runbook, and from when on it counts. */
export type CountedSince = { path: string; section: string; since: Date }

/**
 * Of the incidents resolved within `[from, until)`, by the runbook they had at the end: how often each step was done, skipped or
 * left. Steps are told apart by their titles, because numbers move. The runbook used last comes first. `counted` null: every
 * runbook, from the beginning of the span.
 */
export async function runbookFigures(
  q: Queryable,
  span: Stretch,
  counted: CountedSince[] | null = null,
): Promise<RunbookFigures[]> {
  const found = await inSlices(await resolvedIn(q, span), (slice) => figuresOf(q, slice, counted), atOnce)
  const sums = new Map<string, RunbookFigures>()
  for (const one of found) {
    const key = JSON.stringify([one.path, one.section])
    const known = sums.get(key)
    sums.set(key, known === undefined ? one : added(known, one))
  }
  return [...sums.values()]
    .map((one) => ({ ...one, steps: one.steps.toSorted((a, b) => a.step - b.step || (a.title < b.title ? -1 : 1)) }))
    .sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime() || (a.path + a.section < b.path + b.section ? -1 : 1))
}

/** `later` is of incidents with larger numbers: a step stands where it stood last. */
function added(sum: RunbookFigures, later: RunbookFigures): RunbookFigures {
  const steps = new Map(sum.steps.map((step) => [step.title, step]))
  for (const step of later.steps) {
    const { done = 0, skipped = 0, untouched = 0, helped = 0 } = steps.get(step.title) ?? {}
    steps.set(step.title, {
      ...step,
      ...{ done: done + step.done, skipped: skipped + step.skipped },
      ...{ untouched: untouched + step.untouched, helped: helped + step.helped },
    })
  }
  return {
    ...{ path: sum.path, section: sum.section, steps: [...steps.values()] },
    ...{ incidents: sum.incidents + later.incidents, worked: sum.worked + later.worked },
    lastAt: sum.lastAt > later.lastAt ? sum.lastAt : later.lastAt,
  }
}

async function figuresOf(q: Queryable, numbers: number[], counted: CountedSince[] | null): Promise<RunbookFigures[]> {
  const { rows } = await q.query<RunbookFigures>(
    // What an incident was promised is its largest part by far, and nearly all share it: each is unpacked once.
    `with ended as materialized (
       select number, resolved_at, coalesce(terms_key, number::text) as promised from incidents
        where number = any ($1::bigint[]) and status = 'resolved'
     ), promises as materialized (
       select promised, (select terms -> 'runbook' from incidents where number = one) as runbook
         from (select promised, min(number) as one from ended group by promised) each
     ), used as materialized (
       select number, resolved_at, runbook ->> 'path' as path, runbook ->> 'section' as section
         from ended join promises using (promised)
         left join jsonb_to_recordset($2::jsonb) as c (path text, section text, since timestamptz)
           on c.path = runbook ->> 'path' and c.section = runbook ->> 'section'
        where jsonb_typeof(runbook) = 'object' and ($2::jsonb is null or resolved_at >= c.since)
     ), taken as materialized (
       select number, path, section, step, title, status, helped_by from used join runbook_steps on incident = number
     ), steps as (
       select path, section, title, (array_agg(step order by number desc))[1] as step,
              (count(*) filter (where status = 'done'))::int as done, (count(*) filter (where status = 'skipped'))::int as skipped,
              (count(*) filter (where status = 'open'))::int as untouched, count(helped_by)::int as helped
         from taken group by path, section, title
     )
     select path, section, count(*)::int as incidents,
            (count(*) filter (where number in (select number from taken where status <> 'open')))::int as worked,
            max(resolved_at) as "lastAt",
            coalesce((select json_agg(json_build_object('step', step, 'title', title, 'done', done, 'skipped', skipped,
                                                        'untouched', untouched, 'helped', helped))
                        from steps where (steps.path, steps.section) = (used.path, used.section)), '[]') as steps
       from used group by path, section`,
    [numbers, counted === null ? null : writeJson(counted)],
  )
  return rows
}

export type RunbookText = { path: string; section: string; digest: string }

/** Notes what runbooks say now. One that says the same as before keeps its instant. */
export async function noteTexts(q: Queryable, texts: RunbookText[], now: Date): Promise<void> {
  await q.query(
    `insert into runbook_texts as t (path, section, digest, seen_at)
     select distinct on (path, section) path, section, digest, $2
       from jsonb_to_recordset($1::jsonb) as r (path text, section text, digest text) order by path, section, digest
     on conflict (path, section) do update set digest = excluded.digest, seen_at = excluded.seen_at
      where t.digest <> excluded.digest`,
    [writeJson(texts), now],
  )
}

/** Since when each says what it says, as far as anybody noted. */
export async function textsSince(q: Queryable): Promise<{ path: string; section: string; since: Date }[]> {
  const { rows } = await q.query<{ path: string; section: string; since: Date }>(
    'select path, section, seen_at as since from runbook_texts',
  )
  return rows
}
