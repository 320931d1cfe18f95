// The page ledger as rows. A page moves due → sending → sent, or to failed or cancelled; from sending back to due only when
// it is to be tried again.
import type { MessageRef } from '../chat/platform.ts'
import { kindOfPage, type Page, type PageStatus, pageOfPolicy } from '../core/page.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'
import { waking } from './deliveries.ts'

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

/**
 * A page that is this process's to send. `attempt` counts from 1. `posted`: it is there already. `resumed`: an earlier
 * attempt may have gone out. `isDoubted`: one whose record is lost may have; it is looked for where it can be.
 */
export type ClaimedPage = {
  page: Page
  attempt: number
  urgency: number
  posted: MessageRef | null
  resumed: boolean
  isDoubted?: boolean
}

/** A page that the process which writes it down sends itself, at once. */
export type BornPage = { key: string; holder: string }

type ClaimedRow = PageRow & {
  next: Date | null
  attempts: number
  urgency: number
  known: boolean
  ref: MessageRef | null
}

/**
 * Claims pages of a channel that are due at `now`, the most urgent first, then those that were not tried yet, and writes down that they
 * may have gone out. `again`: so many at most of those that were tried before. `ahead`: so many of them do not wait for those that were
 * not. `next`: when the first of the others is to be sent, as far as there is room for it; null when none waits, and when there were as
 * many as were wanted.
 */
export async function claimPages(
  q: Queryable,
  claim: { channel: string; holder: string; now: Date; limit: number; again?: number; ahead?: number },
): Promise<{ claimed: ClaimedPage[]; next: Date | null }> {
  const { channel, holder, now, limit, ahead = 0 } = claim
  const again = Math.min(limit, claim.again ?? limit)
  const { rows } = await q.query<ClaimedRow | { key: null; next: Date | null }>({
    name: 'claim_pages',
    text: `with fresh as (
      select key, urgency, due_at, false as again from pages
       where channel = $1 and status = 'due' and try_at is not null and try_at <= $2 and attempts = 0
       order by urgency desc, due_at limit $3 for update skip locked),
    tried as (
      select key, urgency, due_at, true as again from pages
       where channel = $1 and status = 'due' and try_at is not null and try_at <= $2 and attempts > 0
       order by urgency desc, due_at limit $5 for update skip locked),
    due as (
      select key, again from (
        select *, row_number() over (partition by again order by urgency desc, due_at) as place
          from (select * from fresh union all select * from tried) both_kinds) placed
       order by urgency desc, again and place > $6, due_at limit $3),
    taken as (
      update pages p set status = 'sending', holder = $4, attempts = p.attempts + 1 from due where p.key = due.key
      returning p.*),
    begun as (
      insert into messages (platform, key, status) select channel, key, 'sending' from taken on conflict do nothing
      returning key),
    waiting as (
      select case when (select count(*) from due) < $3 then (
               select min(try_at) from pages
                where channel = $1 and status = 'due' and try_at is not null and key not in (select key from due)
                  and (attempts = 0 or (select count(*) from due where again) < $5)) end as next)
    select waiting.next, t.key, t.incident, t.person, t.channel, t.step, t.round, t.status, t.due_at, t.sent_at, t.attempts,
           t.urgency, begun.key is null as known, m.ref
      from waiting left join taken t on true left join begun on begun.key = t.key
      left join messages m on m.platform = t.channel and m.key = t.key
     order by t.urgency desc, t.due_at`,
    values: [channel, now, limit, holder, again, ahead],
  })
  const claimed = rows.flatMap((row) => (row.key === null ? [] : [toClaimed(row)]))
  return { claimed, next: rows[0]?.next ?? null }
}

function toClaimed(row: ClaimedRow): ClaimedPage {
  const { attempts: attempt, urgency, ref } = row
  return { page: toPage(row), attempt, urgency, posted: ref, resumed: row.known && ref === null }
}

/** What came of one attempt. `unsent`: it certainly did not go out. */
export type PageEnd = { key: string; attempt: number; channel: string; urgency: number } & (
  | { status: 'sent'; at: Date; ref: MessageRef; content: string; fact: object; text: string }
  | { status: 'due'; tryAt: Date; unsent: boolean }
  /** `told`: what the timeline says of it. */
  | { status: 'cancelled'; unsent: boolean; told?: { at: Date; fact: object; text: string } }
)

/**
 * Writes down what came of any number of attempts in one statement, and locks no incident: the record only grows. What
 * somebody else has taken over meanwhile is left to that one. `platforms`: whose rooms hear at `tellAt` that a page is out.
 */
export async function endPages(
  q: Queryable,
  holder: string,
  ends: PageEnd[],
  telling: { platforms: string[]; tellAt: Date },
): Promise<void> {
  const rows = ends.map((end) => ({
    ...{ key: end.key, attempt: end.attempt, platform: end.channel, urgency: end.urgency, status: end.status },
    ...(end.status === 'sent' && { at: end.at, ref: end.ref, content: end.content, fact: end.fact, text: end.text }),
    ...(end.status === 'due' && { try_at: end.tryAt }),
    ...(end.status === 'cancelled' && end.told),
    unsent: end.status !== 'sent' && end.unsent,
  }))
  await q.query({
    name: 'end_pages',
    text: `with e as materialized (
      select * from jsonb_to_recordset($2::jsonb) as e (key text, attempt int, platform text, urgency smallint, status text,
                       at timestamptz, ref jsonb, content text, fact jsonb, text text, try_at timestamptz, unsent boolean)),
    ended as (
      update pages p set status = e.status, sent_at = case e.status when 'sent' then e.at end, try_at = coalesce(e.try_at, p.try_at), holder = null from e
       where p.key = any($5::text[]) and p.key = e.key and p.holder = $1 and p.attempts = e.attempt and p.status = 'sending'
      returning p.incident, e.*),
    posted as (
      update messages m set status = 'sent', ref = coalesce(m.ref, ended.ref), content = ended.content, edited_at = ended.at
        from ended where m.key = any($5::text[]) and ended.status = 'sent' and m.platform = ended.platform and m.key = ended.key),
    unsent as (
      delete from messages m using ended where m.key = any($5::text[]) and ended.unsent and m.platform = ended.platform
                                           and m.key = ended.key and m.status = 'sending'),
    told as (
      insert into timeline (incident, at, kind, text, fact)
      select incident, at, fact ->> 'kind', text, fact from ended where fact is not null order by at),
    delivering as (${waking(`select p as platform, incident, $4::timestamptz as wake_at, max(urgency) as urgency, null as holder
                               from ended cross join unnest($3::text[]) as p where fact is not null group by p, incident`)})
    select count(pg_notify('tocsin_changed', incident::text)) from (select distinct incident from ended) changed`,
    // The keys are named once more for the planner, which expects a hundred rows of JSON.
    values: [holder, writeJson(rows), telling.platforms, telling.tellAt, ends.map(({ key }) => key)],
  })
}

/** A page that this process was sending will never go out as it is. False: somebody else has taken it over meanwhile. */
export async function failPage(
  q: Queryable,
  page: Pick<ClaimedPage, 'page' | 'attempt'> & { holder: string; reason: string; unsent: boolean },
): Promise<boolean> {
  const { key, channel } = page.page
  const { rowCount } = await q.query(
    `update pages set status = 'failed', reason = $4, holder = null
      where key = $1 and holder = $2 and attempts = $3 and status = 'sending'`,
    [key, page.holder, page.attempt, page.reason],
  )
  if (rowCount === 1 && page.unsent)
    await q.query(`delete from messages where platform = $1 and key = $2 and status = 'sending'`, [channel, key])
  return rowCount === 1
}

/**
 * A page that this process was sending is due later. `rerouteAt`: when it takes the next way besides, unless it has. `unsent`: it certainly
 * did not go out. False: somebody else has taken it over meanwhile.
 */
export async function putOffPage(
  q: Queryable,
  page: { key: string; channel: string; attempt: number; holder: string } & {
    until: Date
    rerouteAt: Date | null
    unsent: boolean
  },
): Promise<boolean> {
  const { key, channel, attempt, holder, until, rerouteAt } = page
  const { rowCount } = await q.query(
    `update pages set status = 'due', holder = null, due_at = $4, try_at = $4,
            reroute_at = case when reroute_at is not null then $5::timestamptz end
      where key = $1 and holder = $2 and attempts = $3 and status = 'sending'`,
    [key, holder, attempt, until, rerouteAt],
  )
  if (rowCount === 1 && page.unsent)
    await q.query(`delete from messages where platform = $1 and key = $2 and status = 'sending'`, [channel, key])
  return rowCount === 1
}

/** Whether it is still this process that sends a page; nobody else takes it over until the end of the transaction. */
export async function isBeingSent(
  q: Queryable,
  page: { key: string; attempt: number; holder: string },
): Promise<boolean> {
  const { rowCount } = await q.query(
    `select from pages where key = $1 and holder = $2 and attempts = $3 and status = 'sending' for update`,
    [page.key, page.holder, page.attempt],
  )
  return rowCount === 1
}

/** `isOver`: the same way has taken a page since. */
export type Refusal = { key: string; reason: string; at: Date; isOver: boolean }

/** What the timeline says about pages of the same incident that the same way refused. */
export async function refusalsOf(q: Queryable, { incident, channel }: Page): Promise<Refusal[]> {
  const { rows } = await q.query<Refusal>(
    `select fact ->> 'key' as key, fact ->> 'reason' as reason, at,
            exists (select from timeline taken where taken.incident = $1 and taken.kind = 'page_sent'
                       and taken.fact ->> 'channel' = $2 and taken.id > refused.id) as "isOver"
       from timeline refused where incident = $1 and kind = 'page_failed' and fact ->> 'channel' = $2`,
    [incident, channel],
  )
  return rows
}

/** Pages that are being sent in a name, with the attempt: claimed again, it is another. */
export async function pagesHeld(q: Queryable, holder: string): Promise<string[]> {
  const { rows } = await q.query<{ held: string }>(
    `select attempts || ' ' || key as held from pages where holder = $1 and status = 'sending'`,
    [holder],
  )
  return rows.map((row) => row.held)
}

/** Gives pages back to whoever comes first after `at`, who looks first whether they went out: all of the names, or only these. */
export async function giveBackPages(
  q: Queryable,
  holders: string[],
  at: Date,
  only: string[] | null = null,
): Promise<void> {
  await q.query(
    `update pages set status = 'due', holder = null, try_at = $2
      where holder = any($1::text[]) and status = 'sending' and ($3::text[] is null or attempts || ' ' || key = any($3))`,
    [holders, at, only],
  )
}

const stranded = `select * from pages p where status in ('due', 'sending') and due_at < $1 and holder is null
    and (channel <> all ($2::text[])
         or (try_at is null
             and not exists (select from graphile_worker._private_jobs j where j.key = p.channel || ':page_person:' || p.key)))`

/**
 * Pages due before an instant that nobody is about to send: over a channel that is none of these, or written by the version
 * before, whose job for them is gone. Nothing is locked: look again under the incident's lock.
 */
export async function strandedPages(q: Queryable, channels: string[], before: Date): Promise<Page[]> {
  const { rows } = await q.query<PageRow>(`${stranded} order by due_at limit 100`, [before, channels])
  return rows.map(toPage)
}

/** Whether that is still so of one of them; nobody else changes it then until the end of the transaction. */
export async function lockStranded(q: Queryable, key: string, channels: string[], before: Date): Promise<boolean> {
  const { rowCount } = await q.query(`${stranded} and key = $3 for update skip locked`, [before, channels, key])
  return rowCount === 1
}

/** The ways on which the same call of a page's person was still to go are dropped. One that was tried may have gone out, and is left to who looks. */
export async function dropWaiting(q: Queryable, { incident, key }: Page): Promise<void> {
  const call = key.split('/').slice(0, 3).join('/')
  await q.query(
    `update pages set status = 'cancelled'
      where incident = $1 and starts_with(key, $2) and status = 'due' and attempts = 0`,
    [incident, `${call}/`],
  )
}

/** Pages of these keys that have come to nothing are no more: they may be written again. */
export async function forgetEnded(q: Queryable, keys: string[]): Promise<void> {
  await q.query(`delete from pages where key = any($1::text[]) and status in ('cancelled', 'failed')`, [keys])
}

/** Hands a page of the version before to those who send. */
export async function takeUpPage(q: Queryable, key: string, now: Date): Promise<void> {
  await q.query(`update pages set status = 'due', try_at = $2 where key = $1 and status in ('due', 'sending')`, [
    key,
    now,
  ])
}

/** Ends a page that nobody is sending. */
export async function strikePage(q: Queryable, key: string, reason: string): Promise<void> {
  await q.query(
    `update pages set status = 'failed', reason = $2 where key = $1 and status in ('due', 'sending') and holder is null`,
    [key, reason],
  )
}

/** A page that went out or still may. `isSameCall`: it is of the same step as the one that was asked about; else of a later one. */
export type WayOn = { person: string; channel: string; isSameCall: boolean }

/** What there is besides a page that will never arrive, or is refused for now. */
export async function waysOn(q: Queryable, page: Page): Promise<WayOn[]> {
  const called = page.key.split('/').slice(0, 2).join('/')
  const { rows } = await q.query<WayOn>(
    `select person, channel, starts_with(key, $3) as "isSameCall" from pages
      where incident = $1 and key <> $2
        and ((starts_with(key, $3)
              and (status = 'sent' or status in ('due', 'sending')
                   and not exists (select from timeline t
                                    where t.incident = $1 and t.kind = 'page_failed' and t.fact ->> 'key' = pages.key)))
             or (key ~ '${pageOfPolicy}' and $6 and (round, step) > ($4, $5)))`,
    [page.incident, page.key, `${called}/`, page.round, page.step, kindOfPage(page.key) === 's'],
  )
  return rows
}

/** Whether a person was called to help, by somebody or by a clock, and has done nothing about the incident since; `until`: called by then. */
export const calledToHelp = (incident: string, person: string, until = `'infinity'`) =>
  `exists (select from timeline asked
            where asked.incident = ${incident} and asked.kind = 'people_paged' and asked.fact ->> 'because' in ('person', 'clock')
              and asked.fact -> 'people' ? ${person} and asked.at <= ${until}
              and not exists (select from timeline t where t.incident = ${incident} and t.by = ${person} and t.id > asked.id))`

export async function isCalledToHelp(q: Queryable, incident: number, person: string): Promise<boolean> {
  const { rows } = await q.query<{ called: boolean }>(`select ${calledToHelp('$1', '$2')} as called`, [
    incident,
    person,
  ])
  return rows[0]?.called === true
}

/** The people somebody asked for by hand since an instant. Their pages do not tell: one of them may be due much later. */
export async function pagedByHandSince(q: Queryable, incident: number, since: Date): Promise<string[]> {
  const { rows } = await q.query<{ person: string }>(
    `select distinct jsonb_array_elements_text(fact -> 'people') as person from timeline
      where incident = $1 and at > $2 and kind = 'people_paged' and fact ->> 'because' = 'person'`,
    [incident, since],
  )
  return rows.map((row) => row.person)
}
