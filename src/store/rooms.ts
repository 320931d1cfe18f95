// Rooms of incidents as rows, one for each platform.
import type { Room } from '../chat/platform.ts'
import type { Queryable } from './db.ts'

/** `own` false: a shared channel that stands in for a room. */
export type KnownRoom = Room & { topic: string | null; own: boolean }

export async function roomOf(q: Queryable, incident: number, platform: string): Promise<KnownRoom | null> {
  const { rows } = await q.query<KnownRoom>(
    'select channel, name, url, topic, own from rooms where incident = $1 and platform = $2',
    [incident, platform],
  )
  return rows[0] ?? null
}

/** Remembers a room; `own` false: a shared channel that stands in for one. False when it was known already. */
export async function rememberRoom(
  q: Queryable,
  incident: number,
  platform: string,
  room: Room,
  own: boolean,
): Promise<boolean> {
  const { rowCount } = await q.query(
    'insert into rooms (incident, platform, channel, name, url, own) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
    [incident, platform, room.channel, room.name, room.url, own],
  )
  return rowCount === 1
}

export async function rememberTopic(q: Queryable, incident: number, platform: string, topic: string): Promise<void> {
  await q.query('update rooms set topic = $3 where incident = $1 and platform = $2', [incident, platform, topic])
}

/** The incident whose room a channel is; null for every other channel. */
export async function incidentOfRoom(q: Queryable, platform: string, channel: string): Promise<number | null> {
  const { rows } = await q.query<{ incident: number }>(
    'select incident from rooms where platform = $1 and channel = $2 and own order by incident desc limit 1',
    [platform, channel],
  )
  return rows[0]?.incident ?? null
}
