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

/** By kind of entry. */
const byKind: Record<FactKind, Tone> = {
  last_resort_reached: 'critical',
  clock_breached: 'critical',
  page_failed: 'critical',
  acknowledgement_lapsed: 'critical',
  incident_opened: 'warning',
  incident_reopened: 'warning',
  incident_escalated: 'warning',
  people_paged: 'warning',
  policy_step_skipped: 'warning',
  page_rerouted: 'warning',
  clock_warned: 'warning',
  acknowledgement_questioned: 'warning',
  update_due: 'warning',
  runbook_timer_ended: 'warning',
  alert_fired: 'warning',
  alerts_fire_again: 'warning',
  room_degraded: 'warning',
  incident_acknowledged: 'good',
  acknowledgement_taken_over: 'good',
  acknowledgement_renewed: 'good',
  page_answered: 'good',
  incident_resolved: 'good',
  alert_cleared: 'good',
  alerts_all_clear: 'good',
  runbook_step_done: 'good',
  runbook_step_helped: 'good',
  postmortem_published: 'good',
  action_done: 'good',
  severity_changed: 'info',
  lead_taken: 'info',
  verdict_given: 'info',
  note_added: 'info',
  role_given: 'info',
  pager_changed: 'info',
  question_postponed: 'info',
  message_pinned: 'info',
  message_unpinned: 'info',
  message_edited: 'info',
  message_deleted: 'info',
  file_kept: 'info',
  update_given: 'info',
  alerts_silenced: 'info',
  silence_ended: 'info',
  page_sent: 'info',
  page_postponed: 'info',
  page_left_out: 'info',
  page_uncertain: 'info',
  room_opened: 'info',
  chart_drawn: 'info',
  evidence_gathered: 'info',
  runbook_matched: 'info',
  runbook_offered: 'info',
  runbook_chosen: 'info',
  runbook_step_skipped: 'info',
  runbook_step_reopened: 'info',
  runbook_step_assigned: 'info',
  runbook_step_noted: 'info',
  runbook_timer_started: 'info',
  runbook_timer_stopped: 'info',
  runbook_query_ran: 'info',
  runbook_query_failed: 'neutral',
  postmortem_drafted: 'info',
  action_added: 'info',
  action_changed: 'info',
  action_reopened: 'info',
  chart_missing: 'neutral',
  action_dropped: 'neutral',
  file_missing: 'neutral',
}

export function entryTone(kind: FactKind): Tone {
  return byKind[kind]
}
