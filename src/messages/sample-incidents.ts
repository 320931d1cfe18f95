// Incidents in every state that messages can show; used to try templates before they are needed.
import type { ResponseClock } from '../core/clocks.ts'
import type { Incident } from '../core/incident.ts'
import { type Page, type PageKind, pageKey } from '../core/page.ts'
import type { Policy, Position } from '../core/policy.ts'
import { untouched } from '../core/runbook-step.ts'
import type { Terms } from '../core/terms.ts'
import type { Entry, Fact } from '../core/timeline.ts'
import type { Evidence, Section } from '../evidence/evidence.ts'
import type { IncidentView } from '../store/views.ts'

export const sampleNow = new Date('2026-03-14T03:12:00Z')
const opened = new Date('2026-03-14T03:00:00Z')
const later = new Date('2026-03-14T03:20:00Z')

const policy: Policy = {
  name: 'standard',
  steps: [
    { targets: [{ schedule: 'primary' }], wait: 300_000 },
    { targets: [{ person: 'ada' }], wait: 300_000 },
  ],
  rounds: 2,
  lastResort: { people: ['ada'], every: 600_000 },
}

const severity = { presence: 'room', paging: 'always', policy, clocks: [] } as const

const terms: Terms = {
  zone: 'Europe/Berlin',
  hours: { zone: 'Europe/Berlin', days: ['mon'], from: '09:00', until: '17:00', holidays: [] },
  severities: {
    P1: { ...severity, clocks: [] },
    P2: { ...severity, clocks: [] },
    P3: { ...severity, presence: 'card', paging: 'never', clocks: [] },
    P4: { ...severity, presence: 'none', paging: 'never', clocks: [] },
  },
  quietFor: 300_000,
  runbook: { path: 'runbooks/service-down.md', section: 'service-down' },
  charts: [],
  dashboards: [{ title: 'Overview', url: 'http://127.0.0.1:3000/d/overview' }],
}

const base = {
  number: 12,
  groupingKey: 'payments/HighErrorRate',
  title: 'Checkout errors above 5 %',
  service: 'payments',
  severity: 'P1',
  openedAt: opened,
  lead: null,
  trace: 'sample',
  terms,
  quietUntil: null,
} as const

const places: (Position | null)[] = [
  { at: 'step', step: 0, round: 1, lastRound: 2, dueAt: opened },
  { at: 'step', step: 1, round: 1, lastRound: 2, dueAt: later },
  { at: 'last resort', times: 0, round: 3, dueAt: later },
  { at: 'last resort', times: 2, round: 3, dueAt: opened },
  { at: 'last resort', times: 2, round: 3, dueAt: later },
  null,
]

/** One view for every state of an incident that reads differently. */
export function sampleViews(): IncidentView[] {
  const answered = { acknowledgedAt: sampleNow, acknowledgedBy: 'ada', position: null }
  const incidents: Incident[] = [
    ...places.map((position): Incident => ({ ...base, status: 'open', position })),
    { ...base, status: 'open', severity: 'P3', position: null },
    { ...base, ...answered, status: 'acknowledged', lead: 'ada', lease: null, help: null },
    { ...base, ...answered, status: 'acknowledged', lease: { until: later, askAt: sampleNow }, help: null },
    { ...base, ...answered, status: 'acknowledged', lease: { until: later, askAt: null }, help: null },
    { ...base, ...answered, status: 'resolved', resolvedAt: later, resolvedBy: 'ada' },
    {
      ...base,
      status: 'resolved',
      position: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
      resolvedAt: later,
      resolvedBy: null,
    },
  ]
  return incidents.flatMap((incident) => [richView(incident), bareView(incident)])
}

function bareView(incident: Incident): IncidentView {
  const nothing = { clocks: [], alerts: [], pages: [], rooms: [], charts: [], evidence: [], runbook: [] }
  return { incident, ...nothing, timeline: [], overrides: [], postmortem: null }
}

function richView(incident: Incident): IncidentView {
  const labels = (n: number) => ({ alertname: `Alert${n % 5}`, instance: `api-${n}:8080` })
  const annotations = { description: 'Errors are at 7 %.', runbook_url: 'http://127.0.0.1/runbook' }
  const alert = {
    source: 'alertmanager',
    annotations,
    startsAt: opened,
    generatorUrl: 'http://127.0.0.1:9090/graph',
  }
  const firing = [1, 2, 3, 4, 5, 6, 10, 11, 15, 16].map((n) => ({
    ...alert,
    labels: labels(n),
    fingerprint: `f${n}`,
    status: 'firing' as const,
    endsAt: null,
  }))
  const step = { title: 'Look', body: 'Look at it.' }
  const chart = {
    id: 1,
    summary: 'highest 7 %',
    text: 'Error rate: highest 7 %.\n▁▁▇',
    drawnAt: sampleNow,
    title: 'Error rate',
  }
  return {
    incident,
    clocks: sampleClocks,
    alerts: [...firing, { ...alert, labels: labels(2), fingerprint: 'f0', status: 'resolved', endsAt: sampleNow }],
    pages: samplePages,
    rooms: [{ platform: 'slack', channel: 'C1', name: '#inc-12-payments', url: 'https://example.test/C1' }],
    charts: [
      { ...chart, moment: 'opened' },
      { ...chart, moment: 'resolved' },
    ],
    evidence: sampleEvidence,
    runbook: [
      { ...untouched, step: 1, ...step, status: 'done', by: 'ada', at: sampleNow, helpedBy: 'ada' },
      { ...untouched, step: 2, ...step, status: 'skipped', by: 'ada', at: sampleNow, reason: 'not needed' },
      { ...untouched, step: 3, ...step, assignee: 'ada', timerFrom: sampleNow, timerUntil: later, timerBy: 'ada' },
      { ...untouched, step: 4, ...step, body: 'Wait 10 minutes.\n```promql\nup{job="$service"}\n```' },
    ],
    timeline: sampleFacts.map((fact, id): Entry => ({ id, at: sampleNow, by: 'ada', fact, text: fact.kind })),
    overrides: [],
    postmortem: { draftedAt: later, publishedAt: null },
  }
}

const sampleSection: Section = {
  summary: '198 error lines in one pattern, which is new',
  items: [
    { text: '198× · NEW · 03:58:12 to 04:00:58', code: 'connection refused', url: 'https://example.test/trace/1' },
    { text: 'slow: 4.2 s · payments: POST /charge', code: null, url: null },
  ],
  links: [{ title: 'Open in Grafana', url: 'https://grafana.example.test/explore' }],
}
const sampleEvidence: Evidence[] = (
  [
    { status: 'found', section: sampleSection },
    { status: 'nothing' },
    { status: 'asking' },
    { status: 'failed', reason: 'no answer within 10 s' },
  ] as const
).map((one, place) => ({ provider: one.status, place, title: 'Logs (Loki)', at: sampleNow, ...one }))

const clock = { until: 'acknowledged', startedAt: opened, dueAt: later, mark: 0, stoppedAt: null } as const
const sampleClocks: ResponseClock[] = [
  { ...clock, name: 'respond', status: 'met', stoppedAt: sampleNow },
  { ...clock, name: 'triage', status: 'breached', stoppedAt: sampleNow },
  { ...clock, name: 'investigate', status: 'breached', dueAt: sampleNow },
  { ...clock, name: 'mitigate', status: 'breached', dueAt: sampleNow },
  { ...clock, name: 'resolve', status: 'running' },
]

export const samplePages: Page[] = (
  [
    ['s', 0],
    ['s', 1],
    ['l', 0],
    ['m', 0],
    ['h', 0],
    ['a', 0],
    ['r', 0],
  ] satisfies [PageKind, number][]
).map(([kind, step]) => ({
  key: pageKey(12, { kind, round: 1, step }, 'ada', 'slack'),
  ...{ incident: 12, person: 'ada', channel: 'slack', step, round: 1, status: 'sent', dueAt: opened, sentAt: opened },
}))

const silenced = {
  kind: 'alerts_silenced',
  silence: 'f1',
  until: '2026-03-14T05:00:00Z',
  time: 'Sat 14 Mar 06:00',
} as const

/** Every kind of fact, with every turn that its sentence can take. */
const sampleQuery = { asked: '2026-03-14T03:05:00Z', place: 0, language: 'promql', query: 'up' } as const

export const sampleFacts: Fact[] = [
  { kind: 'incident_opened', severity: 'P1', title: 'Checkout errors above 5 %', service: 'payments' },
  { kind: 'incident_reopened', alert: 'HighErrorRate' },
  { kind: 'incident_reopened', alert: null },
  { kind: 'incident_acknowledged' },
  { kind: 'incident_escalated', wasAcknowledgedBy: null },
  { kind: 'incident_escalated', wasAcknowledgedBy: 'ada' },
  { kind: 'incident_resolved', because: 'person', stillFiring: 2 },
  { kind: 'incident_resolved', because: 'quiet', stillFiring: 0 },
  { kind: 'severity_changed', from: 'P2', to: 'P1', because: 'more users' },
  { kind: 'lead_taken', lead: 'grace' },
  ...(['useful', 'noise', 'duplicate'] as const).map((verdict) => ({
    kind: 'verdict_given' as const,
    verdict,
    because: 'of #7',
  })),
  { kind: 'note_added', note: 'Rolled back.\nWatching.' },
  {
    ...{
      kind: 'message_pinned',
      message: 'slack/C1/1.2',
      platform: 'slack',
      text: 'Rolled back 4.2.1',
      files: ['a.png'],
    },
    ...{ pinnedBy: 'grace', recorded: '2026-03-14T03:12:00Z' },
  },
  {
    ...{ kind: 'message_pinned', message: 'discord/1/2', platform: 'discord', text: '', files: [] },
    ...{ unread: 'it is not allowed', pinnedBy: null, recorded: '2026-03-14T03:12:00Z' },
  },
  { kind: 'message_unpinned', message: 'slack/C1/1.2', text: 'Rolled back 4.2.1' },
  { kind: 'message_edited', message: 'slack/C1/1.2', text: 'Rolled back 4.2.2', was: 'Rolled back 4.2.1' },
  { kind: 'message_deleted', message: 'slack/C1/1.2', was: 'Rolled back 4.2.2' },
  {
    ...{ kind: 'file_kept', message: 'slack/C1/1.2', file: 'F1', kept: 1, name: 'a.png', type: 'image/png', size: 12 },
    sha256: '0',
  },
  { kind: 'file_missing', message: 'slack/C1/1.2', file: 'F2', name: 'dump.bin', reason: 'larger than 8 MiB' },
  { kind: 'pager_changed', schedule: 'primary', from: ['ada'], to: ['grace'] },
  { kind: 'pager_changed', schedule: 'primary', from: [], to: [] },
  { kind: 'question_postponed', holder: 'ada', until: '2026-03-14T06:00:00Z', time: 'Sat 14 Mar 07:00' },
  { kind: 'page_postponed', person: 'ada', channel: 'email', until: '2026-03-14T06:10:00Z', time: 'Sat 14 Mar 07:10' },
  { kind: 'role_given', role: 'comms', person: 'grace' },
  { kind: 'role_given', role: 'scribe', person: 'ada' },
  { kind: 'update_given', conditions: 'Checkout fails.', actions: '', needs: '', next: null, minutes: null },
  {
    ...{ kind: 'update_given', conditions: 'Half of all payments fail', actions: 'Rolling back', needs: 'A DBA' },
    ...{ next: '2026-03-14T03:42:00Z', minutes: 30 },
  },
  { kind: 'update_due', people: ['ada', 'grace'], minutes: 30 },
  { kind: 'alert_fired', alert: 'HighErrorRate', fingerprint: 'f1' },
  { kind: 'alert_cleared', alert: 'HighErrorRate', fingerprint: 'f1' },
  { kind: 'alerts_all_clear', quietMinutes: 5 },
  { kind: 'alerts_all_clear', quietMinutes: 0 },
  { kind: 'alerts_fire_again', alert: 'Checkout: half of all requests fail', quietMinutes: 5 },
  { ...silenced, matchers: ['alertname="HighErrorRate"'], because: '', alerts: 1, others: 0, left: 0 },
  { ...silenced, matchers: ['alertname="A"', 'service="b"'], because: 'deploy', alerts: 4, others: 1, left: 2 },
  { kind: 'silence_ended', silence: 'f1', elsewhere: false },
  { kind: 'silence_ended', silence: 'f1', elsewhere: true },
  { kind: 'silence_ended', silence: 'f1', elsewhere: false, still: 3 },
  { kind: 'people_paged', people: ['ada', 'grace'], step: 0, round: 1, because: 'policy' },
  { kind: 'people_paged', people: ['grace'], step: 0, round: 1, because: 'policy', instead: 'ada' },
  { kind: 'people_paged', people: ['ada'], step: 0, round: 1, because: 'person' },
  { kind: 'people_paged', people: ['ada'], step: 0, round: 1, because: 'clock', clock: 'resolve' },
  { kind: 'policy_step_skipped', step: 1, round: 1, because: 'nobody' },
  { kind: 'policy_step_skipped', step: 1, round: 1, because: 'business hours' },
  { kind: 'acknowledgement_taken_over', from: 'grace' },
  { kind: 'acknowledgement_questioned', holder: 'ada', until: '2026-03-14T03:30:00Z' },
  { kind: 'acknowledgement_questioned', holder: 'stranger', until: '2026-03-14T03:30:00Z', unpaged: true },
  { kind: 'acknowledgement_renewed', until: '2026-03-14T04:00:00Z' },
  { kind: 'acknowledgement_lapsed', holder: 'ada', paged: true },
  { kind: 'acknowledgement_lapsed', holder: 'stranger', paged: false },
  { kind: 'last_resort_reached', people: ['ada'], times: 2 },
  { kind: 'page_sent', person: 'ada', channel: 'slack', key: 'k' },
  { kind: 'page_uncertain', person: 'ada', channel: 'email', key: 'k' },
  { kind: 'page_failed', person: 'ada', channel: 'slack', key: 'k', reason: 'no such user' },
  { kind: 'page_answered' },
  { kind: 'page_postponed', person: 'ada', until: '2026-03-14T06:00:00Z', time: 'Sat 14 Mar 07:00' },
  { kind: 'page_left_out', person: 'ada', schedule: 'primary', people: ['grace'], step: 0, round: 1 },
  { kind: 'page_rerouted', person: 'ada', channel: 'slack', other: 'email', minutes: 2 },
  { kind: 'clock_warned', clock: 'respond', share: 80, dueAt: '2026-03-14T03:15:00Z' },
  { kind: 'clock_breached', clock: 'respond', dueAt: '2026-03-14T03:15:00Z' },
  { kind: 'clock_breached', clock: 'respond', dueAt: '2026-03-14T03:15:00Z', effect: 'next step' },
  { kind: 'clock_breached', clock: 'resolve', dueAt: '2026-03-14T03:15:00Z', effect: 'help' },
  { kind: 'clock_breached', clock: 'respond', dueAt: '2026-03-14T03:15:00Z', effect: 'opening' },
  { kind: 'room_opened', platform: 'slack', room: '#inc-12-payments' },
  { kind: 'room_degraded', platform: 'slack', what: 'set the topic', reason: 'missing_scope' },
  { kind: 'chart_drawn', chart: 1, title: 'Error rate', summary: 'highest 7 %' },
  { kind: 'chart_missing', title: 'Error rate', reason: 'Prometheus did not answer in 10 s' },
  { kind: 'chart_missing', title: 'Error rate', reason: 'Prometheus did not answer in 10 s', again: true },
  {
    kind: 'evidence_gathered',
    ...{ asked: '2026-03-14T03:00:00Z', from: '2026-03-14T02:55:00Z', until: '2026-03-14T03:00:00Z' },
    found: [{ title: 'Logs (Loki)', summary: '198 error lines in one pattern, which is new' }],
    nothing: ['Traces'],
    failed: [{ title: 'Logs (Elasticsearch)', reason: 'no answer within 10 s' }],
  },
  { kind: 'runbook_matched', title: 'Service Down', because: 'alert name' },
  {
    kind: 'runbook_matched',
    title: 'Service Down',
    because: 'similarity 0.72',
    escalations: [{ after: 900_000, unless: 'resolved' }],
  },
  {
    kind: 'runbook_offered',
    choices: [
      { title: 'Service Down', name: 'service-down', score: 0.55 },
      { title: 'Disk full', name: 'disk-full', score: 0.52 },
    ],
  },
  { kind: 'runbook_offered', choices: [{ title: 'Service Down', name: 'ops.md#service-down', score: null }] },
  { kind: 'runbook_chosen', title: 'Disk full', instead: null },
  {
    kind: 'runbook_chosen',
    title: 'Disk full',
    instead: 'Service Down',
    escalations: [{ after: 900_000, unless: 'acknowledged' }],
  },
  { kind: 'runbook_step_done', step: 1, title: 'Look' },
  { kind: 'runbook_step_skipped', step: 2, title: 'Restart' },
  { kind: 'runbook_step_skipped', step: 2, title: 'Restart', reason: 'not needed' },
  { kind: 'runbook_step_reopened', step: 2, title: 'Restart' },
  { kind: 'runbook_step_assigned', step: 2, title: 'Restart', person: 'ada' },
  { kind: 'runbook_step_assigned', step: 2, title: 'Restart', person: null },
  { kind: 'runbook_step_noted', step: 2, title: 'Restart', note: 'takes long' },
  { kind: 'runbook_step_helped', step: 2, title: 'Restart' },
  { kind: 'runbook_timer_started', step: 2, title: 'Restart', length: 600_000, until: '2026-03-14T03:15:00Z' },
  { kind: 'runbook_timer_stopped', step: 2, title: 'Restart' },
  { kind: 'runbook_timer_ended', step: 2, title: 'Restart', length: 600_000, people: ['ada'] },
  { kind: 'runbook_timer_ended', step: 2, title: 'Restart', length: 30_000, people: [] },
  { kind: 'runbook_query_ran', step: 1, title: 'Look', ...sampleQuery, summary: 'now 7 %', chart: 1, lines: '' },
  { kind: 'runbook_query_ran', step: 1, title: 'Look', ...sampleQuery, summary: '2 lines', chart: null, lines: 'a\nb' },
  { kind: 'runbook_query_failed', step: 1, title: 'Look', ...sampleQuery, reason: 'Prometheus did not answer' },
  { kind: 'postmortem_drafted' },
  { kind: 'postmortem_published' },
  ...(['action_added', 'action_changed', 'action_done', 'action_dropped', 'action_reopened'] as const).flatMap(
    (kind): Fact[] => [
      { kind, item: 1, action: 'Alert on queue length', owner: 'ada', due: '2026-03-20' },
      { kind, item: 2, action: 'Practise the failover', owner: null, due: null },
    ],
  ),
]
