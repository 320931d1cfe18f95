// Grafana Alerting's webhook, as its documentation shows it.
import { describe, expect, test } from 'vitest'
import { alertName, alertTitle } from '../../src/core/alert.ts'
import { grouping } from '../../src/core/classify.ts'
import { RejectedInput } from '../../src/errors.ts'
import { deliver, received } from './deliver.ts'

const firing = {
  status: 'firing',
  labels: { alertname: 'High memory usage', team: 'blue', zone: 'us-1', severity: 'critical' },
  annotations: { summary: 'Memory of us-1', runbook_url: 'https://runbooks.example.org/memory' },
  startsAt: '2026-03-02T09:51:03.157076+02:00',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'https://grafana.example.org/alerting/grafana/1afz29v7z/view?orgId=1',
  fingerprint: 'c6eadffa33fcdf37',
  silenceURL: 'https://grafana.example.org/alerting/silence/new',
  dashboardURL: '',
  panelURL: '',
  values: { B: 44.23943737541908, C: 1 },
}
const body = (...alerts: object[]) => ({
  ...{ receiver: 'tocsin', status: 'firing', orgId: 1, version: '1', truncatedAlerts: 0, groupKey: '{}:{}' },
  ...{
    alerts,
    title: '[FIRING:1]',
    state: 'alerting',
    message: '**Firing**',
    externalURL: 'https://grafana.example.org/',
  },
})

test('its alerts keep their labels, times and fingerprints, and lead to their rule', () => {
  const { alerts, rejected } = deliver('grafana', body(firing))
  expect(rejected).toEqual([])
  const { status, labels, annotations, fingerprint, generatorURL } = firing
  expect(alerts).toEqual([
    {
      ...{ source: 'grafana', fingerprint, status, labels, annotations, generatorUrl: generatorURL },
      ...{ startsAt: new Date('2026-03-02T07:51:03.157Z'), endsAt: null },
    },
  ])
})

test('one with a panel leads to that, and one that ended has ended', () => {
  const panelURL = 'https://grafana.example.org/d/abc?orgId=1&viewPanel=2'
  const ended = { ...firing, status: 'resolved', endsAt: '2026-03-02T07:55:00Z', panelURL, dashboardURL: 'https://x' }
  expect(deliver('grafana', body(ended)).alerts).toMatchObject([{ status: 'resolved', generatorUrl: panelURL }])
})

test('what Grafana left out is told, and what is no list is refused', () => {
  const { alerts, rejected } = deliver('grafana', { ...body(firing), truncatedAlerts: 4 })
  expect(alerts).toHaveLength(1)
  expect(rejected).toEqual([
    {
      index: 1,
      reason: 'truncatedAlerts: 4 more were left out by Grafana; set "Max Alerts" of this contact point to 0',
    },
  ])
  expect(() => deliver('grafana', { version: '1' })).toThrow(RejectedInput)
})

test('sent to a source of Alertmanager by mistake, it counts, and is told which kind it wants', () => {
  const { alerts, warnings } = deliver('alertmanager', body(firing))
  expect(alerts).toMatchObject([{ fingerprint: firing.fingerprint, status: 'firing' }])
  expect(warnings).toEqual([{ reason: expect.stringContaining('kind: grafana') }])
})

test('a rule that found nothing, or could not ask, is told by its own name; its labels stay as they came', () => {
  const special = (alertname: string, annotations: object) => ({
    ...firing,
    labels: { alertname, rulename: 'Disk full', grafana_folder: 'Prod', datasource_uid: 'P18', ref_id: 'A' },
    annotations,
  })
  const { alerts } = deliver(
    'grafana',
    body(
      special('DatasourceNoData', { summary: 'Disk of [no value] is full' }),
      special('DatasourceError', { Error: 'failed to execute query [A]: no such host', summary: 'Disk of [no value]' }),
      special('DatasourceNoData', {}),
    ),
  )
  expect(alerts.map((alert) => [alertTitle(alert), alert.annotations.description])).toEqual([
    ['No data: Disk full', 'Disk of [no value] is full'],
    ['Query failed: Disk full', 'failed to execute query [A]: no such host'],
    ['No data: Disk full', undefined],
  ])
  expect(alerts.map(({ labels }) => [labels.alertname, alertName(labels)])).toEqual([
    ['DatasourceNoData', 'Disk full'],
    ['DatasourceError', 'Disk full'],
    ['DatasourceNoData', 'Disk full'],
  ])
  // Of one rule they are one incident, of two rules they are two: nobody is left unpaged because another rule is blind.
  const keys = new Set([...alerts, ...deliver('grafana', body(firing)).alerts].map(grouping(['service', 'alertname'])))
  expect(keys.size).toBe(2)
})

describe('alerting of dashboards, as Grafana 10 and older have it', () => {
  const rule = {
    ...{ dashboardId: 4, panelId: 2, orgId: 1, ruleId: 17, ruleName: 'Queue is long', state: 'alerting', imageUrl: '' },
    ...{
      title: '[Alerting] Queue is long',
      message: 'Look at the consumers.',
      tags: { service: 'orders', severity: 'critical' },
    },
    ruleUrl: 'http://grafana.example.org/d/hZ7BuVbWz/orders?tab=alert&viewPanel=2&orgId=1',
    evalMatches: [{ value: 412.5, metric: 'orders', tags: null }],
  }

  test('is one alert, with the same identity when it ends', () => {
    const [alert] = deliver('grafana', rule).alerts
    expect(alert).toMatchObject({
      ...{ source: 'grafana', status: 'firing', startsAt: received, endsAt: null, generatorUrl: rule.ruleUrl },
      labels: { alertname: 'Queue is long', service: 'orders', severity: 'critical' },
      annotations: { description: 'Look at the consumers.' },
    })
    const ok = { ...rule, state: 'ok', title: '[OK] Queue is long', tags: {}, evalMatches: [] }
    expect(deliver('grafana', ok).alerts).toMatchObject([
      { status: 'resolved', fingerprint: alert?.fingerprint, endsAt: received },
    ])
    expect(deliver('grafana', { ...rule, ruleId: 18 }).alerts[0]?.fingerprint).not.toBe(alert?.fingerprint)
  })

  test('tells what was measured where nobody wrote a message, and that there is no data', () => {
    const [none] = deliver('grafana', { ...rule, state: 'no_data', message: '', tags: null }).alerts
    expect(none).toMatchObject({
      status: 'firing',
      annotations: { summary: 'No data: Queue is long', description: 'orders: 412.5' },
    })
  })

  test('wakes nobody for a rule that is paused, and somebody for a state that nobody knows', () => {
    expect(() => deliver('grafana', { ...rule, state: 'paused' })).toThrow(RejectedInput)
    const { alerts, warnings } = deliver('grafana', { ...rule, state: 'execution_error' })
    expect(alerts).toMatchObject([{ status: 'firing' }])
    expect(warnings).toEqual([{ index: 0, reason: 'state must be alerting, no_data or ok: it was taken for alerting' }])
  })
})
