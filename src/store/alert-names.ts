// When an alert of each name last began. Nothing is written for it as alerts come in: whoever asks reads what came since the last
// time, which are the alerts of incidents that are open or were then.
import type { Db, Queryable } from './db.ts'
import { inSlices, nameIn, resolvedIn } from './slices.ts'

/** Milliseconds in which asking again reads nothing again. */
const fresh = 60_000

/** Milliseconds that are read twice: what was written by then may have been committed a little later. */
const overlap = 3_600_000

/** When the last alert of each name began, as of a minute ago; names of which none ever came are left out. */
export async function lastAlerts(db: Db, names: string[], now: Date): Promise<Map<string, Date>> {
  if (names.length === 0) return new Map()
  await db.tx((q) => catchUp(q, now))
  const { rows } = await db.query<{ name: string; at: Date }>(
    'select name, last_at as at from alert_names where name = any ($1)',
    [names],
  )
  return new Map(rows.map(({ name, at }) => [name, at]))
}

/** One at a time: whoever comes second finds it done. */
async function catchUp(q: Queryable, now: Date): Promise<void> {
  const { rows } = await q.query<{ at: Date | null }>('select at from alert_names_read for update')
  const before = rows[0]?.at ?? null
  if (before !== null && now.getTime() - before.getTime() < fresh) return
  // Alerts are only ever written to incidents that are open.
  const open = await q.query<{ number: number }>("select number from incidents where status <> 'resolved'")
  const from = before === null ? new Date(0) : new Date(before.getTime() - overlap)
  const ended = await resolvedIn(q, { from, until: new Date(now.getTime() + overlap) })
  // The latest first: of what came before there is then nothing to write.
  const numbers = [...ended, ...open.rows.map(({ number }) => number)].sort((one, other) => other - one)
  await inSlices(numbers, async (slice) => (await q.query(noted, [slice])).rows)
  await q.query('update alert_names_read set at = $1', [now])
}

const noted = `insert into alert_names as known (name, last_at)
    select name, max(starts_at) from (select ${nameIn('labels')} as name, starts_at from alerts where incident = any ($1::bigint[])) as a
     where name is not null group by name
    on conflict (name) do update set last_at = excluded.last_at where known.last_at < excluded.last_at`
