// Post-mortems as rows: every version of the text, and the publication.
import type { Queryable } from './db.ts'

type Publication = { publishedAt: Date; publishedBy: string }

/** `generated`: as the template has it. `merged`: what people wrote, with new facts put in. The others are by a person. */
export type VersionKind = 'generated' | 'merged' | 'edited' | 'restored'

/** `by` null: the bot. */
export type Version = { version: number; at: Date; by: string | null; kind: VersionKind }

/** The text that counts; `version` from 1. `base`: what the template last gave. */
export type Draft = Version & { markdown: string; base: string; draftedAt: Date; publication: Publication | null }

/** What is written for the next version. `base` null: the text itself is what the template gave. */
export type NewVersion = { by: string | null; kind: VersionKind; markdown: string; base: string | null }

/** Null when there is no post-mortem of that incident. */
export async function draftOf(q: Queryable, incident: number): Promise<Draft | null> {
  const { rows } = await q.query<Omit<Draft, 'publication'> & { publishedAt: Date | null; publishedBy: string | null }>(
    `select coalesce(v.version, 1) as version, coalesce(v.at, p.drafted_at) as at, v.by, coalesce(v.kind, 'generated') as kind,
            coalesce(v.markdown, p.markdown) as markdown, coalesce(v.base, v.markdown, p.markdown) as base,
            p.drafted_at as "draftedAt", p.published_at as "publishedAt", p.published_by as "publishedBy"
       from postmortems p
       left join lateral (select * from postmortem_versions where incident = p.incident order by version desc limit 1) v on true
      where p.incident = $1`,
    [incident],
  )
  const row = rows[0]
  if (row === undefined) return null
  const { publishedAt, publishedBy, ...draft } = row
  return { ...draft, publication: publishedAt === null ? null : { publishedAt, publishedBy: publishedBy ?? '' } }
}

/** Writes the version after `after` (null: there is no post-mortem yet). To be called with the incident locked. */
export async function writeVersion(
  q: Queryable,
  incident: number,
  after: Pick<Version, 'version'> | null,
  next: NewVersion,
  at: Date,
): Promise<number> {
  const { by, kind, markdown, base } = next
  const version = (after?.version ?? 0) + 1
  // A draft that a Tocsin without versions wrote becomes the first of them.
  await q.query(
    `insert into postmortem_versions (incident, version, at, kind, markdown)
     select incident, 1, drafted_at, 'generated', markdown from postmortems where incident = $1
     on conflict do nothing`,
    [incident],
  )
  await q.query(
    // The column is what a Tocsin without versions reads. A draft is dated by the last time the bot wrote it.
    `insert into postmortems (incident, markdown, drafted_at) values ($1, $2, $3)
     on conflict (incident) do update set markdown = excluded.markdown,
        drafted_at = case when $4 then excluded.drafted_at else postmortems.drafted_at end`,
    [incident, markdown, at, by === null],
  )
  await q.query(
    `insert into postmortem_versions (incident, version, at, by, kind, markdown, base) values ($1, $2, $3, $4, $5, $6, $7)`,
    [incident, version, at, by, kind, markdown, base],
  )
  return version
}

/** Newest first, without their texts. */
export async function versionsOf(q: Queryable, incident: number): Promise<Version[]> {
  const { rows } = await q.query<Version>(
    'select version, at, by, kind from postmortem_versions where incident = $1 order by version desc',
    [incident],
  )
  return rows
}

/** Null when there is no such version. */
export async function versionText(q: Queryable, incident: number, version: number): Promise<string | null> {
  const { rows } = await q.query<{ markdown: string }>(
    `select markdown from postmortem_versions where incident = $1 and version = $2
     union all
     select markdown from postmortems p where incident = $1 and $2 = 1
        and not exists (select from postmortem_versions v where v.incident = p.incident)`,
    [incident, version],
  )
  return rows[0]?.markdown ?? null
}

export async function markPublished(q: Queryable, incident: number, by: string, at: Date): Promise<void> {
  await q.query('update postmortems set published_at = $2, published_by = $3 where incident = $1', [incident, at, by])
}
