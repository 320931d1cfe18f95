// One night's incident in its states, and the words to tell it in.
import type { Alert } from '../../src/core/alert.ts'
import type { Incident } from '../../src/core/incident.ts'
import { type Page, type PageKind, pageKey } from '../../src/core/page.ts'
import type { Policy } from '../../src/core/policy.ts'
import { untouched } from '../../src/core/runbook-step.ts'
import type { SeverityTerms, Terms } from '../../src/core/terms.ts'
import type { Words } from '../../src/messages/words.ts'
import type { IncidentView } from '../../src/store/views.ts'
import { makeTemplates } from '../../src/templates.ts'

/** Minutes after the incident opened at 03:00. */
export const at = (minutes: number) => new Date(Date.UTC(2026, 2, 14, 3, minutes))
export const now = at(4)

const person = (key: string, name: string) => ({ key, name, email: null, accounts: {}, reach: null, quiet: null })
export const words: Words = {
  config: {
    team: 'Payments',
    zone: 'UTC',
    people: { ada: person('ada', 'Ada Lovelace'), grace: person('grace', 'Grace Hopper') },
    groups: {},
    schedules: {},
    server: { host: '127.0.0.1', port: 8420, publicUrl: 'https://tocsin.example.test/' },
    digest: { name: '', cron: '0 9 * * 1', zone: 'UTC', channel: null, platforms: [], services: [], email: [] },
  },
  templates: makeTemplates([]),
}

const policy: Policy = {
  name: 'standard',
  steps: [
    { targets: [{ schedule: 'primary' }], wait: 300_000 },
    { targets: [{ person: 'grace' }], wait: 300_000 },
  ],
  rounds: 2,
  lastResort: { people: ['grace'], every: 300_000 },
}
const room: SeverityTerms = { presence: 'room', paging: 'always', policy, clocks: [] }
const terms: Terms = {
  zone: 'UTC',
  hours: { zone: 'UTC', days: ['mon'], from: '09:00', until: '17:00', holidays: [] },
  severities: {
    P1: room,
    P2: room,
    P3: { ...room, presence: 'card', paging: 'never' },
    P4: { ...room, presence: 'none', paging: 'never' },
  },
  quietFor: 300_000,
  runbook: { path: 'runbooks/payments.md', section: 'high-error-rate' },
  charts: [],
  dashboards: [{ title: 'Checkout dashboard', url: 'https://grafana.example.test/d/checkout' }],
}

export const open: Extract<Incident, { status: 'open' }> = {
  number: 12,
  status: 'open',
  groupingKey: 'payments/HighErrorRate',
  title: 'Checkout errors above 5 %',
  service: 'payments',
  severity: 'P1',
  openedAt: at(0),
  lead: null,
  trace: 't',
  terms,
  position: { at: 'step', step: 1, round: 1, lastRound: 2, dueAt: at(5) },
  quietUntil: null,
}
export const acknowledged: Incident = {
  ...open,
  status: 'acknowledged',
  acknowledgedAt: at(3),
  acknowledgedBy: 'ada',
  lease: { until: at(33), askAt: at(28) },
  help: null,
}
export const resolved: Incident = {
  ...open,
  status: 'resolved',
  acknowledgedAt: at(3),
  acknowledgedBy: 'ada',
  resolvedAt: at(40),
  resolvedBy: 'ada',
}

export function alert(n: number, annotations = {}, generatorUrl: string | null = null): Alert {
  const labels = { alertname: 'HighErrorRate', pod: `api-${n}` }
  return {
    source: 'alertmanager',
    fingerprint: `f${n}`,
    status: 'firing',
    labels,
    annotations,
    startsAt: at(0),
    endsAt: null,
    generatorUrl,
  }
}

export function view(incident: Incident, changes: Partial<IncidentView> = {}): IncidentView {
  const url = 'https://prometheus.example.test/graph?g0.expr=up'
  return {
    incident,
    clocks: [
      {
        name: 'respond',
        until: 'acknowledged',
        startedAt: at(0),
        dueAt: at(15),
        status: 'running',
        mark: 0,
        stoppedAt: null,
      },
    ],
    alerts: [
      alert(1, { description: 'Errors at 7 %.' }, url),
      alert(2),
      { ...alert(3), status: 'resolved', endsAt: at(2) },
    ],
    pages: [page('s', 0, 'ada')],
    rooms: [
      { platform: 'slack', channel: 'C1', name: '#inc-12-payments', url: 'https://slack.example.test/C1' },
      { platform: 'discord', channel: '1', name: '#inc-12-payments', url: 'https://discord.example.test/1' },
    ],
    charts: [],
    evidence: [],
    runbook: [{ ...untouched, step: 1, title: 'Look', body: 'Look.' }],
    timeline: [],
    overrides: [],
    postmortem: null,
    ...changes,
  }
}

export function page(kind: PageKind, step: number, person: string): Page {
  const key = pageKey(12, { kind, round: 1, step }, person, 'slack')
  return { key, incident: 12, person, channel: 'slack', step, round: 1, status: 'sent', dueAt: at(0), sentAt: at(0) }
}
