// The embedded PostgreSQL as users run it (fsync on), in a folder of its own, with a database for each section.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeLog } from '../../src/log.ts'
import { connect, type Db } from '../../src/store/db.ts'
import { startEmbedded } from '../../src/store/embedded.ts'

export type Server = {
  /** What took PostgreSQL longest so far, and starts over; empty unless it was started with `statements`. */
  slowest(): Promise<string[]>
  fresh(name: string): Promise<{ url: string; db: Db }>
  stop(): Promise<void>
}

export async function startPostgres(statements: boolean): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
  await chmod(folder, 0o711)
  // Commit times tell when a decision could be seen, not when it was begun.
  const server = await startEmbedded(folder, makeLog({ level: 'silent', file: null }), {
    track_commit_timestamp: 'on',
    ...(statements ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
  })
  const admin = connect(server.url, { max: 1 })
  if (statements) await admin.query('create extension pg_stat_statements')
  const open: Db[] = []
  return {
    slowest: () => (statements ? slowestStatements(admin) : Promise.resolve([])),
    async fresh(name) {
      await admin.query(`create database bench_${name}`)
      const url = new URL(server.url)
      url.pathname = `/bench_${name}`
      const db = connect(url.href, { max: 3 })
      open.push(db)
      return { url: url.href, db }
    },
    async stop() {
      await Promise.all(open.map((db) => db.end()))
      await admin.end()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when nothing waits to be done any more. False: something still did after `milliseconds`. */
export async function settled(db: Db, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    if (!(await isBusy(db))) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

async function isBusy(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ busy: boolean }>(
    `select exists (select from graphile_worker._private_jobs)
         or exists (select from deliveries where wake_at is not null or holder is not null)
         or exists (select from pages where status in ('due', 'sending')) as busy`,
  )
  return rows[0]?.busy ?? true
}

async function slowestStatements(admin: Db): Promise<string[]> {
  const { rows } = await admin.query<{ line: string }>(
    `select format('%s %s ms in %s calls, %s ms each, wal %s kB: %s', replace(datname, 'bench_', ''), round(total_exec_time),
                   calls, round(mean_exec_time::numeric, 2), round(wal_bytes / 1024), left(regexp_replace(query, '\\s+', ' ', 'g'), 110)) as line
       from pg_stat_statements s join pg_database d on d.oid = s.dbid order by total_exec_time desc limit 24`,
  )
  await admin.query('select pg_stat_statements_reset()')
  return rows.map((row) => row.line)
}
