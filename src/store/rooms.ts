// Rooms of incidents as rows, one for each platform.
import type { Room } from '../chat/platform.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'

/** `own` false: a shared channel that stands in for a room. */
export type KnownRoom = Room & { topic: string | null; own: boolean }

/** Null: it is not open. */
async function roomOf(q: Queryable, incident: number, platform: string): Promise<KnownRoom | null> {
  const { rows } = await q.query<KnownRoom>(
    'select channel, name, url, topic, own from rooms where incident = $1 and platform = $2',
    [incident, platform],
  )
  return rows[0] ?? null
}

/** What is told of a room on the incident's timeline. */
export type Told = { at: Date; fact: object & { kind: string }; text: string }

/** `own` false: a shared channel that stands in for a room. `told`: for the timeline. */
export type OpenedRoom = { incident: number; platform: string; room: Room; own: boolean; told: Told }

/**
 * Remembers rooms, each of another incident or platform, and tells their timelines. Answers in the same order the rooms there are:
 * another one where it was known already. Locks no incident.
 */
export async function rememberRooms(q: Queryable, opened: OpenedRoom[]): Promise<KnownRoom[]> {
  const rooms = opened.map(({ room, told, ...one }) => ({ ...one, ...room, ...told }))
  const { rows } = await q.query<{ incident: number; platform: string }>({
    name: 'remember_rooms',
    // In order, as two replicas may remember the same: they would wait for each other in a circle.
    text: `with r as materialized (
      select * from jsonb_to_recordset($1::jsonb) as r (incident bigint, platform text, channel text, name text, url text, own boolean,
                    at timestamptz, fact jsonb, text text)
       order by incident, platform),
    remembered as (
      insert into rooms (incident, platform, channel, name, url, own)
      select incident, platform, channel, name, url, own from r on conflict do nothing
      returning incident, platform),
    told as (
      insert into timeline (incident, at, kind, text, fact)
      select incident, at, fact ->> 'kind', text, fact from r join remembered using (incident, platform))
    select incident, platform, pg_notify('tocsin_changed', incident::text) from remembered`,
    values: [writeJson(rooms)],
  })
  const remembered = new Set(rows.map(({ incident, platform }) => `${platform} ${incident}`))
  return Promise.all(
    opened.map(async ({ incident, platform, room, own }) => {
      const known = remembered.has(`${platform} ${incident}`) ? null : await roomOf(q, incident, platform)
      return known ?? { ...room, own, topic: null }
    }),
  )
}

/**
 * People archived or deleted a room: a shared channel stands in for it from now on, and gets a card of its own. Locks no
 * incident.
 */
export async function replaceRoom(
  q: Queryable,
  incident: number,
  platform: string,
  by: { channel: string; cardKey: string; told: Told },
): Promise<KnownRoom> {
  const { channel, cardKey, told } = by
  await q.query(
    `with replaced as (
      update rooms set channel = $3, name = $3, url = null, topic = null, own = false
       where incident = $1 and platform = $2 and own returning incident),
    taken as (
      delete from messages where platform = $2 and key = $4 and exists (select from replaced)),
    told as (
      insert into timeline (incident, at, kind, text, fact) select incident, $5, $6::jsonb ->> 'kind', $7, $6::jsonb from replaced)
    select pg_notify('tocsin_changed', incident::text) from replaced`,
    [incident, platform, channel, cardKey, told.at, writeJson(told.fact), told.text],
  )
  return { channel, name: channel, url: null, topic: null, own: false }
}

/** The incident whose room a channel is; null for every other channel. */
export async function incidentOfRoom(q: Queryable, platform: string, channel: string): Promise<number | null> {
  const { rows } = await q.query<{ incident: number }>(
    'select incident from rooms where platform = $1 and channel = $2 and own order by incident desc limit 1',
    [platform, channel],
  )
  return rows[0]?.incident ?? null
}
