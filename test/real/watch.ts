// The whole watch of one night: shop, Prometheus, Alertmanager and the bot, with the chat a test brings.
import { fileURLToPath } from 'node:url'
import { onTestFinished, type TestContext } from 'vitest'
import { freshDatabase } from '../database.ts'
import { freePort } from '../port.ts'
import { configFile, startTocsin, type Tocsin } from '../processes/tocsin.ts'
import { eventually } from './eventually.ts'
import { type Monitoring, type Setup, startMonitoring, token } from './monitoring.ts'
import { needs } from './program.ts'

const runbooks = fileURLToPath(new URL('../../examples/quickstart/runbooks', import.meta.url))

/** `ada` and `bob`: lines of `people`, e.g. `slack: U0ADA`. */
export function nightConfig(ada: string, bob: string): string {
  return `
team: Payments Team
zone: Europe/Berlin
people: { ada: { name: Ada Lovelace, ${ada} }, bob: { name: Bob Kahn, ${bob} } }
schedules: { primary: { rotation: { people: [ada], every: week, starts: 2024-01-01, handover: "Mon 09:00" } } }
policies: { default: { steps: [{ page: "schedule:primary", wait: 5m }, { page: "person:bob", wait: 5m }] } }
severities: { P1: { clocks: { respond: 15m, resolve: 4h } } }
services:
  payments:
    charts:
      - { title: Requests per second by status, promql: "sum by (status) (rate(http_requests_total[5s]))", unit: req/s }
grouping: { by: [service, alertname], quiet_for: 1s }
sources: { alertmanager: { token: ${token} } }
runbooks: "${runbooks}"
`
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as other programs read them.
type Answer = any

export type Watch = Monitoring & {
  tocsin: Tocsin
  /** The first incident, as the API tells it. */
  incident(): Promise<Answer>
  /** The first incident once `true` of it; its number is always 1. */
  until(what: string, isTrue: (incident: Answer) => boolean): Promise<Answer>
  /** What the API answers. */
  get(path: string): Promise<Answer>
  rows(statement: string): Promise<Answer[]>
}

/** Everything runs and nothing burns yet. `env`: how the bot reaches its chat. */
export async function startWatch(
  context: TestContext,
  config: string,
  env: Record<string, string>,
  setup: Setup = {},
): Promise<Watch> {
  for (const program of ['prometheus', 'alertmanager'] as const) needs(context, program)
  const [monitoring, database, port] = await Promise.all([startMonitoring(context, setup), freshDatabase(), freePort()])
  onTestFinished(() => database.drop())
  const tocsin = await startTocsin({
    PORT: String(port),
    TOCSIN_CONFIG: configFile(config),
    DATABASE_URL: database.url,
    PROMETHEUS_URL: monitoring.url,
    ALERTMANAGER_URL: monitoring.alertmanagerUrl,
    LOG_LEVEL: 'warn',
    ...env,
  })
  await monitoring.sendTo(tocsin.url)
  const get = async (path: string): Promise<Answer> => (await fetch(tocsin.url + path)).json()
  const incident = () => get('/api/v1/incidents/1')
  return {
    ...monitoring,
    tocsin,
    get,
    incident,
    until: (what, isTrue) =>
      eventually(what, async () => {
        const found = await incident()
        return isTrue(found) && found
      }),
    rows: async (statement) => (await database.db.query(statement)).rows,
  }
}

/**
 * A line of the log that somebody should look at. What the configuration of a test makes noted at every start is none, nor that the
 * database of a busy machine took longer than a second to say whether something was said before.
 */
export const complaint = /"level":"(warn|error|fatal)"(?!.*("noted at the start"|the database did not say within))/

/** The facts of a PNG: that it is one, and its size in pixels. */
export function pngFacts(bytes: Uint8Array): { isPng: boolean; width: number; height: number } {
  if (bytes.length < 24) return { isPng: false, width: 0, height: 0 }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isPng = [...bytes.subarray(0, 8)].join() === [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].join()
  return { isPng, width: view.getUint32(16), height: view.getUint32(20) }
}
