// The PostgreSQL that comes with Tocsin, so that a first start needs nothing else: started, watched and stopped here.
import { rename, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { reasonOf, UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { type Claim, claim } from './embedded/claim.ts'
import { ensureCluster, freePort, lastWords, launch, type Server } from './embedded/cluster.ts'
import { type Home, settle } from './embedded/home.ts'
import { gone, runningOn } from './embedded/postmaster.ts'
import { type Programs, programsFor } from './embedded/programs.ts'

export type Embedded = {
  url: string
  /** PostgreSQL writes everything down and ends; a few hundred milliseconds. */
  stop(): Promise<void>
  /** What a person should know about where the data is. */
  note: string | null
}

/** After a crash of PostgreSQL, parts of it may hold on to its memory for a while; so long a start is tried again. */
const patience = 60_000
/** Reading the log back after a crash; as long as PostgreSQL says it is at it, it is left alone. */
const recoveryPatience = 600_000
/** Of a bot that was killed a moment ago PostgreSQL still holds the lock; so long it is waited for. */
const noticing = 3_000

/**
 * Starts PostgreSQL on `dataFolder`, makes its files first if need be, and starts it again whenever it dies.
 * Throws, with what to do about it, when another bot uses the folder, or the files cannot be used.
 */
export async function startEmbedded(
  dataFolder: string,
  log: Log,
  settings: Record<string, string> = {},
): Promise<Embedded> {
  const home = await settle(dataFolder)
  const ours = await claim(home.data)
  if ('taken' in ours) throw new InUse(home, ours.taken)
  try {
    const programs = await programsFor(home.account, home.spare)
    await ensureCluster(home, programs, settings)
    await trimLog(home)
    const keeper = new Keeper(home, programs, log, settings)
    await demandOurs(ours, home)
    await keeper.start()
    const stop = () => keeper.stop().finally(ours.end)
    return { url: urlOf(home, keeper.port, 'tocsin'), stop, note: home.note }
  } catch (error) {
    await ours.end()
    throw error
  }
}

/** Of two that start at one moment the later has the folder. */
async function demandOurs(ours: Claim, home: Home): Promise<void> {
  if (!(await ours.isOurs())) throw new InUse(home, 'another process')
}

/** Where the PostgreSQL of a running bot listens; null: none runs on this folder. */
export async function findEmbedded(dataFolder: string): Promise<string | null> {
  const home = await settle(dataFolder)
  const running = await runningOn(home.data)
  return running?.ready ? urlOf(home, running.port, 'tocsin') : null
}

/** Holds the one PostgreSQL process, and the lock that makes this bot its only holder. */
class Keeper {
  port = 0
  readonly #home: Home
  readonly #programs: Programs
  readonly #log: Log
  readonly #settings: Record<string, string>
  #server: Server | null = null
  #holder: pg.Client | null = null
  #stopping = false

  constructor(home: Home, programs: Programs, log: Log, settings: Record<string, string>) {
    this.#home = home
    this.#programs = programs
    this.#log = log
    this.#settings = settings
  }

  async start(): Promise<void> {
    const deadline = performance.now() + patience
    for (;;) {
      const other = await runningOn(this.#home.data)
      try {
        if (other === null) await this.#launch(this.port || null)
        else if (other.pid === this.#server?.child.pid) return
        else await this.#takeOver(other)
      } catch (error) {
        if (error instanceof InUse || performance.now() > deadline) throw error
        this.#log.warn({ reason: reasonOf(error) }, 'embedded PostgreSQL did not start; trying again')
        await wait(250)
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#holder?.end().catch(() => {})
    const server = this.#server
    if (server === null) return
    await end(server.child.pid ?? 0, this.#home.data)
    await server.exited
  }

  /** One PostgreSQL runs already: another bot's, or left behind by one that was killed. */
  async #takeOver({ pid, port }: { pid: number; port: number }): Promise<void> {
    const holder = await this.#hold(port)
    this.#log.info({ pid }, 'embedded PostgreSQL was left running by a bot that was killed; restarting it')
    await holder.end().catch(() => {})
    await end(pid, this.#home.data)
  }

  async #launch(keptPort: number | null): Promise<void> {
    const port = keptPort ?? (await freePort(this.#home.port))
    const server = await launch(this.#home, this.#programs, port, this.#settings)
    let ended: string | null = null
    server.exited.then((how) => {
      ended = how
    })
    for (const deadline = performance.now() + recoveryPatience; ; await wait(30)) {
      if (ended !== null) throw new Error(`PostgreSQL ended at once (${ended}): ${await lastWords(this.#home)}`)
      if (performance.now() > deadline) throw new Error('PostgreSQL is still recovering after 10 minutes')
      const running = await runningOn(this.#home.data)
      if (running?.pid === server.child.pid && running?.ready) break
    }
    this.#holder = await this.#hold(port)
    await ensureDatabase(this.#holder)
    this.#server = server
    this.port = port
    if (port !== this.#home.port) await this.#home.rememberPort(port)
    server.exited.then((how) => this.#restart(server, how))
  }

  async #restart(server: Server, how: string): Promise<void> {
    if (this.#stopping || this.#server !== server) return
    this.#server = null
    this.#log.error({ how }, 'embedded PostgreSQL ended unexpectedly; starting it again')
    while (!this.#stopping && this.#server === null) {
      await this.start().catch((error) => this.#log.error({ reason: reasonOf(error) }, 'embedded PostgreSQL is down'))
    }
    if (this.#stopping) await this.stop()
    else this.#log.info('embedded PostgreSQL is back')
  }

  /** A lock that ends with the process that holds it, however that ends. */
  async #hold(port: number): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: urlOf(this.#home, port, 'postgres'),
      application_name: `tocsin ${process.pid}`,
      connectionTimeoutMillis: 10_000,
    })
    client.on('error', () => {})
    await client.connect()
    for (const deadline = performance.now() + noticing; performance.now() < deadline; await wait(30)) {
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(8420) as held')
      if (rows[0]?.held) return client
    }
    const other = await client.query<{ application_name: string }>(
      "select application_name from pg_stat_activity join pg_locks using (pid) where locktype = 'advisory' and objid = 8420",
    )
    await client.end()
    throw new InUse(this.#home, other.rows[0]?.application_name.replace('tocsin', 'process') ?? 'another process')
  }
}

class InUse extends UserError {
  constructor(home: Home, who: string) {
    super(
      `Another Tocsin (${who}) already uses the database in ${home.data}. Stop it first, ` +
        'or set TOCSIN_DATA to another folder (and PORT to another port) to run a second one.',
    )
  }
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query("select from pg_database where datname = 'tocsin'")
  if (rows.length === 0) await client.query('create database tocsin')
}

/** Asks for a fast shutdown: sessions are ended, everything is written. Insists when that takes too long. */
async function end(pid: number, data: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
      throw error
    }
    if (await gone(pid, data, 20_000)) return
  }
}

async function trimLog(home: Home): Promise<void> {
  const size = await stat(home.logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > 10_000_000) await rename(home.logFile, `${home.logFile}.1`)
}

/** Said, because the driver else goes by PGSSLMODE, which is about another server. */
const withoutTls = '?sslmode=disable'

function urlOf(home: Home, port: number, database: string): string {
  return `postgres://tocsin:${home.password}@127.0.0.1:${port}/${database}${withoutTls}`
}
