// The ledger of everything the bot posted: written before a message is sent, completed after.
import type { MessageRef } from '../chat/platform.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

export type Posted = { ref: MessageRef; content: string | null; editedAt: Date | null }

/**
 * Writes down that a message is about to be posted. `posted`: it is there already. `resumed`: an earlier attempt was
 * begun and never completed, so that it may or may not have gone out.
 */
export async function beginPost(
  q: Queryable,
  platform: string,
  key: string,
): Promise<{ posted: Posted | null; resumed: boolean }> {
  const inserted = await q.query(
    `insert into messages (platform, key, status) values ($1, $2, 'sending') on conflict do nothing`,
    [platform, key],
  )
  if (inserted.rowCount === 1) return { posted: null, resumed: false }
  const posted = await postedMessage(q, platform, key)
  return { posted, resumed: posted === null }
}

/** It is there. `content`: what it says, as `contentOf` gives it; empty where that is not known. */
export async function completePost(
  q: Queryable,
  platform: string,
  key: string,
  posted: { ref: MessageRef; content: string; at: Date },
): Promise<void> {
  await q.query(
    `update messages set status = 'sent', ref = $3, content = $4, edited_at = $5 where platform = $1 and key = $2`,
    [platform, key, writeJson(posted.ref), posted.content, posted.at],
  )
}

/** The platform refused before it took anything: the next attempt need not look for it. */
export async function forgetPost(q: Queryable, platform: string, key: string): Promise<void> {
  await q.query(`delete from messages where platform = $1 and key = $2 and status = 'sending'`, [platform, key])
}

/** Null when it was not posted, or is not known to have been. */
export async function postedMessage(q: Queryable, platform: string, key: string): Promise<Posted | null> {
  const { rows } = await q.query<{ ref: MessageRef; content: string | null; edited_at: Date | null }>(
    `select ref, content, edited_at from messages where platform = $1 and key = $2 and status = 'sent'`,
    [platform, key],
  )
  const row = rows[0]
  return row ? { ref: row.ref, content: row.content, editedAt: row.edited_at } : null
}

/** A row of the ledger. `ref` null: it may have gone out. `refused`: why the platform will never take it. */
export type Ledgered = {
  key: string
  ref: MessageRef | null
  content: string | null
  editedAt: Date | null
  refused: string | null
}

/** Writes down that messages are about to be posted. Answers those of which that was written down before. */
export async function beginPosts(q: Queryable, platform: string, keys: string[]): Promise<Set<string>> {
  const { rows } = await q.query<{ key: string }>({
    name: 'begin_posts',
    text: `insert into messages (platform, key, status) select $1, key, 'sending' from unnest($2::text[]) as key order by key
           on conflict do nothing returning key`,
    values: [platform, keys],
  })
  const begun = new Set(rows.map((row) => row.key))
  return new Set(keys.filter((key) => !begun.has(key)))
}
