// What the bot says of itself when it starts: where it is, what it has, what to do next.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { Bot } from './bot.ts'
import type { Config } from './config/config.ts'
import { packageRoot } from './config/load.ts'
import { quickstartToken } from './config/weak.ts'
import type { Log } from './log.ts'
import type { Database } from './worker/database.ts'

export function version(): string {
  const { version: text } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }
  return text
}

/**
 * With PORT=0 any free port is taken, before anything is told an address that has it in. It is kept, as until the bot listens somebody
 * else's connection could be given it, until `letGo` is called.
 */
export async function withPort(config: Config): Promise<{ config: Config; letGo: () => Promise<void> }> {
  if (config.server.port !== 0) return { config, letGo: async () => {} }
  const keeper = createServer((socket) => socket.destroy()).unref()
  await once(keeper.listen(0, config.server.host), 'listening')
  const { port } = keeper.address() as AddressInfo
  const filled = (url: string) => url.replace(/:0(?=\/|$)/, `:${port}`)
  const { prometheus, server } = config
  return {
    config: {
      ...config,
      prometheus: { ...prometheus, url: prometheus.url && filled(prometheus.url) },
      server: { ...server, port, publicUrl: filled(server.publicUrl) },
    },
    letGo: () => new Promise((resolve) => keeper.close(() => resolve())),
  }
}

/** Where this process itself listens; people may reach it by another address. */
export function addressOf({ server: { host, port } }: Config): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** In a container nobody reads the greeting: what it notes must be in the log as well. */
export function logStart(log: Log, { place, note }: Database, notes: string[]): void {
  log.info({ version: version(), database: place }, 'on watch')
  for (const one of note === null ? notes : [note, ...notes]) log.warn({ note: one }, 'noted at the start')
}

export function greeting(bot: Bot, database: Database, url: string, warnings: string[]): string[] {
  const { config } = bot
  const { publicUrl } = config.server
  const chats = bot.platforms.map((platform) => platform.name).join(', ')
  const addresses = Object.keys(config.sources).map((name) => `POST ${url}/alerts/${name}`)
  const samples = Object.values(config.sources).some((source) => source.token === quickstartToken)
  const next = samples
    ? `open ${publicUrl} and press “Send a sample alert”, or run: npm run alert`
    : `open ${publicUrl}, and have an alert sent to one of the addresses above`
  return [
    `Tocsin ${version()} is on watch for ${config.team}.`,
    '',
    `  Console    ${publicUrl}`,
    `  Chat       ${chats}`,
    `  Alerts     ${addresses.join('\n             ') || 'none (add sources: to tocsin.yaml)'}`,
    `  Metrics    ${metrics(config)}`,
    `  Database   ${database.place}`,
    ...(database.note === null ? [] : [`             ${database.note}`]),
    `  Runbooks   ${bot.runbooks.length}`,
    ...warnings.map((warning) => `  Note       ${warning}`),
    '',
    `  Next: ${next}`,
  ]
}

function metrics({ prometheus: { url } }: Config): string {
  if (url === null) return 'none (set PROMETHEUS_URL to have charts)'
  if (url.endsWith('/sample/prometheus')) return 'sample data (set PROMETHEUS_URL to have your own)'
  const { protocol, host, pathname } = new URL(url)
  return `Prometheus at ${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
