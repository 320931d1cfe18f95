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

/**
 * Remembers a room and tells the timeline; `own` false: a shared channel that stands in for one. Answers the room there is:
 * another one when it was known already. Locks no incident.
 */
export async function rememberRoom(
  q: Queryable,
  incident: number,
  platform: string,
  opened: { room: Room; own: boolean; told: Told },
): Promise<KnownRoom> {
  const { room, own, told } = opened
  const { rowCount } = await q.query({
    name: 'remember_room',
    text: `with remembered as (
      insert into rooms (incident, platform, channel, name, url, own) values ($1, $2, $3, $4, $5, $6) on conflict do nothing
      returning incident),
    told as (
      insert into timeline (incident, at, kind, text, fact) select incident, $7, $8::jsonb ->> 'kind', $9, $8::jsonb from remembered)
    select pg_notify('tocsin_changed', incident::text) from remembered`,
    values: [incident, platform, room.channel, room.name, room.url, own, told.at, writeJson(told.fact), told.text],
  })
  const known = rowCount === 1 ? null : await roomOf(q, incident, platform)
  return known ?? { ...room, own, topic: null }
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
