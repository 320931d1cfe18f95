// Brings a database to the shape this code expects: our own migrations and those of the job queue, forward only.
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Logger, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import type { Log } from '../log.ts'
import { connect, type Db } from './db.ts'
import { demandRights, type Place, placeOf } from './place.ts'
import { demandSessions } from './pooler.ts'
import { isInTheWay } from './problems.ts'

/** Shared by every replica; one migrates, the others wait and find nothing left to do. */
const lock = 8420_0001
const oldest = 14

/**
 * Applies what is missing, in one transaction, and returns the names. Safe to call from many processes at once. Throws when the
 * database is older than PostgreSQL 14, not UTF-8, newer than this code, not ours alone, or behind a pooler that has no sessions.
 */
export async function migrate(database: string | Db, log: Log, attempts = mostAttempts): Promise<string[]> {
  if (typeof database !== 'string') return migratePool(database.pool, log, attempts)
  const db = connect(database, { max: 2, mustWrite: true })
  try {
    await demandSessions(db)
    return await migratePool(db.pool, log, attempts)
  } finally {
    await db.end()
  }
}

async function migratePool(pool: pg.Pool, log: Log, attempts: number): Promise<string[]> {
  const client = await pool.connect()
  try {
    const folder = await migrationsFolder()
    const known = await names(folder)
    await takeTurn(client, log)
    const place = await placeOf(client)
    const before = await appliedTo(client, place)
    const problem = refusal(await serverOf(client), before, known)
    if (problem !== null) throw new Error(problem)
    if (before.length < known.length || !place.rights.hasQueue) demandRights(place)
    const applied = before.length === known.length ? [] : await apply(client, { place, folder, attempts }, log)
    await runMigrations({ pgPool: pool, logger: new Logger(() => (level, text) => log[graphileLevel(level)](text)) })
    return applied
  } finally {
    // Ends the session, and with it the lock, whatever state it is in.
    client.release(true)
  }
}

async function takeTurn(client: pg.PoolClient, log: Log): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [lock])
  if (rows[0]?.taken) return
  log.info('another copy of Tocsin brings the database up to date; waiting for it')
  await client.query('select pg_advisory_lock($1)', [lock])
}

/**
 * The version before goes on working meanwhile. A table it uses is waited for less long than PostgreSQL takes to call two that
 * wait for each other a deadlock: it is the migration that steps back and tries again, never an alert that is refused.
 */
const longestWait = '500ms'
const mostAttempts = 120

type Plan = { place: Place; folder: string; attempts: number }

async function apply(client: pg.PoolClient, { place, folder, attempts }: Plan, log: Log): Promise<string[]> {
  await client.query(`set lock_timeout = '${longestWait}'`)
  for (let attempt = 1; ; attempt++) {
    try {
      return await applyOnce(client, place, folder, log)
    } catch (error) {
      if (!isInTheWay(error)) throw error
      if (attempt >= attempts) throw await inUse(client, error)
      log.warn({ attempt }, 'the database is busy; its migration steps back and is tried again')
      await client.query('select pg_sleep(0.5)')
    }
  }
}

/** Whose transaction has been open longest is told where this role may see it: a dump keeps all tables for as long as it takes. */
async function inUse(client: pg.PoolClient, cause: unknown): Promise<Error> {
  const { rows } = await client.query<{ pid: number; program: string; since: Date }>(`
    select pid, coalesce(nullif(application_name, ''), usename, backend_type) as program, xact_start as since from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null order by xact_start limit 1`)
  const [oldest] = rows
  const whose = oldest
    ? `The oldest transaction is that of ${oldest.program}, since ${oldest.since.toISOString()}: let it end, or end it with ` +
      `select pg_terminate_backend(${oldest.pid})`
    : 'Look for it in pg_stat_activity'
  return new Error(
    'others keep its tables in use, such as a dump or a transaction that somebody left open. ' +
      `${whose}; then start again. Copies of the version before go on meanwhile`,
    { cause },
  )
}

async function applyOnce(client: pg.PoolClient, place: Place, folder: string, log: Log): Promise<string[]> {
  // Loaded when there is something to apply, which is once a release: it would stay in memory.
  const { runner } = await import('node-pg-migrate')
  const applied = await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migrations',
    migrationsSchema: place.schema,
    // The order was checked by name: a server whose clock was set back must not stop the start.
    checkOrder: false,
    noLock: true,
    singleTransaction: true,
    logger: { debug: () => {}, info: () => {}, warn: (text) => log.debug(text), error: (text) => log.debug(text) },
  })
  for (const { name } of applied) log.info({ migration: name }, 'database migrated')
  return applied.map(({ name }) => name)
}

type Server = { version: string; number: number; encoding: string }

/** Why this code must not touch a database, with what to do; null when it may. What was applied must begin what is known. */
export function refusal(server: Server, applied: string[], known: string[]): string | null {
  if (server.number < oldest * 10_000) {
    return `The database is PostgreSQL ${server.version}; Tocsin needs ${oldest} or newer.`
  }
  if (server.encoding !== 'UTF8') {
    return `The database is encoded in ${server.encoding}; Tocsin needs UTF8: create it with encoding 'UTF8'.`
  }
  const strange = applied.find((name) => !known.includes(name))
  if (strange !== undefined) {
    return (
      `The database is newer than this Tocsin: it has the migration ${strange}, which this version does not know. ` +
      'Start the newer version, or restore a backup made by this one.'
    )
  }
  const at = applied.findIndex((name, i) => known[i] !== name)
  if (at < 0) return null
  return `The migration ${known[at]} was never applied, but the later ${applied[at]} was: number it after ${applied.at(-1)}.`
}

async function serverOf(client: pg.PoolClient): Promise<Server> {
  const { rows } = await client.query<Server>(`select current_setting('server_version') as version,
    current_setting('server_version_num')::int as number, current_setting('server_encoding') as encoding`)
  const [server] = rows
  if (server === undefined) throw new Error('the database did not say which version it is')
  return server
}

async function appliedTo(client: pg.PoolClient, { schema, isBegun }: Place): Promise<string[]> {
  if (!isBegun) return []
  const { rows } = await client.query<{ name: string }>(
    `select name from ${client.escapeIdentifier(schema)}.migrations order by name collate "C"`,
  )
  return rows.map(({ name }) => name)
}

/** `<package>/migrations`, from src/ and from dist/src/ alike. */
async function migrationsFolder(): Promise<string> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const inside = await readdir(folder)
    if (inside.includes('package.json') && inside.includes('migrations')) return join(folder, 'migrations')
    if (folder === dirname(folder))
      throw new Error('the folder migrations/ is missing from this installation of Tocsin')
  }
}

async function names(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).sort()
  const wrong = files.filter((file) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(file))
  if (wrong.length > 0) throw new Error(`migrations/ holds ${wrong.join(', ')}: call migrations 0001_what_it_does.sql`)
  return files.map((file) => file.slice(0, -'.sql'.length))
}

function graphileLevel(level: string): 'error' | 'warn' | 'debug' {
  return level === 'error' ? 'error' : level === 'warning' ? 'warn' : 'debug'
}
