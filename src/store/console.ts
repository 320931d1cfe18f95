// What the built-in console reads and writes: its messages, the board of incidents, and who is being paged.
import type { ResponseClock } from '../core/clocks.ts'
import type { Incident } from '../core/incident.ts'
import type { Message, Picture } from '../core/message.ts'
import { pageToHelp } from '../core/page.ts'
import type { Severity } from '../core/severity.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'
import { toClock } from './incidents.ts'
import { calledToHelp } from './pages.ts'
import { clocksOf, dated } from './views.ts'

/** A message as it is stored: the bytes of its picture are apart from it. */
export type StoredMessage = Omit<Message, 'picture'> & { picture?: Omit<Picture, 'png'> }

export type ConsoleMessage = {
  id: number
  channel: string
  key: string
  postedAt: Date
  editedAt: Date | null
  /** A person who wrote it; null: the bot. */
  author: string | null
  message: StoredMessage
  /** Somebody keeps it for the timeline. */
  pinned: boolean
}

type NewConsoleMessage = {
  channel: string
  key: string
  author: string | null
  message: StoredMessage
  png: Uint8Array | null
}

export type NewWords = { posted?: NewConsoleMessage[]; edited?: Pick<NewConsoleMessage, 'key' | 'message' | 'png'>[] }

export async function isPosted(q: Queryable, key: string): Promise<boolean> {
  const { rowCount } = await q.query('select from console_messages where key = $1', [key])
  return rowCount === 1
}

/**
 * Posts messages, in their order, and edits others, and says so to every console that is open, all at once. One of ours that
 * was posted before says what it says now; of an edited message the picture stays unless a new one comes. Answers the keys of those that were edited.
 */
export async function writeMessages(q: Queryable, { posted = [], edited = [] }: NewWords, at: Date): Promise<string[]> {
  const { rows } = await q.query<{ edited: string[] }>({
    name: 'write_console',
    text: `with posted as (
       insert into console_messages (channel, key, posted_at, author, message, picture)
       select channel, key, $3, author, message, decode(png, 'base64')
         from jsonb_to_recordset($1::jsonb) as p (place int, channel text, key text, author text, message jsonb, png text) order by place
       on conflict (key) do update set message = excluded.message, picture = coalesce(excluded.picture, console_messages.picture)
         where console_messages.author is null and console_messages.message <> excluded.message returning channel),
     edited as (
       update console_messages c set edited_at = $3, picture = coalesce(decode(e.png, 'base64'), c.picture),
              message = e.message || case when e.message ? 'picture' or not c.message ? 'picture' then '{}'
                                          else jsonb_build_object('picture', c.message -> 'picture') end
         from jsonb_to_recordset($2::jsonb) as e (key text, message jsonb, png text)
        where c.key = any($4::text[]) and c.key = e.key returning c.key, c.channel),
     -- 0: something was said outside a room. Readers of the feed fetch again what they show.
     said as (
       select distinct coalesce((select incident from rooms where platform = 'console' and rooms.channel = changed.channel limit 1), 0)
              as incident
         from (select channel from posted union select channel from edited) changed)
     select coalesce((select array_agg(key) from edited), '{}') as edited,
            (select count(pg_notify('tocsin_changed', incident::text)) from said)`,
    values: [
      writeJson(posted.map((one, place) => ({ ...one, png: base64(one.png), place }))),
      writeJson(edited.map((one) => ({ ...one, png: base64(one.png) }))),
      at,
      edited.map(({ key }) => key),
    ],
  })
  return rows[0]?.edited ?? []
}

function base64(png: Uint8Array | null): string | null {
  return png === null ? null : Buffer.from(png).toString('base64')
}

const announced = `pg_notify('tocsin_changed', coalesce(
  (select incident from rooms where platform = 'console' and rooms.channel = posted.channel limit 1), 0)::text)`

const messageColumns = `id, channel, key, posted_at as "postedAt", edited_at as "editedAt", author, message,
  exists (select from console_pins p where p.message = c.id) as pinned`

/** Null: there is none of that number. */
export async function messageById(q: Queryable, id: number): Promise<ConsoleMessage | null> {
  const { rows } = await q.query<ConsoleMessage>(`select ${messageColumns} from console_messages c where id = $1`, [id])
  return rows[0] ?? null
}

/** Pins a message, or takes the pin away (`by` null). Answers its channel; null: there is no such message. */
export async function setPin(q: Queryable, id: number, by: string | null, at: Date): Promise<string | null> {
  const { rows } = await q.query<{ channel: string }>(
    `with posted as (select id, channel from console_messages where id = $1),
     pinned as (insert into console_pins (message, by, at) select id, $2, $3 from posted where $2::text is not null
                on conflict (message) do nothing),
     unpinned as (delete from console_pins where message = $1 and $2::text is null)
     select channel, ${announced} from posted`,
    [id, by, at],
  )
  return rows[0]?.channel ?? null
}

/** The latest messages of a channel, oldest first; `before`: only those with a smaller id. */
export async function messages(
  q: Queryable,
  channel: string,
  limit: number,
  before: number | null = null,
): Promise<ConsoleMessage[]> {
  const { rows } = await q.query<ConsoleMessage>(
    `select ${messageColumns} from console_messages c where channel = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
    [channel, before, limit],
  )
  return rows.reverse()
}

/** The picture of a message; null when it has none. */
export async function messagePicture(q: Queryable, id: number): Promise<Buffer | null> {
  const { rows } = await q.query<{ picture: Buffer | null }>('select picture from console_messages where id = $1', [id])
  return rows[0]?.picture ?? null
}

type ClockRow = Parameters<typeof toClock>[0]

/** One line of the board. */
export type BoardIncident = {
  number: number
  status: Incident['status']
  severity: Severity
  service: string
  title: string
  openedAt: Date
  acknowledgedBy: string | null
  resolvedAt: Date | null
  resolvedBy: string | null
  lead: string | null
  alerts: number
  firing: number
  clocks: ResponseClock[]
}

/** Incidents that are not resolved, worst first, then the `limit` resolved ones that were opened last. */
export async function board(q: Queryable, limit: number): Promise<BoardIncident[]> {
  const { rows } = await q.query<Omit<BoardIncident, 'clocks'> & { clocks: ClockRow[] }>({
    name: 'console_board',
    text: `with shown as (
             (select * from incidents where status <> 'resolved' order by severity, number desc limit 500)
             union all
             (select * from incidents where status = 'resolved' order by number desc limit $1))
           select number, status, severity, service, title, opened_at as "openedAt", acknowledged_by as "acknowledgedBy",
                  resolved_at as "resolvedAt", resolved_by as "resolvedBy", lead, ${clocksOf},
                  counted.alerts, counted.firing
             from shown i
             cross join lateral (select count(*)::int as alerts, count(*) filter (where status = 'firing')::int as firing
                                   from alerts where incident = i.number) counted
            order by status = 'resolved', case when status = 'resolved' then '' else severity end, number desc`,
    values: [limit],
  })
  return rows.map((row) => ({
    ...row,
    clocks: row.clocks.map((c) => toClock(dated(c, 'started_at', 'due_at', 'stopped_at'))),
  }))
}

export type OpenPage = {
  incident: number
  severity: Severity
  title: string
  service: string
  firstAt: Date
  /** Somebody else has it. */
  help: boolean
  /** Calls, over however many ways each. */
  count: number
}

/**
 * Incidents for which a person was paged, since when: nobody has them yet, or the person was called to help and did not answer.
 * What waits for the end of quiet hours, or for a later way, calls nobody yet.
 */
export async function openPages(q: Queryable, person: string, now: Date): Promise<OpenPage[]> {
  const { rows } = await q.query<OpenPage>(
    // Looked up incident by incident: planned as a join, it would read every page the person ever got, with each look at the board.
    `select i.number as incident, i.status <> 'open' as help, i.severity, i.title, i.service, paged.first as "firstAt", paged.count
       from incidents i
      cross join lateral (
            select min(p.due_at) as first, count(distinct (p.round, p.step))::int as count from pages p
             where p.incident = i.number and p.person = $1 and p.status <> 'cancelled' and p.due_at <= $2
               and (i.status = 'open'
                    or (p.key ~ '${pageToHelp}' and i.acknowledged_by is distinct from $1 and ${calledToHelp('i.number', '$1', 'p.due_at')}))
            ) paged
      where i.status <> 'resolved' and paged.count > 0
      order by i.status <> 'open', i.severity, i.number`,
    [person, now],
  )
  return rows
}

export type OpenQuestion = Pick<OpenPage, 'incident' | 'severity' | 'title'> & {
  openedAt: Date
  /** Then it is open again. */
  until: Date
}

/** Incidents whose holder was asked whether they still have them, and did not say so yet; the first to end first. */
export async function openQuestions(q: Queryable, person: string): Promise<OpenQuestion[]> {
  const { rows } = await q.query<OpenQuestion>(
    `select number as incident, severity, title, lease_until as until, opened_at as "openedAt" from incidents
      where status = 'acknowledged' and acknowledged_by = $1 and lease_until is not null and lease_ask_at is null
        and quiet_until is null
      order by lease_until, number`,
    [person],
  )
  return rows
}

/** Channels that hold messages, with the time of the last one. */
export async function lastPosts(q: Queryable, channels: string[]): Promise<Map<string, Date>> {
  const { rows } = await q.query<{ channel: string; at: Date }>(
    `select wanted.channel, last.at from unnest($1::text[]) as wanted (channel)
       cross join lateral (select posted_at as at from console_messages c where c.channel = wanted.channel
                            order by id desc limit 1) last`,
    [channels],
  )
  return new Map(rows.map((row) => [row.channel, row.at]))
}

export type FiringAlert = {
  fingerprint: string
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: Date
  generatorUrl: string | null
}

/** Alerts of a source that fire, in incidents that are not over, and carry a label of that value. */
export async function firingWithLabel(
  q: Queryable,
  source: string,
  label: string,
  value: string,
): Promise<FiringAlert[]> {
  const { rows } = await q.query<FiringAlert>(
    `select fingerprint, labels, annotations, starts_at as "startsAt", generator_url as "generatorUrl"
       from incidents i join alerts a on a.incident = i.number
      where i.status <> 'resolved' and source = $1 and a.status = 'firing' and labels ->> $2 = $3 order by starts_at`,
    [source, label, value],
  )
  return rows
}
