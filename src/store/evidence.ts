// What those that were asked about an incident had to say, the latest answer of each.
import type { Evidence } from '../evidence/evidence.ts'
import { writeJson } from '../json.ts'
import type { Queryable } from './db.ts'
import { waking } from './deliveries.ts'

/** Keeps answers. One that is being asked again keeps what it said before until it answers. */
export async function keepEvidence(q: Queryable, incident: number, all: Evidence[]): Promise<void> {
  const rows = all.map((one) => ({
    ...{ provider: one.provider, place: one.place, title: one.title, status: one.status, at: one.at },
    section: one.status === 'found' ? one.section : null,
    reason: one.status === 'failed' ? one.reason : null,
  }))
  await q.query(
    `insert into evidence (incident, provider, place, title, status, section, reason, at)
     select $1, provider, place, title, status, section, reason, at
       from jsonb_to_recordset($2::jsonb) as e (provider text, place smallint, title text, status text, section jsonb, reason text, at timestamptz)
     on conflict (incident, provider) do update set place = excluded.place, title = excluded.title, status = excluded.status, section = excluded.section,
       reason = excluded.reason, at = excluded.at
      where excluded.status <> 'asking'`,
    [incident, writeJson(rows)],
  )
}

/** Those that are asked no more, because the configuration has changed, say nothing any more either. */
export async function forgetEvidence(q: Queryable, incident: number, providers: string[]): Promise<void> {
  await q.query('delete from evidence where incident = $1 and provider <> all($2::text[])', [incident, providers])
}

/** Has the incident's rooms look at `at`: what they show of the evidence has changed. Rooms that are none yet stay none. */
export async function wakeRooms(q: Queryable, incident: number, at: Date): Promise<void> {
  await q.query(
    waking(
      `select platform, incident, $2::timestamptz as wake_at, urgency, null as holder from deliveries where incident = $1`,
    ),
    [incident, at],
  )
}
