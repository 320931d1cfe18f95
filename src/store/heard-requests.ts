// What people said over chat platforms, as rows by its hash: a copy is known on every replica for as long as it may come again.
import type { Queryable } from './db.ts'

/** False: it was there before. Of several that come at once, one is the first. What is over by now is forgotten in passing. */
export async function hearOnce(q: Queryable, request: Uint8Array, until: Date, now: Date): Promise<boolean> {
  const { rowCount } = await q.query(
    `with over as (
       delete from heard_requests where request in (
         select request from heard_requests where until < $3 order by until limit 100 for update skip locked))
     insert into heard_requests (request, until) values ($1, $2) on conflict do nothing`,
    [request, until, now],
  )
  return rowCount === 1
}
