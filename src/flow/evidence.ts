// Charts for an incident: queried, drawn, kept, and left on the timeline for the room to show.
import type { Bot } from '../bot.ts'
import type { ChartMark } from '../charts/chart.ts'
import { chartSummary } from '../charts/summary.ts'
import type { JobOf } from '../core/job.ts'
import type { Fact } from '../core/timeline.ts'
import { chartsOfIncident } from '../evidence/incident-charts.ts'
import { addJobs } from '../store/changes.ts'
import { keepChart } from '../store/charts.ts'
import { type IncidentView, incidentView } from '../store/views.ts'
import { record } from './record.ts'

const hour = 3_600_000

/** Draws what Prometheus has to say. Slow, absent or empty: the room is told so, and nothing else waits for it. */
export async function drawCharts(bot: Bot, job: JobOf<'draw_chart'>): Promise<void> {
  const view = await incidentView(bot.db, job.incident)
  if (view === null) return
  const { incident } = view
  const results = await chartsOfIncident(request(bot, view, job.moment), bot.config.prometheus)
  for (const result of results) {
    if (!result.ok) {
      // At the end of an incident a missing chart is no news: the opening one already said so.
      if (job.moment === 'opened')
        await tell(bot, job.incident, { kind: 'chart_missing', title: result.title, reason: result.reason })
      continue
    }
    const png = await bot.charts.render(result.chart)
    const summary = chartSummary(result.chart)
    await bot.db.tx(async (q) => {
      const drawn = {
        incident: job.incident,
        moment: job.moment,
        title: result.title,
        summary,
        png,
        drawnAt: bot.clock.now(),
        of: job.moment === 'resolved' && incident.status === 'resolved' ? incident.resolvedAt : incident.openedAt,
      }
      const chart = await keepChart(q, drawn)
      if (chart !== null)
        await record(bot, q, job.incident, [{ kind: 'chart_drawn', chart, title: result.title, summary }])
    })
  }
  // The draft was written when the incident ended, without waiting for these pictures.
  if (job.moment === 'resolved') {
    const again = { task: 'draft_postmortem', platform: null, incident: job.incident } as const
    await addJobs(bot.db, [again], bot.clock.now())
  }
}

async function tell(bot: Bot, incident: number, fact: Fact): Promise<void> {
  await bot.db.tx((q) => record(bot, q, incident, [fact]))
}

function request(bot: Bot, { incident, alerts }: IncidentView, moment: 'opened' | 'resolved') {
  const starts = alerts.map((alert) => alert.startsAt.getTime())
  const startedAt = new Date(Math.min(incident.openedAt.getTime(), ...starts))
  const now = bot.clock.now()
  const marks: ChartMark[] = [{ at: startedAt, kind: 'firing', label: 'firing' }]
  if (moment === 'resolved' && incident.status !== 'open' && incident.acknowledgedAt) {
    marks.push({ at: incident.acknowledgedAt, kind: 'acknowledged', label: 'acknowledged' })
  }
  if (incident.status === 'resolved') marks.push({ at: incident.resolvedAt, kind: 'resolved', label: 'resolved' })
  return {
    title: incident.title,
    service: incident.service,
    zone: incident.terms.zone,
    from: new Date(startedAt.getTime() - hour),
    until: now,
    startedAt,
    alerts,
    charts: incident.terms.charts,
    marks,
  }
}
