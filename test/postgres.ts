// One PostgreSQL for the whole run, with a migrated database every test gets its own copy of.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { makeLog } from '../src/log.ts'
import { connect } from '../src/store/db.ts'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of any database of the run's server, and the prefix of the names of all that the run makes. */
    postgres: { url: string; prefix: string }
  }
}

const log = makeLog({ level: 'silent', file: null })

/**
 * Uses the server at DATABASE_URL_FOR_TESTS (its user must be allowed to create databases) when that is set, else starts
 * an embedded one in a temporary folder.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL_FOR_TESTS
  const server = given ? { url: given, stop: async () => {} } : await temporary()
  const prefix = `tocsin_test_${randomBytes(4).toString('hex')}`
  const admin = connect(server.url, { max: 2 })
  const template = new URL(server.url)
  template.pathname = `/${prefix}_template`
  await admin.query(`create database ${prefix}_template encoding 'UTF8' template template0`)
  await migrate(template.href, log)
  project.provide('postgres', { url: server.url, prefix })
  return async () => {
    const { rows } = await admin.query<{ datname: string }>('select datname from pg_database where datname like $1', [
      `${prefix}%`,
    ])
    if (given) for (const { datname } of rows) await admin.query(`drop database ${datname} with (force)`)
    await admin.end()
    await server.stop()
  }
}

/** Linux's folder in memory; none elsewhere, and small in some containers. */
const memory = '/dev/shm'
/** Bytes; of which a whole run takes a third. */
const enough = 1.5 * 2 ** 30

/** A database is 550 files, and each test has its own: what they cost on a disk is most of what PostgreSQL does here. */
async function place(): Promise<string> {
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= enough ? memory : tmpdir()
}

async function temporary(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(await place(), 'tocsin-test-'))
  await chmod(folder, 0o711)
  // A run that is killed cannot tidy up: this one does, when the pipe from it closes.
  const tidy = 'cat >/dev/null; kill -INT "$(head -n 1 "$0/postgres/postmaster.pid")"; sleep 3; rm -rf "$0"'
  const watch = spawn('/bin/sh', ['-c', tidy, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  watch.unref()
  // Nothing here has to outlive a power cut, or the hour.
  const settings = {
    ...{ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
    ...{ autovacuum: 'off', checkpoint_timeout: '1h', max_wal_size: '512MB', max_connections: '600' },
  }
  const server = await startEmbedded(folder, log, settings)
  return {
    url: server.url,
    stop: async () => {
      watch.kill('SIGKILL')
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
