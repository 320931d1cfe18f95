// The page ledger as rows. A page moves due → sending → sent, or to failed or cancelled, and never back.
import { type Page, type PageStatus, pageByHand } from '../core/page.ts'
import type { Queryable } from './db.ts'

export type PageRow = {
  key: string
  incident: number
  person: string
  channel: string
  step: number
  round: number
  status: PageStatus
  due_at: Date
  sent_at: Date | null
}

export function toPage(row: PageRow): Page {
  const { key, incident, person, channel, step, round, status } = row
  return { key, incident, person, channel, step, round, status, dueAt: row.due_at, sentAt: row.sent_at }
}

/** Takes a page for sending and answers it as it was before; null when it is done with or was never written. */
export async function takePage(q: Queryable, key: string): Promise<Page | null> {
  const { rows } = await q.query<PageRow>(
    `with before as (select * from pages where key = $1 and status in ('due', 'sending') for update)
     update pages p set status = 'sending' from before where p.key = before.key returning before.*`,
    [key],
  )
  return rows[0] ? toPage(rows[0]) : null
}

/** Until the end of the transaction nobody else looks for stranded pages; false: somebody else does at the moment. */
export async function lockRescue(q: Queryable): Promise<boolean> {
  const { rows } = await q.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('rescue pages', 8420)) as locked`,
  )
  return rows[0]?.locked ?? false
}

/** Pages due before an instant that go over none of the platforms, or that no job is left to send. */
export async function strandedPages(q: Queryable, platforms: string[], before: Date): Promise<Page[]> {
  const { rows } = await q.query<PageRow>(
    `select * from pages p where status in ('due', 'sending') and due_at < $1
        and (channel <> all ($2::text[])
             or not exists (select from graphile_worker._private_jobs j
                             where j.key = p.channel || ':page_person:' || p.key and j.attempts < j.max_attempts))
      order by due_at limit 100`,
    [before, platforms],
  )
  return rows.map(toPage)
}

export async function finishPage(
  q: Queryable,
  key: string,
  end: { status: 'sent'; at: Date } | { status: 'failed'; reason: string } | { status: 'cancelled' },
): Promise<void> {
  await q.query('update pages set status = $2, sent_at = $3, reason = $4 where key = $1', [
    key,
    end.status,
    end.status === 'sent' ? end.at : null,
    end.status === 'failed' ? end.reason : null,
  ])
}

/** Whether a policy goes on without a page: somebody of its step is or may still be reached, or a later step was taken. */
export async function hasWayOn(q: Queryable, page: Page): Promise<boolean> {
  const { rows } = await q.query<{ found: boolean }>(
    `select exists (select from pages where incident = $1 and key <> $4 and key !~ '${pageByHand}'
                      and ((round = $2 and step = $3 and status in ('due', 'sending', 'sent'))
                           or (round, step) > ($2, $3))) as found`,
    [page.incident, page.round, page.step, page.key],
  )
  return rows[0]?.found ?? false
}
