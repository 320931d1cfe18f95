// Talks to the running bot over its own HTTP API, for the commands that ask it something.
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { PermanentError, TransientError, UserError } from '../errors.ts'
import { type Outbound, outbound } from '../outbound.ts'
import type { Surroundings } from './outcome.ts'

export type RunningBot = {
  config: Config
  /** How it is reached from here, without a slash at the end. */
  url: string
  http: Outbound
}

/** `url` undefined: where the configuration says the bot listens. */
export function runningBot(around: Surroundings, url: string | undefined): RunningBot {
  const config = loadConfig(around.env, { cwd: around.cwd })
  const base = (url ?? listeningAt(config)).replace(/\/+$/, '')
  const headers: Record<string, string> =
    config.accessToken === null ? {} : { authorization: `Bearer ${config.accessToken}` }
  return { config, url: base, http: outbound({ name: 'Tocsin', baseUrl: base, timeout: 10_000, headers }) }
}

/** Whoever asks is on the same machine: an address that stands for all of them is reached over loopback. */
function listeningAt({ server }: Config): string {
  const host = ['0.0.0.0', '::', ''].includes(server.host) ? '127.0.0.1' : server.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`
}

/** The answer, or a UserError that says how to have a bot that answers. */
export async function ask<T>(request: Promise<{ data: T }>): Promise<T> {
  try {
    return (await request).data
  } catch (error) {
    // The API's own words are for those who call it; here the variable is what helps.
    if (error instanceof PermanentError && error.message.includes('send the access token')) {
      throw new UserError('Tocsin wants its access token: set TOCSIN_ACCESS_TOKEN to the one the bot was started with')
    }
    if (!(error instanceof TransientError)) throw error
    throw new UserError(`${error.message}. Is it running? Start it with: npm start (or name it with --url)`)
  }
}
