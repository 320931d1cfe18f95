// What became of runbooks over many incidents, and since when each says what it says.
import type { RunbookFigures } from '../core/runbook-habits.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

/** `services` null: all. */
export type FiguresSpan = { from: Date; until: Date; services: string[] | null }

/**
 * Of the incidents resolved within `[from, until)`, by the runbook they had at the end: how often each step was done, skipped or
 * left. Steps are told apart by their titles, because numbers move. The runbook used last comes first.
 */
export async function runbookFigures(q: Queryable, { from, until, services }: FiguresSpan): Promise<RunbookFigures[]> {
  const { rows } = await q.query<RunbookFigures>(
    `with used as (
       select number, resolved_at, terms -> 'runbook' ->> 'path' as path, terms -> 'runbook' ->> 'section' as section
         from incidents
        where resolved_at >= $1 and resolved_at < $2 and jsonb_typeof(terms -> 'runbook') = 'object'
          and ($3::text[] is null or service = any ($3))
     ), steps as (
       select path, section, title, (array_agg(step order by number desc))[1] as step,
              (count(*) filter (where s.status = 'done'))::int as done, (count(*) filter (where s.status = 'skipped'))::int as skipped,
              (count(*) filter (where s.status = 'open'))::int as untouched, count(helped_by)::int as helped
         from used join runbook_steps s on s.incident = number group by path, section, title
     )
     select path, section, count(*)::int as incidents,
            (count(*) filter (where exists (select from runbook_steps s where s.incident = number and s.status <> 'open')))::int as worked,
            max(resolved_at) as "lastAt",
            coalesce((select json_agg(json_build_object('step', step, 'title', title, 'done', done, 'skipped', skipped,
                                                        'untouched', untouched, 'helped', helped) order by step, title)
                        from steps where (steps.path, steps.section) = (used.path, used.section)), '[]') as steps
       from used group by path, section order by max(resolved_at) desc, path, section`,
    [from, until, services],
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
