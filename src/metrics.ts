// Everything Tocsin counts about itself, as Prometheus metrics: one place, so that names and labels stay one language.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export const registry = new Registry()

const registers = [registry]

export const alertsAccepted = new Counter({
  name: 'tocsin_alerts_accepted_total',
  help: 'Alerts committed, by source.',
  labelNames: ['source'] as const,
  registers,
})

export const alertsRejected = new Counter({
  name: 'tocsin_alerts_rejected_total',
  help: 'Alerts that could not be used, by source.',
  labelNames: ['source'] as const,
  registers,
})

export const incidentsOpened = new Counter({
  name: 'tocsin_incidents_opened_total',
  help: 'Incidents opened, by severity.',
  labelNames: ['severity'] as const,
  registers,
})

/** `status`: `sent` or `failed`. */
export const pages = new Counter({
  name: 'tocsin_pages_total',
  help: 'Pages, by channel and outcome.',
  labelNames: ['channel', 'status'] as const,
  registers,
})

/** Observe seconds between `dueAt` and `sentAt`. */
export const pageLateness = new Histogram({
  name: 'tocsin_page_lateness_seconds',
  help: 'How long after it was due a page was delivered.',
  labelNames: ['channel'] as const,
  buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
  registers,
})

/** Counts that begin with the first page would hide it: what grows is only seen from a number that was there before. */
export function countPagesFromZero(channels: string[]): void {
  for (const channel of channels) {
    for (const status of ['sent', 'failed']) pages.inc({ channel, status }, 0)
    pageLateness.zero({ channel })
  }
}

export const jobsFailed = new Counter({
  name: 'tocsin_jobs_failed_total',
  help: 'Attempts at a job that failed, by task.',
  labelNames: ['task'] as const,
  registers,
})

export const deliveriesFailed = new Counter({
  name: 'tocsin_deliveries_failed_total',
  help: 'Turns of telling a room that failed and are taken again, by platform.',
  labelNames: ['platform'] as const,
  registers,
})

export const httpDuration = new Histogram({
  name: 'tocsin_http_request_duration_seconds',
  help: 'Time to answer HTTP requests, by route.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
})

/** `what`: `overdue`, `misset`, `unsent`, `untold`, `exhausted` or `unwritable`. */
export const auditFindings = new Gauge({
  name: 'tocsin_audit_findings',
  help: 'What the last audit found wrong: overdue decisions, incidents that waited for none, unsent pages, untold rooms, exhausted work; unwritable: the database takes nothing.',
  labelNames: ['what'] as const,
  registers,
})

/** `what`: `decision`, `page` or `work`. */
export const auditRepairs = new Counter({
  name: 'tocsin_audit_repairs_total',
  help: 'What the auditor took up again because nobody else did.',
  labelNames: ['what'] as const,
  registers,
})

export const clockError = new Gauge({
  name: 'tocsin_clock_error_seconds',
  help: "How far this machine's clock is ahead of the database's, whose time Tocsin goes by.",
  registers,
})

/** Set when the page is scraped. */
export const openIncidents = new Gauge({
  name: 'tocsin_incidents_open',
  help: 'Incidents that are not resolved, by severity and status.',
  labelNames: ['severity', 'status'] as const,
  registers,
})
