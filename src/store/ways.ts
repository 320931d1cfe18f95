// The ways that a page to somebody has taken, as rows: which hang, which were tried, which still wait for their time.
import { kindOfPage, type Page } from '../core/page.ts'
import type { Queryable } from './db.ts'
import { type PageRow, toPage } from './pages.ts'

/** Pages whose way did not take them in time. Nothing is locked: look again under the incident's lock. */
export async function hangingPages(q: Queryable, now: Date, limit: number): Promise<Page[]> {
  const { rows } = await q.query<PageRow>({
    name: 'hanging_pages',
    text: `select * from pages where reroute_at <= $1 and reroute_at is not null and status in ('due', 'sending')
            order by reroute_at limit $2`,
    values: [now, limit],
  })
  return rows.map(toPage)
}

/** False: it has got through meanwhile, or somebody else has seen to it. */
export async function takeReroute(q: Queryable, key: string, now: Date): Promise<boolean> {
  const { rowCount } = await q.query(
    // Whoever writes down just now what came of it goes first, and holds what this transaction would wait for.
    `update pages set reroute_at = null where key = (
       select key from pages where key = $1 and reroute_at <= $2 and status in ('due', 'sending') for update skip locked)`,
    [key, now],
  )
  return rowCount === 1
}

/** It is looked at again then. */
export async function postponeReroute(q: Queryable, key: string, until: Date): Promise<void> {
  await q.query('update pages set reroute_at = $2 where key = $1 and reroute_at is not null', [key, until])
}

/** One call of one person, over however many channels. `waiting`: its time has not come yet. */
export type TakenWay = { key: string; channel: string; waiting: boolean }

/** The pages of the same call as this one, itself among them. */
export async function waysTaken(q: Queryable, page: Page, now: Date): Promise<TakenWay[]> {
  const { rows } = await q.query<TakenWay>(
    `select key, channel, status = 'due' and due_at > $5 as waiting from pages
      where incident = $1 and person = $2 and round = $3 and step = $4 order by due_at`,
    [page.incident, page.person, page.round, page.step, now],
  )
  return rows.filter(({ key }) => kindOfPage(key) === kindOfPage(page.key))
}

/** A way that would have waited for its time is taken earlier: whoever sends hears of it. False: it would not have waited for longer. */
export async function hastenPage(q: Queryable, key: string, at: Date): Promise<boolean> {
  const { rowCount } = await q.query(
    `with hastened as (
       update pages set due_at = $2, try_at = $2, reroute_at = reroute_at - (due_at - $2)
        where key = $1 and status = 'due' and due_at > $2 returning incident)
     select pg_notify('tocsin_changed', incident || ' paged') from hastened`,
    [key, at],
  )
  return rowCount === 1
}
