// Notices as rows: written with what they are about, claimed by one process at a time, gone when told.
import type { About, Notice } from '../core/notice.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

/** `version`: as it was taken. `attempts`: tries that failed. */
export type TakenNotice = Notice & { version: number; attempts: number }

/**
 * Writes notices, in the order in which one person is to read them; one that still waits, or is being told, is to be told again as it
 * is then.
 */
export async function addNotices(q: Queryable, notices: Notice[], now: Date): Promise<void> {
  if (notices.length === 0) return
  await q.query(
    `insert into notices (platform, key, person, about, try_at, written)
     select n.platform, n.key, n.person, n.about, $2, n.written
       from (select *, nextval('notices_written_seq') as written
               from jsonb_to_recordset($1::jsonb) as given (platform text, key text, person text, about jsonb)) as n
      order by n.platform, n.key
     on conflict (platform, key) do update
        set person = excluded.person, about = excluded.about, version = notices.version + 1, try_at = excluded.try_at`,
    [writeJson(notices), now],
  )
}

/**
 * Takes up to `limit` notices for a platform that are due and that nobody is telling, but none for a person who has not got an
 * earlier one yet; edits wait for nothing, and neither they nor what is `hopeless` (keys) keep anything waiting. A holder tells one
 * batch at a time: what it already holds was cut off from the database, and is taken again.
 */
export async function takeNotices(
  q: Queryable,
  platform: string,
  { holder, now, limit, hopeless = [] }: { holder: string; now: Date; limit: number; hopeless?: string[] },
): Promise<TakenNotice[]> {
  const { rows } = await q.query<TakenNotice & { about: About }>(
    `update notices set holder = $2
      where (platform, key) in (
        select platform, key from notices as due
         where platform = $1 and (holder is null or holder = $2) and try_at <= $3
           and (${isPosted('due')} or not exists (
             select from notices as earlier
              where earlier.platform = due.platform and earlier.person = due.person and earlier.written < due.written
                and earlier.key <> all ($5::text[]) and not ${isPosted('earlier')}))
         order by try_at, written limit $4 for update skip locked)
    returning platform, key, person, about, version, attempts`,
    [platform, holder, now, limit, hopeless],
  )
  return rows
}

/** It is only to be edited. Looked up by its name: as a condition of its own it may be read with the whole ledger. */
function isPosted(notice: string): string {
  return `coalesce((select posted.status from messages as posted
                     where posted.platform = ${notice}.platform and posted.key = ${notice}.key) = 'sent', false)`
}

/** It was told as it was taken. What was written meanwhile waits on. */
export async function finishNotice(q: Queryable, { platform, key, version }: TakenNotice): Promise<void> {
  await q.query(
    `with told as (delete from notices where platform = $1 and key = $2 and version = $3)
     update notices set holder = null, attempts = 0 where platform = $1 and key = $2 and version <> $3`,
    [platform, key, version],
  )
}

/** It is tried again, at the earliest then. */
export async function putBackNotice(q: Queryable, { platform, key }: TakenNotice, tryAt: Date): Promise<void> {
  await q.query(
    'update notices set holder = null, attempts = attempts + 1, try_at = $3 where platform = $1 and key = $2',
    [platform, key, tryAt],
  )
}

/** Names of the processes that are telling something. */
export async function noticeHolders(q: Queryable): Promise<string[]> {
  const { rows } = await q.query<{ holder: string }>('select distinct holder from notices where holder is not null')
  return rows.map((row) => row.holder)
}

/** Gives back what dead processes were telling. */
export async function giveBackNotices(q: Queryable, holders: string[]): Promise<void> {
  await q.query('update notices set holder = null where holder = any($1::text[])', [holders])
}
