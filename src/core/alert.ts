// An alert as every source hands it over, whatever its wire format was.
import { lowest } from './bounds.ts'

export type Labels = Record<string, string>

/** One alert of one delivery. `fingerprint` is unique within its source and the same for every delivery of one alert. */
export type Alert = {
  source: string
  fingerprint: string
  status: 'firing' | 'resolved'
  labels: Labels
  annotations: Labels
  startsAt: Date
  /** Set only when resolved. */
  endsAt: Date | null
  /** Of an end that arrives: it ends what began by then, on its sender's clock. Absent: by `startsAt` or `endsAt`, the later. */
  endsUntil?: Date
  /** Where the rule can be seen; for Prometheus it carries the expression (`g0.expr`). */
  generatorUrl: string | null
}

/** Tells alerts apart: of any two deliveries of one alert it is the same. */
export function alertKey(alert: Pick<Alert, 'source' | 'fingerprint'>): string {
  return `${alert.source}\n${alert.fingerprint}`
}

/** When the first of an incident's alerts began; the opening, where none did before. */
export function beginningOf(openedAt: Date, alerts: readonly Pick<Alert, 'startsAt'>[]): Date {
  return new Date(Math.min(openedAt.getTime(), lowest(alerts.map(({ startsAt }) => startsAt.getTime()))))
}

/** What a source could not use, by its place in the delivery. */
export type Rejected = { index: number; reason: string }

/** A fault that kept no alert from being taken. `index`: of which alert; absent: of the body around them. */
export type Warning = { index?: number; reason: string }

/** `warnings`: only where there are any. */
export type Delivery = { alerts: Alert[]; rejected: Rejected[]; warnings?: Warning[] }

/** What Grafana calls the alerts of any rule whose query found nothing, or failed; the rule is in the label `rulename`. */
const ofAnyRule: readonly (string | undefined)[] = ['DatasourceNoData', 'DatasourceError']

export function alertName(labels: Labels): string {
  if (labels.rulename && ofAnyRule.includes(labels.alertname)) return labels.rulename
  return labels.alertname || labels.alert_name || labels.name || 'Alert'
}

/** Most telling first. The last are OpenTelemetry's, as Prometheus has them before and since version 3. */
const usualNames = ['service', 'app', 'application', 'job', 'deployment', 'namespace', 'component']
const serviceLabels = [...usualNames, 'service_name', 'service.name']

/** The service an alert is about, by the labels that teams use for it. */
export function serviceName(labels: Labels): string {
  for (const name of serviceLabels) {
    const value = labels[name]
    if (value?.trim()) return value
  }
  return 'unknown'
}

/** The one line a person reads first. */
export function alertTitle(alert: Pick<Alert, 'labels' | 'annotations'>): string {
  const { summary, title, message } = alert.annotations
  // What a template of the sender left empty may be made of spaces.
  return summary?.trim() || title?.trim() || message?.trim() || alertName(alert.labels).trim() || 'Alert'
}
