// How the API writes an incident down. Other programs read these names: they change only by growing.
import { alertTitle } from '../core/alert.ts'
import { latestUpdate, rolesOf } from '../core/response.ts'
import type { IncidentView, ListedIncident, RoomView } from '../store/views.ts'

/** An incident as in a list. */
export function listedJson({ incident, alerts, unlisted, rooms }: ListedIncident) {
  const answered = incident.status === 'open' ? { acknowledgedAt: null, acknowledgedBy: null } : incident
  const resolved = incident.status === 'resolved' ? incident : { resolvedAt: null, resolvedBy: null }
  return {
    number: incident.number,
    title: incident.title,
    status: incident.status,
    severity: incident.severity,
    service: incident.service,
    openedAt: incident.openedAt,
    acknowledgedAt: answered.acknowledgedAt,
    acknowledgedBy: answered.acknowledgedBy,
    /** Then it is open again unless its holder acknowledges once more; null: it is theirs until the end. */
    leaseUntil: incident.status === 'acknowledged' ? (incident.lease?.until ?? null) : null,
    resolvedAt: resolved.resolvedAt,
    resolvedBy: resolved.resolvedBy,
    lead: incident.lead,
    /** The name of its first room, as people call it; all of them are in `rooms`. */
    room: rooms[0]?.name ?? null,
    rooms,
    alerts: alerts.map((alert) => ({
      source: alert.source,
      fingerprint: alert.fingerprint,
      status: alert.status,
      title: alertTitle(alert),
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: alert.startsAt,
      endsAt: alert.endsAt,
      generatorUrl: alert.generatorUrl,
    })),
    /** In a list, a storm's incidents come with their first hundred: whoever asks while pages wait must not hold them up. */
    unlistedAlerts: unlisted ?? { firing: 0, clear: 0 },
  }
}

/** `base`: what addresses begin with, e.g. `http://127.0.0.1:8420`. */
export function incidentJson(view: IncidentView & Partial<RoomView>, base: string) {
  const { number, terms, trace } = view.incident
  const address = `${base}/api/v1/incidents/${number}`
  return {
    ...listedJson(view),
    trace,
    /** Besides the lead. */
    roles: rolesOf(view.timeline),
    /** The latest status update; `nextAt`: when the next one was promised for. */
    update: latestUpdate(view.timeline),
    timeline: view.timeline.map(({ id, at, by, fact, text }) => ({ id, at, kind: fact.kind, by, text, fact })),
    unlistedEntries: view.unlistedEntries?.count ?? 0,
    pages: view.pages.map(({ key, person, channel, step, round, status, dueAt, sentAt }) => {
      return { key, person, channel, step, round, status, dueAt, sentAt }
    }),
    clocks: view.clocks.map(({ name, status, startedAt, dueAt, stoppedAt }) => {
      return { name, dueAt, status, startedAt, stoppedAt }
    }),
    runbook:
      view.runbook.length === 0 && terms.runbook === null
        ? null
        : { path: terms.runbook?.path ?? null, section: terms.runbook?.section ?? null, steps: view.runbook },
    /** What was kept of pinned messages. */
    files: view.timeline.flatMap(({ fact }) =>
      fact.kind === 'file_kept'
        ? [{ name: fact.name, type: fact.type, size: fact.size, url: `${address}/files/${fact.kept}` }]
        : [],
    ),
    charts: view.charts.map((chart) => `${address}/charts/${chart.id}.png`),
    evidence: view.evidence.map((one) => ({
      ...{ provider: one.provider, title: one.title, status: one.status, at: one.at },
      reason: one.status === 'failed' ? one.reason : null,
      section: one.status === 'found' ? one.section : null,
    })),
    postmortem: view.postmortem === null ? null : `${address}/postmortem.md`,
  }
}
