// Whether the server that answers may lack what was committed last: one that took over may, one that was only restarted does not.
import type { Queryable } from './db.ts'

/**
 * `began`: tells it from others, and from itself before a restart. `recovered`: since then it followed another server, recovered from
 * a crash, or will not say. `place`: which database it is, on which of its timelines, and where; null: it does not say. `written`: how
 * far that timeline was written, in bytes.
 */
export type Server = { began: string; recovered: boolean; place: { name: string; written: number } | null }

/** SQLSTATEs of what a managed service refuses or lacks, and of a standby. */
const unsaid = ['42501', '42883', '0A000', '55000']

/** Rejects when nobody answers; then nothing is known. */
export async function serverNow(q: Queryable): Promise<Server> {
  const { rows } = await q.query<{ began: string }>('select pg_postmaster_start_time()::text as began')
  const recovered = await orUnsaid(
    q.query<{ is: boolean }>('select pg_last_wal_replay_lsn() is not null as is').then((found) => found.rows[0]?.is),
  )
  const place = await orUnsaid(
    q
      .query<{ name: string; written: number; syncs: boolean }>(
        `select concat_ws(' ', (select system_identifier from pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8),
                          inet_server_addr(), inet_server_port()) as name,
                (pg_current_wal_lsn() - '0/0')::bigint as written, current_setting('fsync') = 'on' as syncs`,
      )
      .then(({ rows: [row] }) => (row?.syncs ? { name: row.name, written: row.written } : null)),
  )
  return { began: rows[0]?.began ?? '', recovered: recovered ?? true, place: place ?? null }
}

async function orUnsaid<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (unsaid.includes((error as { code?: string }).code ?? '')) return null
    throw error
  }
}

/**
 * Whether `now` surely has all that was committed on `before`: the same server, shut down in order and started again. A standby that
 * is promoted, and a backup that is recovered up to some moment, begin another timeline; the files of an older backup are behind what was
 * seen written. After a crash commits may be missing where synchronous_commit or fsync was off for them, and with fsync off even
 * after an orderly end, when the machine went down with it: so neither is believed.
 */
export function isRestarted(before: Server | null, now: Server): boolean {
  if (before?.place == null || now.place === null || now.recovered) return false
  return now.place.name === before.place.name && now.place.written >= before.place.written
}
