// Post-mortems as rows: the draft, written again as long as it is one, and its publication. `views.ts` reads them.
import type { Queryable } from './db.ts'

export type Publication = { publishedAt: Date; publishedBy: string }

/** Null when there is no post-mortem of that incident; `publication` null while it is a draft. */
export async function publicationOf(
  q: Queryable,
  incident: number,
): Promise<{ publication: Publication | null } | null> {
  const { rows } = await q.query<{ publishedAt: Date | null; publishedBy: string | null }>(
    `select published_at as "publishedAt", published_by as "publishedBy" from postmortems where incident = $1`,
    [incident],
  )
  const row = rows[0]
  if (row === undefined) return null
  const { publishedAt, publishedBy } = row
  return { publication: publishedAt === null ? null : { publishedAt, publishedBy: publishedBy ?? '' } }
}

/** Writes the draft over an earlier one. False when nothing changed: the same words again, or it is published. */
export async function writeDraft(q: Queryable, incident: number, markdown: string, at: Date): Promise<boolean> {
  const { rowCount } = await q.query(
    `insert into postmortems (incident, markdown, drafted_at) values ($1, $2, $3)
     on conflict (incident) do update set markdown = excluded.markdown, drafted_at = excluded.drafted_at
      where postmortems.published_at is null and postmortems.markdown <> excluded.markdown`,
    [incident, markdown, at],
  )
  return rowCount === 1
}

export async function markPublished(q: Queryable, incident: number, by: string, at: Date): Promise<void> {
  await q.query('update postmortems set published_at = $2, published_by = $3 where incident = $1', [incident, at, by])
}
