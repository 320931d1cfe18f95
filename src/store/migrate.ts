// Brings a database to the shape this code expects: our own migrations and those of the job queue, forward only.
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Logger, runMigrations } from 'graphile-worker'
import { runner } from 'node-pg-migrate'
import type pg from 'pg'
import type { Log } from '../log.ts'
import { connect, type Db } from './db.ts'

/** Shared by every replica; one migrates, the others wait and find nothing left to do. */
const lock = 8420_0001
const oldest = 14

/**
 * Applies what is missing, in one transaction, and returns the names. Safe to call from many processes at once.
 * Throws when the database is older than PostgreSQL 14, not UTF-8, or newer than this code.
 */
export async function migrate(database: string | Db, log: Log): Promise<string[]> {
  if (typeof database !== 'string') return migratePool(database.pool, log)
  const db = connect(database, { max: 2 })
  try {
    return await migratePool(db.pool, log)
  } finally {
    await db.end()
  }
}

async function migratePool(pool: pg.Pool, log: Log): Promise<string[]> {
  const client = await pool.connect()
  try {
    await checkServer(client)
    await client.query('select pg_advisory_lock($1)', [lock])
    const applied = await apply(client, log)
    await runMigrations({ pgPool: pool, logger: new Logger(() => (level, text) => log[graphileLevel(level)](text)) })
    return applied
  } finally {
    // Ends the session, and with it the lock, whatever state it is in.
    client.release(true)
  }
}

async function apply(client: pg.PoolClient, log: Log): Promise<string[]> {
  const folder = await migrationsFolder()
  await checkNames(client, await names(folder))
  const applied = await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migrations',
    // The order was checked above, by name: a server whose clock was set back must not stop the start.
    checkOrder: false,
    noLock: true,
    singleTransaction: true,
    logger: { debug: () => {}, info: () => {}, warn: (text) => log.warn(text), error: (text) => log.error(text) },
  })
  for (const { name } of applied) log.info({ migration: name }, 'database migrated')
  return applied.map(({ name }) => name)
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

/** What was applied must be the beginning of what we know. */
async function checkNames(client: pg.PoolClient, known: string[]): Promise<void> {
  const { rows } = await client.query<{ table: string | null }>("select to_regclass('migrations')::text as table")
  if (rows[0]?.table == null) return
  const applied = await client.query<{ name: string }>('select name from migrations order by name')
  for (const [i, { name }] of applied.rows.entries()) {
    if (!known.includes(name)) {
      throw new Error(
        `The database is newer than this Tocsin: it has the migration ${name}, which this version does not know. ` +
          'Start the newer version, or restore a backup made by this one.',
      )
    }
    if (known[i] !== name) {
      throw new Error(
        `The migration ${known[i]} was never applied, but the later ${name} was: number it after ${name}.`,
      )
    }
  }
}

async function checkServer(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number; encoding: string }>(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number, current_setting('server_encoding') as encoding",
  )
  const [server] = rows
  if (server === undefined) throw new Error('the database did not say which version it is')
  if (server.number < oldest * 10_000) {
    throw new Error(`The database is PostgreSQL ${server.version}; Tocsin needs ${oldest} or newer.`)
  }
  if (server.encoding !== 'UTF8') {
    throw new Error(`The database is encoded in ${server.encoding}; Tocsin needs UTF8: create it with encoding 'UTF8'.`)
  }
}

function graphileLevel(level: string): 'error' | 'warn' | 'debug' {
  return level === 'error' ? 'error' : level === 'warning' ? 'warn' : 'debug'
}
