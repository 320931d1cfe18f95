// Requests to change a shift as rows.
import type { RequestStatus, ShiftRequest } from '../core/shift-request.ts'
import type { Queryable } from './db.ts'

type Row = {
  id: number
  schedule: string
  asker: string
  asked: string | null
  gives_from: Date
  gives_until: Date
  takes_from: Date | null
  takes_until: Date | null
  status: RequestStatus
  made_at: Date
  expires_at: Date
  answered_by: string | null
  answered_at: Date | null
}

function toRequest(row: Row): ShiftRequest {
  const { id, schedule, asker, asked, status } = row
  return {
    ...{ id, schedule, asker, asked, status },
    gives: { from: row.gives_from, until: row.gives_until },
    takes: row.takes_from && row.takes_until && { from: row.takes_from, until: row.takes_until },
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    answeredBy: row.answered_by,
    answeredAt: row.answered_at,
  }
}

/** Null: the asker has an open request about the same shift already. */
export async function addRequest(
  q: Queryable,
  request: Pick<ShiftRequest, 'schedule' | 'asker' | 'asked' | 'gives' | 'takes' | 'madeAt' | 'expiresAt'>,
): Promise<ShiftRequest | null> {
  const { schedule, asker, asked, gives, takes, madeAt, expiresAt } = request
  const { rows } = await q.query<Row>(
    `insert into shift_requests (schedule, asker, asked, gives_from, gives_until, takes_from, takes_until, status, made_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9)
     on conflict (schedule, asker, gives_from) where status = 'open' do nothing returning *`,
    [schedule, asker, asked, gives.from, gives.until, takes?.from ?? null, takes?.until ?? null, madeAt, expiresAt],
  )
  return rows[0] ? toRequest(rows[0]) : null
}

/** `lock`: nobody else answers it until the transaction ends. */
export async function requestById(q: Queryable, id: number, lock = false): Promise<ShiftRequest | null> {
  const { rows } = await q.query<Row>(`select * from shift_requests where id = $1 ${lock ? 'for update' : ''}`, [id])
  return rows[0] ? toRequest(rows[0]) : null
}

/** `by` null: nobody answered it. */
export async function finishRequest(
  q: Queryable,
  id: number,
  end: { status: Exclude<RequestStatus, 'open'>; by: string | null; at: Date },
): Promise<void> {
  await q.query('update shift_requests set status = $2, answered_by = $3, answered_at = $4 where id = $1', [
    id,
    end.status,
    end.by,
    end.at,
  ])
}

/** Open requests, those that end first at the front. */
export async function openRequests(q: Queryable): Promise<ShiftRequest[]> {
  const { rows } = await q.query<Row>(`select * from shift_requests where status = 'open' order by expires_at, id`)
  return rows.map(toRequest)
}

/** Ends what nobody answered in time, and answers what it ended. Requests that somebody is answering now are left to them. */
export async function expireRequests(q: Queryable, now: Date): Promise<ShiftRequest[]> {
  const { rows } = await q.query<Row>(
    `update shift_requests set status = 'expired', answered_at = $1
      where id in (select id from shift_requests where status = 'open' and expires_at <= $1 for update skip locked)
    returning *`,
    [now],
  )
  return rows.map(toRequest)
}
