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
