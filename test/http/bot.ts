// A server on loopback with everything real that it owns, and the rest of the bot as small recorded functions.
import type { FastifyInstance } from 'fastify'
import type { Bot } from '../../src/bot.ts'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { ConsolePlatform } from '../../src/chat/console/platform.ts'
import type { Dispatch, Utterance } from '../../src/chat/platform.ts'
import { ManualClock, systemClock } from '../../src/clock.ts'
import type { Config } from '../../src/config/config.ts'
import type { Delivery } from '../../src/core/alert.ts'
import { RejectedInput } from '../../src/errors.ts'
import type { Refused } from '../../src/flow/refusals.ts'
import type { Act, ServerDeps } from '../../src/http/deps.ts'
import { buildServer } from '../../src/http/server.ts'
import { makeLog } from '../../src/log.ts'
import type { Db } from '../../src/store/db.ts'
import { makeTemplates } from '../../src/templates.ts'
import { freePort } from '../port.ts'
import { config } from './config.ts'

export const now = new Date('2026-03-04T14:20:00Z')

export type TestServer = {
  app: FastifyInstance
  url: string
  bot: Bot
  platform: ConsolePlatform
  accepted: { delivery: Delivery; trace: string }[]
  acts: { incident: number; act: Act }[]
  refused: Refused[]
  said: Utterance[]
  /** Tells the server that an incident changed. */
  announce(incident: number): void
  close(): Promise<void>
}

export type Overrides = Partial<Omit<ServerDeps, 'bot'>> & {
  config?: Partial<Config>
  realTime?: boolean
  port?: number
}

export async function startServer(db: Db, overrides: Overrides = {}): Promise<TestServer> {
  const { config: changed, realTime = false, port = await freePort(), ...deps } = overrides
  const clock = realTime ? systemClock : new ManualClock(now)
  const whole: Config = { ...config(), ...changed }
  const platform = new ConsolePlatform({ db, clock, publicUrl: whole.server.publicUrl })
  const bot = {
    config: whole,
    db,
    clock,
    log: makeLog({ level: 'silent', file: null }),
    platforms: [platform],
    channels: { console: { incidents: '#incidents', alerts: '#alerts' } },
    templates: makeTemplates([]),
    runbooks: [],
    checklists: [],
    charts: new ChartRenderer(),
  } as unknown as Bot
  const listeners = new Set<(incident: number) => void>()
  const seen = {
    accepted: [] as TestServer['accepted'],
    acts: [] as TestServer['acts'],
    refused: [] as TestServer['refused'],
    said: [] as Utterance[],
  }
  const app = buildServer({
    bot,
    version: '0.1.0-test',
    commands: [],
    parse: (source, body, received) => parse(source.kind, body, received),
    accept: async (delivery, trace) => void seen.accepted.push({ delivery, trace }),
    refused: (refused) => void seen.refused.push(refused),
    respond: async (incident, act) => {
      seen.acts.push({ incident, act })
      return { refused: act.kind === 'acknowledge' ? 'already acknowledged' : 'already resolved', by: 'ada' }
    },
    dispatch: answerPrivately(seen.said),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readiness: {},
    health: {},
    slackHandler: null,
    ...deps,
  })
  const url = await app.listen({ host: '127.0.0.1', port })
  const announce = (incident: number) => {
    for (const listener of listeners) listener(incident)
  }
  return { app, url, bot, platform, announce, close: () => app.close(), ...seen }
}

/** Reads `{"alerts": [{"name": …}]}`. */
function parse(kind: string, body: unknown, received: Date): Delivery {
  const { alerts } = body as {
    alerts?: { labels?: Record<string, string>; annotations?: Record<string, string>; fingerprint?: string }[]
  }
  if (!Array.isArray(alerts)) throw new RejectedInput('alerts: must be a list')
  const usable = alerts.filter((alert) => alert.labels !== undefined)
  return {
    alerts: usable.map(({ labels = {}, annotations = {}, fingerprint = 'f' }) => {
      return {
        source: kind,
        fingerprint,
        status: 'firing',
        labels,
        annotations,
        startsAt: received,
        endsAt: null,
        generatorUrl: null,
      }
    }),
    rejected: alerts.flatMap((alert, index) =>
      alert.labels === undefined ? [{ index, reason: 'labels: missing' }] : [],
    ),
  }
}

function answerPrivately(said: Utterance[]): Dispatch {
  return async (utterance) => {
    said.push(utterance)
    return {
      visibility: 'private',
      message: { title: `You said ${utterance.text}`, tone: 'info', text: 'Only **you** see this.' },
    }
  }
}
