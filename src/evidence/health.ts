// Whether the monitoring itself is well: a silent night with a dead Prometheus looks like a quiet one.
import type { Config } from '../config/config.ts'
import type { GrafanaConfig } from '../config/evidence.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { outbound } from '../outbound.ts'

/** A part of the monitoring that can be asked how it is. */
export type System = {
  /** What people call it. */
  name: string
  /** Null: it is well; else why not, in words for people. Never throws. */
  check(): Promise<string | null>
}

/** Milliseconds: a health answer that takes longer is no health. */
const patience = 5_000

/** The parts that are configured. `limit`: milliseconds for each request, of which one that fails may need a second. */
export function systemsOf(
  { prometheus, alertmanager, evidence: { grafana } }: Pick<Config, 'prometheus' | 'alertmanager' | 'evidence'>,
  limit = patience,
): System[] {
  return [
    ...(prometheus.url === null ? [] : [prometheusSystem(prometheus.url, limit)]),
    ...(alertmanager.url === null
      ? []
      : [pathSystem({ name: 'Alertmanager', url: alertmanager.url, limit }, '/-/healthy')]),
    ...(grafana === null ? [] : [grafanaSystem(grafana, limit)]),
  ]
}

/** What speaks Prometheus' API (Mimir, VictoriaMetrics) may have no such address: then it is asked for a number. */
function prometheusSystem(url: string, limit: number): System {
  const healthy = pathSystem({ name: 'Prometheus', url, limit }, '/-/healthy')
  const query = pathSystem({ name: 'Prometheus', url, limit }, '/api/v1/query?query=1')
  return { name: 'Prometheus', check: async () => ((await healthy.check()) === null ? null : query.check()) }
}

/** https://grafana.com/docs/grafana/latest/developers/http_api/other/#health-api; nobody has to sign in for it. */
function grafanaSystem({ api }: GrafanaConfig, limit: number): System {
  const read = (data: unknown) => {
    const { database } = (typeof data === 'object' && data !== null ? data : {}) as { database?: unknown }
    if (database === 'ok') return null
    return database === undefined ? 'what answers is not Grafana; is the address right?' : 'it has lost its database'
  }
  return pathSystem({ name: 'Grafana', url: api.url, headers: api.headers, limit }, '/api/health', read)
}

type Place = { name: string; url: string; headers?: Record<string, string>; limit: number }

/** `read`: what is wrong with an answer that came; null: nothing. */
function pathSystem(
  { name, url: baseUrl, headers = {}, limit: timeout }: Place,
  path: string,
  read: (data: unknown) => string | null = () => null,
): System {
  return {
    name,
    async check() {
      try {
        const { data } = await outbound({ name, baseUrl, timeout, headers, maxResponse: 1024 * 1024 }).get(path)
        return read(data)
      } catch (error) {
        return error instanceof PermanentError ? `${reasonOf(error)}; is the address right?` : reasonOf(error)
      }
    },
  }
}
