// Where evidence is looked for, as the bot uses it.
import type { DashboardLink, EvidenceTerms, ServiceNames } from '../core/terms.ts'
import { type Access, access, withoutUser } from './access.ts'
import type { Written } from './schema/document.ts'

export type LokiConfig = Access & {
  /** With `$service` and `$<label>` for what the incident is about. */
  selector: string
  /** Instead of the selector with our own filter for trouble. */
  query: string | null
  /** What Grafana calls it: the uid of the data source. */
  datasource: string
}

export type ElasticsearchConfig = Access & {
  index: string
  /** Several: whichever a record has. */
  fields: { time: string; message: string[]; level: string[]; service: string[] }
}

export type TracesConfig = Access & {
  kind: 'jaeger' | 'jaeger v3' | 'tempo'
  /** Where people look at traces; null: nowhere that is known. */
  ui: string | null
  datasource: string
}

export type EvidenceConfig = {
  severities: EvidenceTerms['severities']
  /** Milliseconds each provider has, and that are looked at before and after the start. */
  timeout: number
  before: number
  after: number
  loki: LokiConfig | null
  elasticsearch: ElasticsearchConfig | null
  kibana: { url: string; dataView: string | null } | null
  traces: TracesConfig | null
  grafana: GrafanaConfig | null
}

export type GrafanaConfig = {
  /** As people open it. */
  url: string
  /** As the bot asks it. */
  api: Access
  /** Whether incidents are noted there. */
  annotations: boolean
}

export function evidenceOf(written: Written): EvidenceConfig {
  const { loki, elasticsearch, kibana, traces, grafana } = written
  return {
    ...written.evidence,
    loki: loki
      ? { ...access(loki), selector: loki.selector, query: loki.query ?? null, datasource: loki.datasource }
      : null,
    elasticsearch: elasticsearch
      ? { ...access(elasticsearch), index: elasticsearch.index, fields: fieldsOf(elasticsearch.fields) }
      : null,
    kibana: kibana ? { url: kibana.url, dataView: kibana.data_view ?? null } : null,
    traces: traces
      ? {
          ...access(traces),
          ...{ kind: traces.kind, datasource: traces.datasource },
          ui: traces.ui ?? (traces.kind === 'tempo' ? null : withoutUser(traces.url)),
        }
      : null,
    grafana: grafana ? grafanaOf(grafana) : null,
  }
}

/** Without a way to sign in nothing can be written: then nobody meant it to be, unless they say so. */
function grafanaOf(written: NonNullable<Written['grafana']>): GrafanaConfig {
  const api = access({ ...written, url: written.api_url ?? written.url })
  const { username } = new URL(api.url)
  const signsIn = username !== '' || Object.keys(api.headers).length > 0
  return { url: withoutUser(written.url), api, annotations: written.annotations ?? signsIn }
}

/** A dashboard of Grafana is opened at the time of the incident; any other link as it is written. */
export function dashboardOf(
  { title, url, vars }: Written['services'][string]['dashboards'][number],
  grafana: Written['grafana'],
): DashboardLink {
  const isGrafana =
    vars !== undefined ||
    /^\/(grafana\/)?d\/[^/]+(\/[^/]*)?$/.test(new URL(url).pathname) ||
    (grafana !== undefined && url.startsWith(`${withoutUser(grafana.url)}/`))
  return isGrafana ? { title, url, vars: vars ?? {} } : { title, url }
}

export function serviceNames({ logs, traces }: Pick<Written['services'][string], 'logs' | 'traces'>): ServiceNames {
  return {
    selector: logs?.selector ?? null,
    query: logs?.query ?? null,
    logs: logs?.service ?? null,
    index: logs?.index ?? null,
    traces: traces ?? null,
  }
}

/** The fields that are named come alone: whoever names one knows. */
function fieldsOf(written: {
  time: string
  message?: string[] | undefined
  level?: string[] | undefined
  service?: string[] | undefined
}): ElasticsearchConfig['fields'] {
  return {
    time: written.time,
    message: written.message ?? ['message', 'log', 'msg', 'event.original', 'body.text', 'body'],
    level: written.level ?? ['log.level', 'level', 'severity', 'severity_text', 'levelname', 'loglevel', 'log_level'],
    service: written.service ?? [
      ...['service.name', 'service', 'resource.attributes.service.name', 'app', 'application', 'fields.service'],
      ...['kubernetes.labels.app', 'kubernetes.labels.app_kubernetes_io/name', 'kubernetes.deployment.name'],
      ...['kubernetes.container.name', 'kubernetes.container_name', 'container.name'],
    ],
  }
}
