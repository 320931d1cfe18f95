// What follows from a decision: when its rooms hear of it, and the charts and drafts that are to be made.
import type { Bot } from '../bot.ts'
import { isActionFact } from '../core/action.ts'
import type { Change, Draft } from '../core/change.ts'
import type { Severity } from '../core/severity.ts'
import { usualEvidence } from '../core/terms.ts'
import { entry, type Fact, ofAlerts } from '../core/timeline.ts'
import { expressionOf } from '../evidence/alert-link.ts'
import { noPrometheus } from '../evidence/incident-charts.ts'
import { providers } from '../evidence/index.ts'
import { lookedBackAfter } from './evidence-request.ts'

/** Milliseconds in which alerts that join or clear are gathered for one edit of the card. */
export const gathering = 1_000

/** What nobody waits to see on the card. */
export const unhurried: readonly Fact['kind'][] = [...ofAlerts, 'page_sent', 'room_opened']

/**
 * Completes a draft with what its entries call for. Null: there was nothing to decide. `pause`: milliseconds in which
 * bookkeeping about an incident is gathered.
 */
export function withEffects(
  { clock, config }: Pick<Bot, 'clock' | 'config'>,
  draft: Draft,
  pause: (incident: number) => number = () => gathering,
): Change | null {
  const change = draft.change()
  if (change === null) return null
  const incident = change.incident.number
  const happened = (...kinds: Fact['kind'][]) => change.entries.some((e) => kinds.includes(e.fact.kind))
  const { presence } = change.incident.terms.severities[change.incident.severity]
  // One that has no room now may have had one before; nobody counts its alerts any more.
  if (presence !== 'none' || (!change.isNew && !isBookkeeping(change)))
    change.tellAt = new Date(clock.now().getTime() + (isBookkeeping(change) ? pause(incident) : 0))
  if (isLookedInto(change) && providers.some((provider) => provider.isConfigured(config))) {
    const asked = clock.now().toISOString()
    change.jobs.push({ task: 'gather_evidence', platform: null, incident, asked, by: null })
  }
  const moves = happened('incident_opened', 'incident_reopened', 'incident_resolved', 'severity_changed')
  if (moves && presence !== 'none' && config.evidence.grafana?.annotations)
    change.jobs.push({ task: 'annotate_dashboards', platform: null, incident })
  if (presence === 'room') {
    const opens = happened('incident_opened', 'incident_reopened')
    // Without a Prometheus nobody has to go and find out that there is nothing to draw.
    const draws = config.prometheus.url !== null
    const { title } = change.incident
    if (opens && draws) change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'opened' })
    else if (opens && asksForCharts(change))
      change.entries.push(entry({ kind: 'chart_missing', title, reason: noPrometheus }, clock.now()))
    if (happened('incident_resolved')) {
      if (draws) {
        change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'resolved' })
        change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'after', delay: lookedBackAfter })
      }
      change.jobs.push({ task: 'draft_postmortem', platform: null, incident })
    } else if (change.incident.status === 'resolved' && change.entries.some(({ fact }) => isForTheDraft(fact))) {
      change.jobs.push({ task: 'draft_postmortem', platform: null, incident })
    }
  }
  return change
}

/** An alert that carries what it watches, or a service with charts of its own: elsewhere nobody misses what nobody promised. */
function asksForCharts({ incident, alerts }: Change): boolean {
  return incident.terms.charts.length > 0 || alerts.some(({ generatorUrl }) => expressionOf(generatorUrl) !== null)
}

/** It begins at a severity at which evidence is gathered by itself, or has become as bad as that. */
function isLookedInto({ incident: { terms, severity }, entries }: Change): boolean {
  const { severities } = terms.evidence ?? usualEvidence
  return severities.includes(severity) && entries.some(({ fact }) => begins(fact, severities))
}

function begins(fact: Fact, severities: Severity[]): boolean {
  if (fact.kind === 'severity_changed') return !severities.includes(fact.from)
  return fact.kind === 'incident_opened' || fact.kind === 'incident_reopened'
}

/** What people say about an incident after it, that its draft should have. */
function isForTheDraft(fact: Fact): boolean {
  return (
    fact.kind === 'note_added' || fact.kind === 'runbook_step_noted' || fact.kind === 'lead_taken' || isActionFact(fact)
  )
}

function isBookkeeping({ entries }: Change): boolean {
  return entries.every(({ fact }) => unhurried.includes(fact.kind))
}
