// Mails that somebody is sending right now, as rows: no two replicas send the same one at once.
import type { Queryable } from './db.ts'

/** True: it is the caller's until then, or until `releaseMailing`. False: somebody else is at it, whose time is not over. */
export async function claimMailing(q: Queryable, key: string, until: Date, now: Date): Promise<boolean> {
  const { rowCount } = await q.query(
    `insert into mailings (key, until) values ($1, $2)
     on conflict (key) do update set until = excluded.until where mailings.until <= $3`,
    [key, until, now],
  )
  return rowCount === 1
}

/** Does nothing when it is somebody else's by now: `until` says whose claim it was. */
export async function releaseMailing(q: Queryable, key: string, until: Date): Promise<void> {
  await q.query('delete from mailings where key = $1 and until = $2', [key, until])
}
