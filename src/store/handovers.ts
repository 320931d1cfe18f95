// Who has the pager of each schedule as last seen, and the changes of hands, as rows.
import type { Handover, HandoverStatus } from '../core/handover.ts'
import type { Queryable } from './db.ts'

/** A schedule as it was when it was last looked at. */
export type SeenPager = { schedule: string; people: string[]; since: Date; definition: string }

const pagerColumns = 'schedule, people, since, definition'

/** Who was last seen to have which pager, and since when. */
export async function seenPagers(q: Queryable): Promise<SeenPager[]> {
  return (await q.query<SeenPager>(`select ${pagerColumns} from pagers`)).rows
}

/** The same for one schedule; nobody else changes it until the transaction ends. Null: never seen, or another replica has it. */
export async function lockPager(q: Queryable, schedule: string): Promise<SeenPager | null> {
  const { rows } = await q.query<SeenPager>(
    `select ${pagerColumns} from pagers where schedule = $1 for update skip locked`,
    [schedule],
  )
  return rows[0] ?? null
}

/** The same, waiting for whoever has it: for those who change hands themselves. */
export async function awaitPager(q: Queryable, schedule: string): Promise<SeenPager | null> {
  const { rows } = await q.query<SeenPager>(`select ${pagerColumns} from pagers where schedule = $1 for update`, [
    schedule,
  ])
  return rows[0] ?? null
}

/** Only when the schedule was never seen. */
export async function firstSeen(q: Queryable, { schedule, people, since, definition }: SeenPager): Promise<void> {
  await q.query(
    'insert into pagers (schedule, people, since, definition) values ($1, $2, $3, $4) on conflict do nothing',
    [schedule, people, since, definition],
  )
}

/** For the next look. The row is to be locked. */
export async function rememberPager(q: Queryable, seen: SeenPager): Promise<void> {
  await q.query('update pagers set people = $2, since = $3, definition = $4 where schedule = $1', [
    seen.schedule,
    seen.people,
    seen.since,
    seen.definition,
  ])
}

type Row = {
  id: number
  schedule: string
  at: Date
  outgoing: string
  incoming: string
  until: Date
  status: HandoverStatus
  answer_by: Date | null
  answered_at: Date | null
  override: number | null
}

function toHandover({ answer_by: answerBy, answered_at: answeredAt, ...row }: Row): Handover {
  return { ...row, answerBy, answeredAt }
}

/** Null: it was written down already. */
export async function addHandover(
  q: Queryable,
  handover: Omit<Handover, 'id' | 'answeredAt' | 'override'>,
): Promise<Handover | null> {
  const { schedule, at, outgoing, incoming, until, status, answerBy } = handover
  const { rows } = await q.query<Row>(
    `insert into handovers (schedule, at, outgoing, incoming, until, status, answer_by) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (schedule, at, incoming) do nothing returning *`,
    [schedule, at, outgoing, incoming, until, status, answerBy],
  )
  return rows[0] ? toHandover(rows[0]) : null
}

/** The latest by which a person came to have the pager of a schedule. */
export async function latestHandover(q: Queryable, schedule: string, incoming: string): Promise<Handover | null> {
  const { rows } = await q.query<Row>(
    'select * from handovers where schedule = $1 and incoming = $2 order by at desc, id desc limit 1',
    [schedule, incoming],
  )
  return rows[0] ? toHandover(rows[0]) : null
}

/** The latest of a schedule in which a person kept the pager, to no purpose any more: the one it was kept for does not have it either. */
export async function latestKept(q: Queryable, schedule: string, outgoing: string): Promise<Handover | null> {
  const { rows } = await q.query<Row>(
    `select * from handovers where schedule = $1 and outgoing = $2 and status = 'over' and override is not null
      order by at desc, id desc limit 1`,
    [schedule, outgoing],
  )
  return rows[0] ? toHandover(rows[0]) : null
}

/** `lock`: nobody else changes it until the transaction ends. Null: there is none. */
export async function handoverById(q: Queryable, id: number, lock = false): Promise<Handover | null> {
  const { rows } = await q.query<Row>(`select * from handovers where id = $1 ${lock ? 'for update' : ''}`, [id])
  return rows[0] ? toHandover(rows[0]) : null
}

/** Hand-overs that wait for a person's answer, the oldest first. */
export async function handoversFor(q: Queryable, incoming: string): Promise<Handover[]> {
  const { rows } = await q.query<Row>(
    `select * from handovers where incoming = $1 and status in ('asked', 'kept') order by at, id`,
    [incoming],
  )
  return rows.map(toHandover)
}

/** Those whose time to answer is over at an instant. */
export async function unansweredHandovers(q: Queryable, now: Date): Promise<{ id: number; schedule: string }[]> {
  const { rows } = await q.query<{ id: number; schedule: string }>(
    `select id, schedule from handovers where status = 'asked' and answer_by <= $1 order by answer_by, id`,
    [now],
  )
  return rows
}

/** What `to` leaves out stays as it is. */
export async function settleHandover(
  q: Queryable,
  id: number,
  to: { status: HandoverStatus; override?: number | null; answeredAt?: Date },
): Promise<void> {
  await q.query(
    'update handovers set status = $2, override = coalesce($3, override), answered_at = coalesce($4, answered_at) where id = $1',
    [id, to.status, to.override ?? null, to.answeredAt ?? null],
  )
}

/**
 * What is still unanswered of a schedule is over: the pager has changed hands again, but not from those who are `staying`. What
 * is kept is over when its time is, when whoever it is kept for is not `due`, or has it after all (`people`: all who have it).
 * Answers what was ended.
 */
export async function endHandovers(
  q: Queryable,
  schedule: string,
  { staying, people, due, now }: Record<'staying' | 'people' | 'due', string[]> & { now: Date },
): Promise<Handover[]> {
  const { rows } = await q.query<Row>(
    `update handovers set status = 'over'
      where schedule = $1
        and (status = 'asked' and incoming <> all ($2::text[])
             or status = 'kept' and (incoming = any ($3::text[]) or incoming <> all ($4::text[]) or until <= $5))
    returning *`,
    [schedule, staying, people, due, now],
  )
  return rows.map(toHandover)
}

/** Numbers of the incidents that somebody has. */
export async function heldBy(q: Queryable, person: string): Promise<number[]> {
  const { rows } = await q.query<{ number: number }>(
    `select number from incidents where status = 'acknowledged' and acknowledged_by = $1 order by number`,
    [person],
  )
  return rows.map(({ number }) => number)
}
