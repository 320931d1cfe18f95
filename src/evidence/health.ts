// Whether the monitoring itself is well: a silent night with a dead Prometheus looks like a quiet one.
import type { Access } from '../config/access.ts'
import type { Config } from '../config/config.ts'
import type { GrafanaConfig } from '../config/evidence.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { outbound } from '../outbound.ts'
import { isWebPage } from './text.ts'

/** A part of the monitoring that can be asked how it is. */
export type System = {
  /** What people call it. */
  name: string
  /** Null: it is well. Never throws. */
  check(): Promise<Problem | null>
}

/** `text`: in words for people. `denied`: something is there, and does not let the bot in. */
export type Problem = { text: string; denied: boolean }

/** Milliseconds: a health answer that takes longer is no health. */
const patience = 5_000

/** The parts that are configured. `limit`: milliseconds for each request, of which one that fails may need a second. */
export function systemsOf(
  { prometheus, alertmanager, evidence: { grafana } }: Pick<Config, 'prometheus' | 'alertmanager' | 'evidence'>,
  limit = patience,
): System[] {
  const at = (name: string, { url, ...access }: Omit<Access, 'url'> & { url: string | null }, path: string) =>
    url === null ? [] : [healthySystem({ name, url, ...access, limit, section: name.toLowerCase() }, path)]
  return [
    ...at('Prometheus', prometheus, '/api/v1/query?query=1'),
    ...at('Alertmanager', alertmanager, '/api/v2/status'),
    ...(grafana === null ? [] : [grafanaSystem(grafana, limit)]),
  ]
}

/** What only speaks their API (Mimir, VictoriaMetrics) may have no address for its health: then it is asked something small. */
function healthySystem(place: Place, small: string): System {
  const healthy = pathSystem(place, '/-/healthy')
  const asked = pathSystem(place, small)
  return { name: place.name, check: async () => ((await healthy.check()) === null ? null : asked.check()) }
}

/** https://grafana.com/docs/grafana/latest/developers/http_api/other/#health-api; nobody has to sign in for it. */
function grafanaSystem({ api }: GrafanaConfig, limit: number): System {
  const read = (data: unknown) => {
    const { database } = (typeof data === 'object' && data !== null ? data : {}) as { database?: unknown }
    if (database === 'ok') return null
    return database === undefined ? 'what answers is not Grafana; is the address right?' : 'it has lost its database'
  }
  return pathSystem({ name: 'Grafana', ...api, limit, section: 'grafana' }, '/api/health', read)
}

type Place = Access & { name: string; limit: number; section: string }

/** `read`: what is wrong with an answer that is no web page; null: nothing. */
function pathSystem(
  { name, url: baseUrl, headers, tls, limit: timeout, section }: Place,
  path: string,
  read: (data: unknown) => string | null = () => null,
): System {
  const webPage = `what answers is a web page, perhaps one to sign in on, and not ${name}; look at its address, and at ${section}.token and ${section}.user in tocsin.yaml`
  return {
    name,
    async check() {
      try {
        const client = outbound({ name, baseUrl, timeout, headers, tls, section, maxResponse: 1024 * 1024 })
        const { data } = await client.get(path)
        const problem = isWebPage(data) ? webPage : read(data)
        return problem === null ? null : { text: problem, denied: false }
      } catch (error) {
        const denied = error instanceof PermanentError && error.denied
        const isOdd = error instanceof PermanentError && !denied
        return { text: isOdd ? `${reasonOf(error)}; is the address right?` : reasonOf(error), denied }
      }
    },
  }
}
