// tocsin start: the bot itself, from here until a signal or a failure ends it.
import { join } from 'node:path'
import type { Command } from 'commander'
import { type App, startApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { configWarnings } from '../config/warnings.ts'
import { UserError } from '../errors.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'

export function addStart(program: Command, add: Add): void {
  const help = 'start the bot (Ctrl-C stops it gracefully, a second one at once)'
  add(program, 'start', help, [], (options, around) => start(around, options.json === true))
}

async function start(around: Surroundings, json: boolean): Promise<Outcome> {
  // Before anything runs: a signal during the start must stop what has been started by then.
  const ending = untilToldToStop()
  const config = logAside(loadConfig(around.env, { cwd: around.cwd }), around)
  const app = await startApp(config, configWarnings(config), ending.died).catch((error: unknown) => {
    throw explained(error, config)
  })
  announce(app, config, around, json)
  const reason = await ending.told
  if (!json) around.out('\nStopping. What is under way is finished first; Ctrl-C again stops at once.\n')
  await app.stop()
  if (reason !== null) throw new UserError(`Tocsin ended: ${reason}`)
  return { lines: ['Stopped.'], data: { stopped: true } }
}

/** `told` resolves with null for a signal, or with why the bot cannot go on. A second signal ends the process at once. */
function untilToldToStop(): { told: Promise<string | null>; died(reason: string): void } {
  const { promise, resolve } = withResolver<string | null>()
  let signals = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      signals++
      if (signals > 1) process.exit(130)
      resolve(null)
    })
  }
  return { told: promise, died: resolve }
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

function announce(app: App, config: Config, around: Surroundings, json: boolean): void {
  if (json) {
    around.out(`${JSON.stringify({ url: app.url, log: config.log.file })}\n`)
    return
  }
  const log = config.log.file === null ? [] : ['', `  The log is in ${config.log.file}; Ctrl-C stops the bot.`]
  around.out(`\n${[...app.lines, ...log].join('\n')}\n\n`)
}

function explained(error: unknown, { server }: Config): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  const where = `port ${server.port} on ${server.host}`
  if (code === 'EADDRINUSE') {
    return new UserError(
      `Cannot listen: ${where} is taken, perhaps by another Tocsin. Stop that, or choose another: ` +
        `PORT=${server.port + 1} npm start`,
    )
  }
  if (code === 'EACCES')
    return new UserError(`Cannot listen: this user may not use ${where}. Choose another: PORT=8420 npm start`)
  if (code === 'EADDRNOTAVAIL') {
    return new UserError(`Cannot listen: ${server.host} is no address of this machine. Set HOST, e.g. HOST=127.0.0.1`)
  }
  return error
}
