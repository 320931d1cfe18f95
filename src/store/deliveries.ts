// What each room has not heard yet, as rows: one for each incident and platform, claimed by whoever tells it.
import { urgencyOfCall } from '../core/severity.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

/** A room that the process which writes it down opens itself, at once: nobody has to find and claim it. */
export type BornDelivery = { platform: string; incident: number; holder: string }

/**
 * Statement that wakes rooms: `rows` has platform, incident, wake_at, urgency, and a holder for those that are born claimed.
 * One that waits already waits no longer than before; one that failed keeps its pause, unless everybody is to be called. Always in the
 * same order, so that two of them do not wait for each other.
 */
export function waking(rows: string): string {
  return `insert into deliveries (platform, incident, wake_at, urgency, holder)
    select platform, incident, case when holder is null then wake_at end, urgency, holder from (${rows}) waking order by incident, platform
    on conflict (platform, incident) do update set
       urgency = case when deliveries.urgency = ${urgencyOfCall} and deliveries.wake_at is not null then ${urgencyOfCall} else excluded.urgency end,
       wake_at = case when deliveries.attempts > 0 and deliveries.holder is null and excluded.urgency < ${urgencyOfCall} then deliveries.wake_at
                      else least(deliveries.wake_at, excluded.wake_at) end
     where deliveries.wake_at is null or deliveries.wake_at > excluded.wake_at or deliveries.urgency <> excluded.urgency`
}

/**
 * Statement that finds, of `rows`, the rooms that need no waking: they wait already, for no later. They are locked, so that
 * whoever claims them begins after what is written beside this is committed, and sees it; one that is locked by somebody
 * else is not found. Alerts that join by the thousand so wait for nobody.
 */
export function awake(rows: string): string {
  return `select found.platform, found.incident from (${rows}) wanted
     cross join lateral (select d.platform, d.incident from deliveries d
                          where d.platform = wanted.platform and d.incident = wanted.incident
                            and d.wake_at <= wanted.wake_at and d.urgency = wanted.urgency limit 1 for share skip locked) found`
}

/** `attempts`: failures in a row before this. */
export type ClaimedDelivery = { incident: number; attempts: number }

/**
 * Claims rooms of a platform that are to hear something at `now`, the most urgent first. Rooms for which the version before
 * still has jobs (see former-jobs.ts) are left to it. `next`: when the first of the others is to hear something; null when none
 * waits, and when there were as many as were wanted.
 */
export async function claimDeliveries(
  q: Queryable,
  claim: { platform: string; holder: string; now: Date; limit: number },
): Promise<{ claimed: ClaimedDelivery[]; next: Date | null }> {
  const { rows } = await q.query<(ClaimedDelivery | { incident: null }) & { next: Date | null }>({
    name: 'claim_deliveries',
    text: `with due as (
      select platform, incident from deliveries d
       where platform = $1 and holder is null and wake_at <= $2
         and not exists (select from graphile_worker._private_job_queues jq
                           join graphile_worker._private_jobs j on j.job_queue_id = jq.id
                          where jq.queue_name = d.platform || ':' || d.incident)
       order by urgency desc, wake_at limit $3 for update skip locked),
     claimed as (
      update deliveries d set holder = $4, wake_at = null from due where d.platform = due.platform and d.incident = due.incident
      returning d.incident, d.attempts),
     waiting as (
      select case when (select count(*) from due) < $3 then (
               select min(wake_at) from deliveries where platform = $1 and wake_at is not null and holder is null
                  and incident not in (select incident from due)) end as next)
     select waiting.next, claimed.incident, claimed.attempts from waiting left join claimed on true`,
    values: [claim.platform, claim.now, claim.limit, claim.holder],
  })
  const claimed = rows.flatMap((row) => (row.incident === null ? [] : [row]))
  return { claimed, next: rows[0]?.next ?? null }
}

/** What came of a turn: messages that were posted or edited, those that were not, and when the room is to be looked at again. */
export type DeliveryEnd = {
  endedAt: Date
  platform: string
  incident: number
  holder: string
  posted: { key: string; ref: { channel: string; id: string }; content: string; at: Date }[]
  /** Begun, and certainly not posted. */
  unsent: string[]
  refused: { key: string; reason: string }[]
  /** What the room's topic is by now; null: it was not touched. */
  topic: string | null
} & ({ failed: false; wakeAt: Date | null } | { failed: true; wakeAt: Date })

/**
 * Writes down what came of it and lets the room go: to wait for `wakeAt`, or for what happened meanwhile. What is to be told only
 * later (a page that is out) waits for `wakeAt`, too, if that is soon: before, the platform takes no edit. News that came just as it
 * ended does not, nor does a call for everybody that came after it was read. One that was made has nothing more to hurry for, and a
 * pause is kept: a room may be there unseen, and would be opened again.
 * Answers what it waits for.
 */
export async function endDelivery(q: Queryable, end: DeliveryEnd): Promise<Date | null> {
  // "Not distinct" is for the planner: nothing is to be looked through by the holder or the platform alone.
  const { rows } = await q.query<{ at: Date | null }>({
    name: 'end_delivery',
    text: `with posted as (
      insert into messages (platform, key, status, ref, content, edited_at)
      select $1, key, 'sent', ref, content, at
        from jsonb_to_recordset($4::jsonb) as p (key text, ref jsonb, content text, at timestamptz)
      on conflict (platform, key) do update set status = 'sent', ref = excluded.ref, content = excluded.content, edited_at = excluded.edited_at),
    unsent as (
      delete from messages where platform = $1 and key = any($5::text[]) and status = 'sending'
         and exists (select from deliveries where platform = $1 and incident = $2 and holder is not distinct from $3)),
    refused as (
      update messages m set refused = r.reason from jsonb_to_recordset($6::jsonb) as r (key text, reason text)
       where m.platform = $1 and m.key = any($9::text[]) and m.key = r.key and m.status = 'sending'),
    titled as (
      update rooms set topic = $10 where platform is not distinct from $1 and incident = $2 and own and $10::text is not null)
    update deliveries set holder = null, attempts = case when $7 then attempts + 1 else 0 end,
           urgency = case when wake_at is null or $12 then least(urgency, ${urgencyOfCall - 1}) else urgency end,
           wake_at = case when wake_at is not null and urgency = ${urgencyOfCall} and not $12 then wake_at
                          when $7 or ($8::timestamptz <= $11::timestamptz + interval '5 s' and wake_at > $11 + interval '500 ms') then $8
                          else least(wake_at, $8) end
     where platform = $1 and incident = $2 and holder is not distinct from $3 returning wake_at as at`,
    values: [
      ...[end.platform, end.incident, end.holder, writeJson(end.posted), end.unsent],
      ...[writeJson(end.refused), end.failed, end.wakeAt],
      // Named once more: the planner expects a hundred rows of JSON, and would read the whole ledger for them.
      end.refused.map(({ key }) => key),
      ...[end.topic, end.endedAt, end.posted.some(({ key }) => key.endsWith('/everybody'))],
    ],
  })
  return rows[0]?.at ?? null
}

/** Rooms that are being told in a name, as `platform incident`. */
export async function deliveriesHeld(q: Queryable, holder: string): Promise<string[]> {
  const { rows } = await q.query<{ room: string }>(
    `select platform || ' ' || incident as room from deliveries where holder = $1`,
    [holder],
  )
  return rows.map((row) => row.room)
}

/** Whether this room is being told in that name. */
export async function isDeliveryHeld(
  q: Queryable,
  { platform, incident, holder }: { platform: string; incident: number; holder: string },
): Promise<boolean> {
  const { rowCount } = await q.query(
    // "Not distinct" is for the planner: nothing is to be looked through by the holder or the platform alone.
    `select from deliveries where platform is not distinct from $1 and incident = $2 and holder is not distinct from $3`,
    [platform, incident, holder],
  )
  return rowCount === 1
}

/** Gives rooms back to whoever comes first after `at`: all that the names hold, or only these of them. */
export async function giveBackDeliveries(
  q: Queryable,
  holders: string[],
  at: Date,
  only: string[] | null = null,
): Promise<void> {
  await q.query(
    `update deliveries set holder = null, wake_at = $2
      where holder = any($1::text[]) and ($3::text[] is null or platform || ' ' || incident = any($3))`,
    [holders, at, only],
  )
}
