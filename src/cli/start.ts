// tocsin start: the bot itself, from here until a signal or a failure ends it.
import { join } from 'node:path'
import type { Command } from 'commander'
import type { App } from '../app.ts'
import { systemClock, within } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { configWarnings } from '../config/warnings.ts'
import { reasonOf, UserError } from '../errors.ts'
import { noConnectionLeft } from '../store/problems.ts'
import { connectionsOfACopy } from '../store/room.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'

export function addStart(program: Command, add: Add): void {
  const help = 'start the bot (Ctrl-C stops it gracefully, a second one at once)'
  add(program, 'start', help, [], (options, around) => start(around, options.json === true))
}

/** Milliseconds in which signals are one wish to stop: npm passes a Ctrl-C on that the terminal has sent to us already. */
const echo = 1_000

/** Milliseconds after which a bot counts as at work: a chat that hangs may keep it starting for hours, and it pages over others meanwhile. */
const longestStart = 10_000

async function start(around: Surroundings, json: boolean): Promise<Outcome> {
  // Before anything runs: a signal during the start must stop what has been started by then.
  const ending = untilToldToStop(around)
  const config = logAside(loadConfig(around.env, { cwd: around.cwd }), around)
  // With a database elsewhere nothing has to be stopped yet, and the wait for it may be long.
  ending.mayLeave(config.database.url !== null)
  if (around.isTerminal && !json) around.out(`\n${opening(config)}\n`)
  const { startApp } = await import('../app.ts')
  const starting = startApp(config, configWarnings(config), ending.died)
  void within(longestStart, starting)
    .catch(() => {})
    .finally(around.atWork)
  const app = await starting.catch((error: unknown) => {
    throw explained(error, config)
  })
  ending.mayLeave(false)
  announce(app, config, around, json)
  const reason = await ending.told
  // The terminal may be gone by now: whoever closed it does not read this.
  if (!json) around.out('\nStopping. What is under way is finished first; Ctrl-C again stops at once.\n')
  await app.stop()
  if (reason !== null) throw new UserError(`Tocsin ended: ${reason}`)
  return { lines: ['Stopped.'], data: { stopped: true } }
}

type Ending = {
  /** Resolves with null for a signal, or with why the bot cannot go on. */
  told: Promise<string | null>
  died(reason: string): void
  /** Whether a first signal may end the process at once. */
  mayLeave(now: boolean): void
}

/** A second signal, meant as one, ends the process at once. A terminal that is closed is told like a Ctrl-C. */
function untilToldToStop({ isTerminal }: Surroundings): Ending {
  const { promise, resolve } = withResolver<string | null>()
  let first: number | null = null
  let leave = false
  const stop = () => {
    const at = systemClock.now().getTime()
    if (leave) process.exit(0)
    if (first !== null && Math.abs(at - first) > echo) process.exit(130)
    first ??= at
    resolve(null)
  }
  // Without a terminal SIGHUP is left alone: nohup has it ignored, and a handler would undo that.
  for (const signal of ['SIGINT', 'SIGTERM', ...(isTerminal ? (['SIGHUP'] as const) : [])] as const) {
    process.on(signal, stop)
  }
  return {
    told: promise,
    died: resolve,
    mayLeave: (now) => {
      leave = now
    },
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((resolved) => {
    resolve = resolved
  })
  return { promise, resolve }
}

/** On a terminal the JSON log would bury what a person has to read: it goes to a file next to the database. */
function logAside(config: Config, { isTerminal }: Surroundings): Config {
  if (!isTerminal || config.log.file !== null) return config
  return { ...config, log: { ...config.log, file: join(config.database.dataFolder, 'tocsin.log') } }
}

/** Until the database answers there may be nothing else to read. */
function opening({ database, log }: Config): string {
  const where = database.url === null ? 'its own PostgreSQL' : 'the PostgreSQL of DATABASE_URL'
  return `Starting, with ${where}.${log.file === null ? '' : ` What happens is written to ${log.file}`}`
}

function announce(app: App, config: Config, around: Surroundings, json: boolean): void {
  if (json) {
    around.out(`${JSON.stringify({ url: app.url, log: config.log.file })}\n`)
    return
  }
  const log = config.log.file === null ? [] : ['', `  The log is in ${config.log.file}; Ctrl-C stops the bot.`]
  around.out(`\n${[...app.lines, ...log].join('\n')}\n\n`)
}

function explained(error: unknown, { server }: Config): unknown {
  const { code, syscall } = (typeof error === 'object' && error !== null ? error : {}) as NodeJS.ErrnoException
  const where = `port ${server.port} on ${server.host}`
  if (code === 'EADDRINUSE') {
    return new UserError(
      `Cannot listen: ${where} is taken, perhaps by another Tocsin. Stop that, or choose another: ` +
        `PORT=${server.port + 1} npm start`,
    )
  }
  // Files are refused with the same code.
  if (code === 'EACCES' && syscall === 'listen')
    return new UserError(`Cannot listen: this user may not use ${where}. Choose another: PORT=8420 npm start`)
  if (code === 'EADDRNOTAVAIL') {
    return new UserError(`Cannot listen: ${server.host} is no address of this machine. Set HOST, e.g. HOST=127.0.0.1`)
  }
  if (code === noConnectionLeft) {
    return new UserError(
      `PostgreSQL has no connection left for Tocsin: ${reasonOf(error)}. A copy of it takes up to ${connectionsOfACopy}; raise ` +
        'max_connections, or the limit of the role or database',
    )
  }
  return error
}
