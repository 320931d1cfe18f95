// Alertmanager's webhook as it is sent, and as it must not bring anything down.
import { describe, expect, test } from 'vitest'
import { RejectedInput } from '../../src/errors.ts'
import { deliver, fixture, received } from './deliver.ts'

const alertmanager = (body: unknown) => deliver('alertmanager', body)
const withAlerts = (...alerts: unknown[]) => alertmanager({ version: '4', alerts })
const minimal = { status: 'firing', labels: { alertname: 'A' }, fingerprint: 'f' }

test('each alert of a group keeps its own fingerprint, labels, times and expression', () => {
  const { alerts, rejected } = alertmanager(fixture('alertmanager-firing'))
  expect(rejected).toEqual([])
  expect(alerts.map((alert) => alert.fingerprint)).toEqual(['b8f0a2f3c6d14e77', '0c1d6b0de86f5f21'])
  expect(alerts[0]).toEqual({
    source: 'alertmanager',
    fingerprint: 'b8f0a2f3c6d14e77',
    status: 'firing',
    labels: { alertname: 'HighErrorRate', instance: '10.0.0.7:8080', job: 'payments', severity: 'critical' },
    annotations: {
      description: '5xx ratio is 12.4% on 10.0.0.7:8080',
      runbook_url: 'https://runbooks.example.org/payments#high-error-rate',
      summary: 'Payments: many requests fail',
    },
    startsAt: new Date('2026-03-02T08:14:31.372Z'),
    endsAt: null,
    generatorUrl:
      'http://prometheus-0:9090/graph?g0.expr=sum%28rate%28http_requests_total%7Bcode%3D~%225..%22%7D%5B5m%5D%29%29+%3E+0.05&g0.tab=1',
  })
})

test('a group may hold alerts that fire and alerts that ended, and says how many Alertmanager left out', () => {
  const { alerts, rejected } = alertmanager(fixture('alertmanager-mixed'))
  expect(alerts.map(({ status, endsAt }) => [status, endsAt?.toISOString()])).toEqual([
    ['resolved', '2026-03-02T08:09:15.500Z'],
    ['firing', undefined],
  ])
  expect(alerts[1]?.startsAt.toISOString()).toBe('2026-03-02T07:03:00.000Z')
  expect(rejected).toEqual([
    { index: 2, reason: 'truncatedAlerts: 7 more were left out by Alertmanager; raise max_alerts of this receiver' },
  ])
})

test('older ones send no fingerprint: it is made of the labels, whatever their order', () => {
  const [alert] = alertmanager(fixture('alertmanager-0.15-without-fingerprint')).alerts
  expect(alert?.fingerprint).toMatch(/^[0-9a-f]{32}$/)
  const labels = { severity: 'warning', instance: 'db-1', alertname: 'DiskFull' }
  expect(withAlerts({ status: 'resolved', labels }).alerts[0]?.fingerprint).toBe(alert?.fingerprint)
  expect(withAlerts({ status: 'resolved', labels: { ...labels, instance: 'db-2' } }).alerts[0]?.fingerprint).not.toBe(
    alert?.fingerprint,
  )
})

test('no alerts is a delivery with nothing in it', () => {
  expect(withAlerts()).toEqual({ alerts: [], rejected: [] })
})

describe('firing or resolved', () => {
  const ended = (fields: object) => {
    const [alert] = withAlerts({ ...minimal, ...fields }).alerts
    return [alert?.status, alert?.endsAt?.toISOString() ?? null]
  }

  test('the status decides, also when the sender’s clock runs ahead of ours', () => {
    expect(ended({ status: 'resolved', endsAt: '2026-03-02T08:15:40Z' })).toEqual(['resolved', received.toISOString()])
    expect(ended({ status: 'resolved', endsAt: '0001-01-01T00:00:00Z' })).toEqual(['resolved', received.toISOString()])
    expect(ended({ status: 'firing', endsAt: '2026-03-02T07:00:00Z' })).toEqual(['firing', null])
  })

  test('without a status, an end in the future or none at all means firing', () => {
    expect(ended({ status: undefined, endsAt: '0001-01-01T00:00:00Z' })).toEqual(['firing', null])
    expect(ended({ status: undefined, endsAt: '2026-03-02T09:00:00Z' })).toEqual(['firing', null])
    expect(ended({ status: undefined })).toEqual(['firing', null])
    expect(ended({ status: undefined, endsAt: '2026-03-02T08:00:00Z' })).toEqual([
      'resolved',
      '2026-03-02T08:00:00.000Z',
    ])
  })
})

describe('one unusable alert', () => {
  test.each([
    [null, 'alerts[1] must be an object'],
    ['text', 'alerts[1] must be an object'],
    [{ ...minimal, labels: undefined }, 'alerts[1].labels must hold at least one label'],
    [{ ...minimal, labels: {} }, 'alerts[1].labels must hold at least one label'],
    [{ ...minimal, labels: ['a'] }, 'alerts[1].labels must be an object of strings'],
    [{ ...minimal, status: 'ok' }, 'alerts[1].status must be firing or resolved'],
    [{ ...minimal, status: 'Pending' }, 'alerts[1].status must be firing or resolved'],
  ])('%j is named by its place and field, and the others land', (bad, reason) => {
    const { alerts, rejected } = withAlerts(minimal, bad, { ...minimal, fingerprint: 'g' })
    expect(alerts.map((alert) => alert.fingerprint)).toEqual(['f', 'g'])
    expect(rejected).toEqual([{ index: 1, reason }])
  })
})

test.each([
  [null, 'the body must be a JSON object'],
  [[], 'the body must be a JSON object with the list alerts, and is a list by itself'],
  ['x', 'the body must be a JSON object'],
  [{}, 'version must be "4", the webhook of Alertmanager 0.6 and newer'],
  [{ version: '3', alerts: [] }, 'version must be "4", the webhook of Alertmanager 0.6 and newer'],
  [{ version: '4' }, 'alerts must be a list'],
  [{ version: '4', alerts: { 0: minimal } }, 'alerts must be a list'],
])('the body %j is refused as a whole', (body, message) => {
  expect(() => alertmanager(body)).toThrow(new RejectedInput(message))
})

describe('a fault that leaves enough to wake somebody is told, and the alert counts', () => {
  const wanted = 'must be a time with its zone, such as 2026-01-05T09:00:00Z'
  test.each([
    [{ startsAt: 'yesterday' }, `startsAt ${wanted}: the time of arrival counts`],
    [{ startsAt: '2026-13-45T99:00:00Z' }, `startsAt ${wanted}: the time of arrival counts`],
    [{ startsAt: '2026-03-02 09:00:00' }, `startsAt ${wanted}: the time of arrival counts`],
    [{ startsAt: '+020000-01-01T00:00:00Z' }, `startsAt ${wanted}: the time of arrival counts`],
    [{ startsAt: {} }, `startsAt ${wanted}: the time of arrival counts`],
    [{ startsAt: 17 }, `startsAt ${wanted}: the time of arrival counts`],
    [{ startsAt: true }, `startsAt ${wanted}: the time of arrival counts`],
    [
      { startsAt: '2027-01-01T00:00:00Z' },
      'startsAt lies in the future: the time of arrival counts; look at the clock and the zone of what sends it',
    ],
    [{ endsAt: 5 }, `endsAt ${wanted}: it still fires, so its end is not read`],
    [{ status: 'on fire' }, 'status must be firing or resolved: it was left out'],
    [{ status: { state: 'active' } }, 'status must be firing or resolved: it was left out'],
    [{ annotations: 7 }, 'annotations must be an object of strings: it was left out'],
    [{ annotations: ['a'] }, 'annotations must be an object of strings: it was left out'],
  ])('%j', (fault, reason) => {
    const { alerts, rejected, warnings } = withAlerts(minimal, { ...minimal, fingerprint: 'g', ...fault })
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(['f', 'g'])
    expect(alerts[1]).toMatchObject({ status: 'firing', labels: minimal.labels, startsAt: received, endsAt: null })
    expect({ rejected, warnings }).toEqual({ rejected: [], warnings: [{ index: 1, reason: `alerts[1].${reason}` }] })
  })

  test('what is no text in labels and annotations becomes one; a fingerprint that is none is made of the labels', () => {
    const labels = { alertname: 'A', severity: ['critical'], pods: ['a', 1], at: { b: [true] }, none: {} }
    const bad = { status: 'firing', labels, annotations: 'Disk is full', fingerprint: {} }
    const { alerts, warnings } = withAlerts(bad, { ...bad, labels: { ...labels, alertname: 'B' } })
    expect(alerts[0]?.labels).toEqual({
      alertname: 'A',
      severity: 'critical',
      pods: 'a, 1',
      at: '{"b":[true]}',
      none: '',
    })
    expect(alerts[0]?.annotations).toEqual({ description: 'Disk is full' })
    expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(2)
    expect(warnings?.slice(0, 3)).toEqual([
      {
        index: 0,
        reason: 'alerts[0].labels must be an object of strings, but one of its values is not: it was made one',
      },
      { index: 0, reason: 'alerts[0].fingerprint must be a string: the alert is known by its labels instead' },
      { index: 0, reason: 'alerts[0].annotations must be an object of strings: it was taken for a description' },
    ])
  })

  test('of an alert that is refused only that is told', () => {
    const { rejected, warnings } = withAlerts(minimal, { startsAt: 'x', annotations: 3 })
    expect(rejected).toHaveLength(1)
    expect(warnings).toBeUndefined()
  })

  test('thousands of faults are not listed one by one', () => {
    const { alerts, warnings } = withAlerts(
      ...Array.from({ length: 1500 }, (_, i) => ({ ...minimal, fingerprint: i, startsAt: 'x' })),
    )
    expect(alerts).toHaveLength(1500)
    expect(warnings).toHaveLength(1001)
    expect(warnings?.at(-1)).toEqual({ reason: '500 more faults like these are not listed' })
  })

  test.each([
    [{ version: '5', alerts: [minimal] }, 'version must be "4", the webhook of Alertmanager 0.6 and newer'],
    [{ alerts: [minimal] }, 'version must be "4", the webhook of Alertmanager 0.6 and newer'],
    [[minimal], 'the body must be a JSON object with the list alerts, and is a list by itself'],
    [{ version: '4', alerts: minimal }, 'alerts must be a list: one alert was made of what is there'],
    [{ version: '4', ...minimal }, 'alerts must be a list: one alert was made of what is there'],
    [
      { version: '4', status: 'firing', alerts: null, groupKey: 'f', groupLabels: {}, commonLabels: minimal.labels },
      'alerts must be a list: one alert was made of what is there',
    ],
  ])('the body %j', (body, reason) => {
    const { alerts, warnings } = alertmanager(body)
    expect(alerts).toMatchObject([{ fingerprint: 'f', status: 'firing', labels: { alertname: 'A' } }])
    expect(warnings).toEqual([{ reason }])
  })
})

test('what is plainly an instant, or a status, is read without a word', () => {
  const at = new Date('2026-03-02T07:00:00Z')
  for (const startsAt of [
    ...[at.getTime() / 1000, at.getTime(), at.getTime() * 1e3, at.getTime() * 1e6, String(at.getTime() / 1000)],
    ...[
      '2026-03-02 07:00:00 +0000 UTC',
      '2026-03-02 08:00:00.0 +0100 CET m=+0.5',
      '2026-03-02T07:00:00.000000000+00:00',
    ],
  ])
    expect(withAlerts({ ...minimal, status: ' FIRING', startsAt, fingerprint: 7 })).toEqual({
      alerts: [expect.objectContaining({ status: 'firing', startsAt: at, fingerprint: '7' })],
      rejected: [],
    })
  const { alerts, warnings } = withAlerts({ ...minimal, status: 'Resolved', endsAt: at.getTime() })
  expect([alerts[0]?.status, alerts[0]?.endsAt, warnings]).toEqual(['resolved', at, undefined])
  for (const zero of [0, '1970-01-01T00:00:00Z', '0001-01-01 00:00:00 +0000 UTC'])
    expect(withAlerts({ ...minimal, status: '', startsAt: zero, endsAt: zero })).toEqual({
      alerts: [expect.objectContaining({ status: 'firing', startsAt: received, endsAt: null })],
      rejected: [],
    })
  expect(alertmanager({ version: 4, alerts: [minimal] }).warnings).toBeUndefined()
})

describe('what Postgres or a reader could not bear', () => {
  const labelsOf = (labels: unknown) => withAlerts({ ...minimal, labels }).alerts[0]?.labels ?? {}

  test('numbers and booleans become text, null is left out', () => {
    expect(labelsOf({ a: 1.5, b: true, c: null, d: '' })).toEqual({ a: '1.5', b: 'true', d: '' })
  })

  test('NUL and halves of surrogate pairs are dropped, whole pairs stay', () => {
    expect(labelsOf({ 'a\0': 'x\0y', b: '\ud83d', c: '🔔\udc00' })).toEqual({ a: 'xy', b: '', c: '🔔' })
  })

  test('long values are cut visibly, and never through a character', () => {
    const { a, b } = labelsOf({ a: 'x'.repeat(5000), b: '🔔'.repeat(3000) })
    expect(a).toHaveLength(4096)
    expect(a?.endsWith('x…')).toBe(true)
    expect(b).not.toMatch(/\p{Surrogate}/u)
    expect(b?.endsWith('🔔…')).toBe(true)
  })

  test('of too many labels the telling ones are kept, and one says so', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`label_${i}`, 'x']))
    const kept = labelsOf({ ...many, severity: 'critical', service: 'a' })
    expect(Object.keys(kept)).toHaveLength(100)
    expect(kept).toMatchObject({ severity: 'critical', service: 'a', left_out: '53 of 152 were too many to keep' })
  })

  test('of thousands of labels only those that are kept are looked at', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`label_${i}`, i < 5_000 ? 'x' : null]))
    const kept = labelsOf({ ...many, severity: 'critical', label_4999: ['none of these is a text'] })
    expect(kept).toMatchObject({ severity: 'critical', left_out: '4902 of 5001 were too many to keep' })
  })

  test('a key called __proto__ is only a label', () => {
    expect(labelsOf(JSON.parse('{"__proto__": "x", "a": "b"}')).a).toBe('b')
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  test('an address that leads nowhere safe is none', () => {
    const link = (generatorURL: unknown) => withAlerts({ ...minimal, generatorURL }).alerts[0]?.generatorUrl
    expect([link('javascript:alert(1)'), link('/graph'), link(7), link(undefined), link('http://')]).toEqual(
      Array(5).fill(null),
    )
    expect(link(`http://p/graph?g0.expr=${'x'.repeat(20_000)}`)).toBeNull()
  })

  test('a fingerprint too long for an index becomes its hash', () => {
    const long = withAlerts({ ...minimal, fingerprint: 'f'.repeat(5000) }).alerts[0]?.fingerprint
    expect(long).toMatch(/^[0-9a-f]{32}$/)
    expect(withAlerts({ ...minimal, fingerprint: `${'f'.repeat(4999)}g` }).alerts[0]?.fingerprint).not.toBe(long)
  })
})
