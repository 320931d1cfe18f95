// A valid configuration, as the loader would make it, for servers under test.
import type { Config } from '../../src/config/config.ts'
import type { Severity } from '../../src/core/severity.ts'
import type { SeverityTerms, Terms } from '../../src/core/terms.ts'

const minute = 60_000

const hours: Terms['hours'] = {
  zone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  until: '17:00',
  holidays: [],
}

const policy: SeverityTerms['policy'] = {
  name: 'default',
  steps: [
    { targets: [{ schedule: 'primary' }], wait: 5 * minute },
    { targets: [{ person: 'grace' }], wait: 10 * minute },
  ],
  rounds: 2,
  lastResort: { people: ['grace'], every: 10 * minute },
}

function termsOf(severity: Severity): SeverityTerms {
  const within = { P1: 15 * minute, P2: 60 * minute, P3: 'next business day', P4: 'next business day' } as const
  return {
    presence: severity === 'P4' ? 'none' : severity === 'P3' ? 'card' : 'room',
    paging: severity === 'P4' ? 'never' : severity === 'P3' ? 'business hours' : 'always',
    policy,
    clocks:
      severity === 'P4' ? [] : [{ name: 'respond', within: within[severity], from: 'opened', until: 'acknowledged' }],
  }
}

const severities = { P1: termsOf('P1'), P2: termsOf('P2'), P3: termsOf('P3'), P4: termsOf('P4') }

export const terms: Terms = {
  zone: 'Europe/Berlin',
  hours,
  severities,
  quietFor: 5 * minute,
  runbook: { path: 'runbooks/checkout.md', section: 'high-error-rate' },
  charts: [],
  dashboards: [{ title: 'Checkout', url: 'http://127.0.0.1:3000/d/checkout' }],
}

export function config(): Config {
  const person = (key: string, name: string) => ({
    key,
    name,
    email: null,
    accounts: { console: key },
    reach: null,
    quiet: null,
  })
  return {
    team: 'Shop',
    zone: 'Europe/Berlin',
    people: {
      ada: person('ada', 'Ada Lovelace'),
      grace: person('grace', 'Grace Hopper'),
      linus: person('linus', 'Linus Pauling'),
    },
    schedules: {},
    userGroups: [],
    handover: { acceptWithin: null },
    groups: {},
    roles: ['lead', 'comms', 'scribe'],
    policies: { default: policy },
    stepPlaces: {},
    policyParts: {},
    curly: [],
    loneTurns: [],
    severities,
    severityRules: [],
    defaultSeverity: 'P3',
    services: {},
    hours,
    grouping: { by: ['service', 'alertname'], reopenWithin: 15 * minute, quietFor: 5 * minute },
    sources: {
      alertmanager: { name: 'alertmanager', kind: 'alertmanager', token: 'quickstart' },
      generic: { name: 'generic', kind: 'generic', token: 'another secret' },
    },
    changes: { sources: {}, before: 6 * 60 * minute, keep: 90 },
    checklists: { documents: false, at: '09:00', hours, channel: null, lists: [] },
    runbooks: [],
    prometheus: { url: null, headers: {}, timeout: 5_000 },
    charts: { baseline: 'week', theme: 'light' },
    alertmanager: { url: null, headers: {}, timeout: 5_000 },
    evidence: {
      ...{ severities: ['P1', 'P2'], timeout: 10_000, before: 300_000, after: 600_000 },
      ...{ loki: null, elasticsearch: null, kibana: null, traces: null, grafana: null },
    },
    slos: [],
    digest: {
      name: '',
      cron: '0 9 * * 1',
      zone: 'Europe/Berlin',
      channel: null,
      platforms: [],
      services: [],
      email: [],
    },
    digests: [],
    goals: { mttr: null, mtbf: null, precision: null, changeFailures: null },
    night: { from: '22:00', until: '07:00' },
    heartbeat: null,
    slack: null,
    discord: null,
    console: { incidentsChannel: 'incidents', alertsChannel: 'alerts' },
    email: null,
    webhooks: {},
    accessToken: null,
    server: { host: '127.0.0.1', port: 8420, publicUrl: 'http://127.0.0.1:8420' },
    database: { url: null, dataFolder: '.tocsin' },
    log: { level: 'silent', file: null },
    metricsEnabled: true,
    folder: '.',
    postmortems: { P1: 'default', P2: 'default', P3: 'default', P4: 'default' },
    templates: null,
  }
}
