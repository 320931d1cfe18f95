// The colour of a message: how bad it is, and whether somebody has it.
import type { Incident } from '../core/incident.ts'
import type { Tone } from '../core/message.ts'
import type { Severity } from '../core/severity.ts'
import type { FactKind } from '../core/timeline.ts'

const bySeverity: Record<Severity, Tone> = { P1: 'critical', P2: 'warning', P3: 'info', P4: 'neutral' }
const answered: Record<Severity, Tone> = { P1: 'warning', P2: 'info', P3: 'info', P4: 'neutral' }

/** Worst while nobody has it, milder once somebody does. */
export function incidentTone(incident: Incident): Tone {
  if (incident.status === 'resolved') return 'good'
  if (incident.status === 'acknowledged') return answered[incident.severity]
  const desperate = incident.position?.at === 'last resort' && incident.position.times > 0
  return desperate ? 'critical' : bySeverity[incident.severity]
}

export function entryTone(kind: FactKind): Tone {
  switch (kind) {
    case 'last_resort_reached':
    case 'clock_breached':
    case 'page_failed':
    case 'acknowledgement_lapsed':
      return 'critical'
    case 'incident_opened':
    case 'incident_reopened':
    case 'incident_escalated':
    case 'people_paged':
    case 'policy_step_skipped':
    case 'page_rerouted':
    case 'clock_warned':
    case 'acknowledgement_questioned':
    case 'update_due':
    case 'alert_fired':
    case 'alerts_fire_again':
    case 'room_degraded':
      return 'warning'
    case 'incident_acknowledged':
    case 'acknowledgement_taken_over':
    case 'acknowledgement_renewed':
    case 'incident_resolved':
    case 'alert_cleared':
    case 'alerts_all_clear':
    case 'runbook_step_done':
    case 'postmortem_published':
    case 'action_done':
      return 'good'
    case 'severity_changed':
    case 'lead_taken':
    case 'verdict_given':
    case 'note_added':
    case 'role_given':
    case 'message_pinned':
    case 'message_unpinned':
    case 'message_edited':
    case 'message_deleted':
    case 'file_kept':
    case 'update_given':
    case 'alerts_silenced':
    case 'silence_ended':
    case 'page_sent':
    case 'page_postponed':
    case 'room_opened':
    case 'chart_drawn':
    case 'evidence_gathered':
    case 'runbook_matched':
    case 'runbook_offered':
    case 'runbook_chosen':
    case 'runbook_step_skipped':
    case 'postmortem_drafted':
    case 'action_added':
    case 'action_changed':
    case 'action_reopened':
      return 'info'
    case 'chart_missing':
    case 'action_dropped':
    case 'file_missing':
      return 'neutral'
    default:
      return kind satisfies never
  }
}
