// What was kept of people's messages: the facts on the timeline, and the files.
import type { FetchedFile, KeptFact } from '../core/keeping.ts'
import type { Queryable } from './db.ts'

/** The facts about one message, in order. */
export async function keptFacts(q: Queryable, incident: number, message: string): Promise<KeptFact[]> {
  const { rows } = await q.query<{ fact: KeptFact }>(
    `select fact from timeline where incident = $1 and kind in ('message_pinned', 'message_unpinned', 'message_edited',
        'message_deleted', 'file_kept', 'file_missing') and fact ->> 'message' = $2 order by id`,
    [incident, message],
  )
  return rows.map((row) => row.fact)
}

/** Its number; null: it was kept before. */
export async function keepFile(
  q: Queryable,
  of: { incident: number; message: string; file: string; name: string; at: Date },
  { type, bytes }: FetchedFile,
): Promise<number | null> {
  const { rows } = await q.query<{ id: number }>(
    `insert into kept_files (incident, message, file, name, type, bytes, kept_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (incident, message, file) do nothing returning id`,
    [of.incident, of.message, of.file, of.name, type, Buffer.from(bytes), of.at],
  )
  return rows[0]?.id ?? null
}

export type KeptFile = { name: string; type: string; bytes: Buffer }

/** Null: that incident has no such file. */
export async function keptFile(q: Queryable, incident: number, id: number): Promise<KeptFile | null> {
  const { rows } = await q.query<KeptFile>('select name, type, bytes from kept_files where id = $1 and incident = $2', [
    id,
    incident,
  ])
  return rows[0] ?? null
}

/** Files that are gone or not what their entry says they were, of one incident when it is named. */
export async function filesNotAsKept(
  q: Queryable,
  incident: number | null,
): Promise<{ entry: number; incident: number; name: string; isGone: boolean }[]> {
  const { rows } = await q.query<{ entry: number; incident: number; name: string; isGone: boolean }>(
    `select t.id as entry, t.incident, t.fact ->> 'name' as name, f.id is null as "isGone"
       from timeline t left join kept_files f on f.id = (t.fact ->> 'kept')::bigint and f.incident = t.incident
      where t.kind = 'file_kept' and ($1::bigint is null or t.incident = $1)
        and (f.id is null or encode(sha256(f.bytes), 'hex') <> t.fact ->> 'sha256') order by t.id`,
    [incident],
  )
  return rows
}

/** How much is kept of one incident, in bytes. */
export async function keptSize(q: Queryable, incident: number): Promise<number> {
  const { rows } = await q.query<{ size: number }>(
    'select coalesce(sum(length(bytes)), 0)::bigint as size from kept_files where incident = $1',
    [incident],
  )
  return rows[0]?.size ?? 0
}
