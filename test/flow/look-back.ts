// A bot with a real database, real templates and a clock of its own, and weeks of incidents to look back on.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Bot } from '../../src/bot.ts'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { ManualClock } from '../../src/clock.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Severity } from '../../src/core/severity.ts'
import { makeLog } from '../../src/log.ts'
import type { Db } from '../../src/store/db.ts'
import { makeTemplates } from '../../src/templates.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'

export type LookBack = { bot: Bot & { clock: ManualClock }; end(): Promise<void> }

const quickstart = fileURLToPath(new URL('../../examples/quickstart', import.meta.url))

export async function lookBack(now: string, prometheusUrl?: string): Promise<LookBack> {
  const database: FreshDatabase = await freshDatabase()
  const charts = new ChartRenderer()
  const config = loadConfig({ TOCSIN_CONFIG: quickstart, ...(prometheusUrl && { PROMETHEUS_URL: prometheusUrl }) })
  const bot = {
    config: { ...config, prometheus: { ...config.prometheus, timeout: 30_000 } },
    db: database.db,
    clock: new ManualClock(now),
    log: makeLog({ level: 'silent', file: null }),
    platforms: [],
    pagers: [],
    channels: {},
    templates: makeTemplates([]),
    runbooks: [],
    checklists: [],
    charts,
  }
  return {
    bot,
    end: async () => {
      await charts.close()
      await database.drop()
    },
  }
}

export type Seed = {
  severity?: Severity
  title?: string
  service?: string
  opened: string
  /** Every acknowledgement there was; the first one counts. */
  acknowledged?: string[]
  resolved?: string
  /** Clocks that wait for an acknowledgement, or for the post-mortem. */
  clocks?: { status: string; started?: string; due: string; stopped?: string; until?: string }[]
  /** When the alert of this name fired. */
  fired?: { alert: string; at: string[] }
}

/** Rows as the flow leaves them, at instants a test can choose to the millisecond. Returns the incident's number. */
export async function seed(db: Db, given: Seed): Promise<number> {
  const { severity = 'P1', title = 'Checkout fails', service = 'checkout', opened, resolved = null } = given
  const acknowledged = given.acknowledged ?? []
  const status = resolved ? 'resolved' : acknowledged.length > 0 ? 'acknowledged' : 'open'
  const { rows } = await db.query<{ number: number }>(
    `insert into incidents (number, status, severity, service, title, opened_at, acknowledged_at, acknowledged_by, resolved_at, trace, terms)
     values (nextval('incident_numbers'), $1, $2, $3, $4, $5, $6, $7, $8, 'trace', '{}') returning number`,
    [
      status,
      severity,
      service,
      title,
      opened,
      acknowledged.at(-1) ?? null,
      acknowledged.length > 0 ? 'ada' : null,
      resolved,
    ],
  )
  const number = rows[0]?.number ?? 0
  for (const at of acknowledged) await entry(db, number, 'incident_acknowledged', at, {})
  for (const clock of given.clocks ?? []) {
    const { until = 'acknowledged', started = opened, due, stopped = null } = clock
    await db.query(
      'insert into clocks (incident, name, until, started_at, due_at, status, stopped_at) values ($1, $2, $3, $4, $5, $6, $7)',
      [number, until === 'acknowledged' ? 'respond' : 'postmortem', until, started, due, clock.status, stopped],
    )
  }
  if (given.fired) await fire(db, number, given.fired.alert, given.fired.at)
  return number
}

async function fire(db: Db, number: number, alert: string, at: string[]): Promise<void> {
  const fingerprint = `f-${alert}`
  await db.query(
    `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at)
     values ($1, 'alertmanager', $2, 'firing', $3, '{}', $4)`,
    [number, fingerprint, { alertname: alert }, at[0]],
  )
  for (const [index, instant] of at.entries())
    await entry(db, number, 'alert_fired', instant, { alert: `${alert}: value ${index}`, fingerprint })
}

async function entry(db: Db, incident: number, kind: string, at: string, fact: object): Promise<void> {
  await db.query('insert into timeline (incident, at, kind, text, fact) values ($1, $2, $3, $3, $4)', [
    incident,
    at,
    kind,
    { kind, ...fact },
  ])
}

/** Answers /api/v1/query as Prometheus does; `answer` gives the value for an expression, null for no data. */
export async function fakePrometheus(answer: (expr: string) => number | null | 'refuse' | 'hang'): Promise<{
  url: string
  asked: string[]
  close(): Promise<void>
}> {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    const expr = new URL(request.url ?? '', 'http://x').searchParams.get('query') ?? ''
    asked.push(expr)
    const value = answer(expr)
    if (value === 'hang') return
    const json = { 'content-type': 'application/json' }
    if (value === 'refuse') {
      response.writeHead(400, json)
      response.end('{"status":"error","errorType":"bad_data","error":"parse error: unexpected end of input"}')
      return
    }
    const result = value === null ? [] : [{ metric: {}, value: [0, String(value)] }]
    response.writeHead(200, json)
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
