// What evidence is asked for: the window, the moments and the stretches that belong to the incident's opening or end.
import type { Bot } from '../bot.ts'
import type { ChartMark } from '../charts/chart.ts'
import { beginningOf } from '../core/alert.ts'
import { highest } from '../core/bounds.ts'
import type { JobOf } from '../core/job.ts'
import { servicesBehind } from '../core/terms.ts'
import type { EvidenceRequest } from '../evidence/evidence.ts'
import type { IncidentView } from '../store/views.ts'
import { firedPeriods } from './firing.ts'

const minute = 60_000
const hour = 60 * minute

/** Milliseconds after the end at which its pictures are drawn once more, with what came after. */
export const lookedBackAfter = 10 * minute

/** What to ask whoever measures, and of which time, at a moment of the incident. */
export function evidenceRequest(bot: Bot, view: IncidentView, moment: JobOf<'draw_chart'>['moment']): EvidenceRequest {
  const { incident, alerts, timeline } = view
  const fired = firedPeriods(alerts, timeline)
  const startedAt = beginningOf(incident.openedAt, alerts)
  const end = moment === 'opened' ? null : endOf(view)
  return {
    title: incident.title,
    service: incident.service,
    services: servicesBehind(incident),
    zone: incident.terms.zone,
    ...windowOf(view, startedAt, end, bot.clock.now()),
    startedAt,
    alerts: alerts.map((alert) => ({ ...alert, fired: fired.get(alert.fingerprint) ?? [] })),
    charts: incident.terms.charts,
    marks: marksOf(view, startedAt, moment),
    incident: end === null ? null : { from: startedAt, until: end },
    baseline: bot.config.charts.baseline,
  }
}

/** When it was over for those whom it harmed: when the last alert cleared, at the latest when it was resolved. */
function endOf({ incident, alerts }: IncidentView): Date | null {
  if (incident.status !== 'resolved') return null
  const ends = alerts.map(({ endsAt }) => endsAt?.getTime() ?? Number.POSITIVE_INFINITY)
  const cleared = ends.length === 0 ? Number.POSITIVE_INFINITY : highest(ends)
  return new Date(Math.min(incident.resolvedAt.getTime(), Math.max(cleared, incident.openedAt.getTime())))
}

/** At the opening the hour before; at the end as much before and after as one needs to compare. */
function windowOf(
  { incident }: IncidentView,
  startedAt: Date,
  end: Date | null,
  now: Date,
): { from: Date; until: Date } {
  if (end === null || incident.status !== 'resolved') return { from: new Date(startedAt.getTime() - hour), until: now }
  const lasted = end.getTime() - startedAt.getTime()
  const before = Math.max(10 * minute, Math.min(3 * hour, lasted))
  const latest = incident.resolvedAt.getTime() + Math.max(3 * lookedBackAfter, before)
  return { from: new Date(startedAt.getTime() - before), until: new Date(Math.min(now.getTime(), latest)) }
}

/** Closer together than this, two moments are one on a picture. */
const apart = 90_000

function marksOf({ incident }: IncidentView, startedAt: Date, moment: JobOf<'draw_chart'>['moment']): ChartMark[] {
  const marks: ChartMark[] = [{ at: startedAt, kind: 'firing', label: 'firing' }]
  if (incident.openedAt.getTime() - startedAt.getTime() > apart)
    marks.push({ at: incident.openedAt, kind: 'opened', label: 'opened' })
  if (moment !== 'opened' && incident.status !== 'open' && incident.acknowledgedAt) {
    marks.push({ at: incident.acknowledgedAt, kind: 'acknowledged', label: 'acknowledged' })
  }
  if (incident.status === 'resolved') marks.push({ at: incident.resolvedAt, kind: 'resolved', label: 'resolved' })
  return marks
}
