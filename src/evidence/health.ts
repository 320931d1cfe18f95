// Whether the monitoring itself is well: a silent night with a dead Prometheus looks like a quiet one.
import type { Config } from '../config/config.ts'
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

/** The parts that are configured. */
export function systemsOf(config: Pick<Config, 'prometheus' | 'alertmanager'>): System[] {
  const { prometheus, alertmanager } = config
  return [
    ...(prometheus.url === null ? [] : [prometheusSystem(prometheus.url)]),
    ...(alertmanager.url === null ? [] : [pathSystem('Alertmanager', alertmanager.url, '/-/healthy')]),
  ]
}

/** What speaks Prometheus' API (Mimir, VictoriaMetrics) may have no such address: then it is asked for a number. */
function prometheusSystem(url: string): System {
  const healthy = pathSystem('Prometheus', url, '/-/healthy')
  const query = pathSystem('Prometheus', url, '/api/v1/query?query=1')
  return { name: 'Prometheus', check: async () => ((await healthy.check()) === null ? null : query.check()) }
}

function pathSystem(name: string, baseUrl: string, path: string): System {
  return {
    name,
    async check() {
      try {
        await outbound({ name, baseUrl, timeout: patience, maxResponse: 1024 * 1024 }).get(path)
        return null
      } catch (error) {
        return error instanceof PermanentError ? `${reasonOf(error)}; is the address right?` : reasonOf(error)
      }
    },
  }
}
