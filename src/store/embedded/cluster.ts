// Makes the database's files on the first start, and starts and stops the one PostgreSQL process on them.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { as, ownerOf } from './account.ts'
import { giveTo, type Home } from './home.ts'
import { isAlive } from './postmaster.ts'
import type { Programs } from './programs.ts'

const run = promisify(execFile)

/**
 * The thousand files of a database are brought to the disk together, when they are made and after a crash: one after the other, they took a
 * disk that needs 200 ms for each more than three minutes. https://www.postgresql.org/docs/current/app-initdb.html
 */
const syncMethod = process.platform === 'linux' ? 'syncfs' : 'fsync'

/** Small: one team's incidents fit in memory many times over. Everything not named is PostgreSQL's own default. */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // No socket file: paths below deep folders are too long for one, and /tmp is everybody's.
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Failed statements are the bot's to log; their text may hold what people wrote.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  recovery_init_sync_method: syncMethod,
}

// Nothing of our own environment reaches PostgreSQL: PGDATA, PGPORT and LC_* would change what it does.
const env = process.platform === 'win32' ? undefined : { LC_ALL: 'C', TZ: 'UTC' }

/** True when the files were made just now. Throws when they are another major version's, or somebody else's. */
export async function ensureCluster(home: Home, programs: Programs, extra: Record<string, string>): Promise<boolean> {
  const found = await readFile(join(home.data, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new Error(
      `Cannot read the database in ${home.data} (${error.code}): it belongs to another user. Start Tocsin as that ` +
        'user (or as root), or set TOCSIN_DATA to a folder of your own.',
    )
  })
  if (found === null) {
    await initialise(home, programs, extra)
    return true
  }
  if (found.trim() !== programs.major) {
    throw new Error(
      `The database in ${home.data} was made by PostgreSQL ${found.trim()}; this Tocsin brings PostgreSQL ` +
        `${programs.major}, which cannot read it. Dump it with pg_dump ${found.trim()} and load it into a new one, or ` +
        'set TOCSIN_DATA to another folder to start empty.',
    )
  }
  // A checkout that was handed over with chown -R, or copied by root.
  const { account } = home
  if (account !== null && (await stat(home.data)).uid === 0)
    await run('chown', ['-R', `${account.uid}:${account.gid}`, home.data])
  return false
}

async function initialise(home: Home, programs: Programs, extra: Record<string, string>): Promise<void> {
  // Made aside and renamed: initdb that was killed leaves files that look like a database and are none.
  const aside = `${home.data}.${process.pid}`
  const passwordFile = `${aside}.password`
  await rm(aside, leftover)
  await mkdir(aside, { mode: 0o700 })
  await writeFile(passwordFile, home.password, { mode: 0o600 })
  await giveTo(home.account, aside, passwordFile)
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  // Many rounds make words of people hard to guess. These are 24 bytes of chance, and each connection would pay for the rounds.
  const password = [`--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--set=scram_iterations=1']
  const access = ['--username=tocsin', ...password]
  const sync = extra.fsync === 'off' ? '--no-sync' : `--sync-method=${syncMethod}`
  try {
    await run(programs.initdb, ['-D', aside, ...locale, ...access, sync], { ...as(home.account), env })
    await rename(aside, home.data).catch((error: NodeJS.ErrnoException) => {
      // Somebody who started at the same moment was first; who may use it is decided by the lock.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    await removeLeftovers(home)
  } catch (cause) {
    throw initialisingFailed(home, cause as Error & { stderr?: string })
  } finally {
    await rm(passwordFile, { force: true })
    await rm(aside, leftover)
  }
}

function initialisingFailed(home: Home, cause: Error & { stderr?: string }): Error {
  const why = cause.stderr?.trim() || cause.message
  const way = why.includes('user ID')
    ? 'PostgreSQL needs a user with a name: add this one to /etc/passwd, or set DATABASE_URL.'
    : 'Set DATABASE_URL to use a PostgreSQL of your own.'
  return new Error(`The embedded PostgreSQL could not make its files in ${home.data}: ${why}. ${way}`, { cause })
}

// An initdb whose bot was killed may still be writing while its folder is removed.
const leftover = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }

/** What first starts that were killed left aside. */
async function removeLeftovers(home: Home): Promise<void> {
  for (const name of await readdir(dirname(home.data))) {
    const pid = Number(/^postgres\.(\d+)(\.password)?$/.exec(name)?.[1])
    if (pid > 0 && pid !== process.pid && !isAlive(pid)) await rm(join(dirname(home.data), name), leftover)
  }
}

export type Server = { child: ChildProcess; port: number; exited: Promise<string> }

/** Starts the process; it may still be recovering. `exited` resolves with how it ended. */
export async function launch(
  home: Home,
  programs: Programs,
  port: number,
  extra: Record<string, string>,
): Promise<Server> {
  const args = Object.entries({ ...settings, ...extra, port: String(port) }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
  const log = await open(home.logFile, 'a', 0o600)
  await giveTo(await ownerOf(dirname(home.logFile)), home.logFile)
  try {
    // A session of its own: Ctrl-C in the terminal reaches the bot only, which stops PostgreSQL last.
    const child = spawn(programs.postgres, ['-D', home.data, ...args], {
      ...as(home.account),
      env,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
    })
    child.unref()
    return { child, port, exited }
  } finally {
    await log.close()
  }
}

/** The wanted port if it is free, else any that is. */
export async function freePort(wanted: number | null): Promise<number> {
  const attempt = (port: number) =>
    new Promise<number | null>((resolve, reject) => {
      const server = createServer()
      server.once('error', (error) => (port === 0 ? reject(error) : resolve(null)))
      server.listen(port, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null))
      })
    })
  const port = (wanted === null ? null : await attempt(wanted)) ?? (await attempt(0))
  if (port === null) throw new Error('no free port on 127.0.0.1 for the embedded PostgreSQL')
  return port
}

/** The end of PostgreSQL's own log, for messages about a start that failed. */
export async function lastWords(home: Home): Promise<string> {
  const text = await readFile(home.logFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-5).join('\n')
}
