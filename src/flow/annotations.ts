// The incident on Grafana's dashboards: a mark where it began, a stretch once it is over, for whoever looks at them later.
import type { Bot } from '../bot.ts'
import { toHtml } from '../chat/html.ts'
import type { Fact } from '../core/timeline.ts'
import { PermanentError, reasonOf } from '../errors.ts'
import { keepAnnotation } from '../evidence/grafana.ts'
import { annotationText } from '../messages/annotation.ts'
import { type IncidentView, tellingView } from '../store/views.ts'
import { record } from './record.ts'

/**
 * Has Grafana's note say what is true of the incident now: done twice, late, or after a crash it comes out the same. What Grafana
 * refuses for good is one line on the timeline.
 */
export async function annotateDashboards(bot: Bot, incident: number): Promise<void> {
  const { grafana } = bot.config.evidence
  const view = await tellingView(bot.db, incident)
  if (view === null || !grafana?.annotations) return
  const { severity, service, openedAt, ...rest } = view.incident
  try {
    await keepAnnotation(grafana, {
      at: openedAt,
      until: rest.status === 'resolved' ? rest.resolvedAt : null,
      name: ['tocsin', `incident:${incident}`],
      tags: [`severity:${severity}`, ...(service === 'unknown' ? [] : [`service:${service.slice(0, 90)}`])],
      text: toHtml(annotationText(bot, view, bot.clock.now())),
    })
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    await tellRefusal(bot, view, reasonOf(error))
  }
}

async function tellRefusal(bot: Bot, { incident, timeline }: IncidentView, reason: string): Promise<void> {
  bot.log.warn({ incident: incident.number, reason }, 'Grafana does not take a note of the incident')
  const fact: Fact = { kind: 'room_degraded', platform: 'grafana', what: 'note it on the dashboards', reason }
  // The end is refused for the same reason as the beginning.
  const isTold = timeline.some(({ fact: told }) => told.kind === 'room_degraded' && told.platform === 'grafana')
  if (!isTold) await bot.db.tx((q) => record(bot, q, incident.number, [fact]))
}
