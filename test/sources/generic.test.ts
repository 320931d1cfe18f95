// Tocsin's own small JSON, documented in README.
import { describe, expect, test } from 'vitest'
import { RejectedInput } from '../../src/errors.ts'
import { deliver, fixture, received } from './deliver.ts'

const generic = (body: unknown) => deliver('generic', body)

test('one alert is enough', () => {
  expect(generic(fixture('generic-one'))).toEqual({
    rejected: [],
    alerts: [
      {
        source: 'generic',
        fingerprint: 'backup-nightly',
        status: 'firing',
        labels: {
          alertname: 'Nightly backup did not finish',
          service: 'backups',
          severity: 'warning',
          host: 'db-1',
          attempts: '3',
        },
        annotations: {
          summary: 'Nightly backup did not finish',
          description: 'No backup has been written for 26 hours.',
        },
        startsAt: new Date('2026-03-02T04:00:00Z'),
        endsAt: null,
        generatorUrl: 'https://backups.example.org/jobs/nightly',
      },
    ],
  })
})

test('of a list, the usable ones land', () => {
  const { alerts, rejected } = generic(fixture('generic-list'))
  expect(
    alerts.map(({ fingerprint, status, startsAt, endsAt }) => ({ fingerprint, status, startsAt, endsAt })),
  ).toEqual([
    { fingerprint: 'orders-queue', status: 'firing', startsAt: received, endsAt: null },
    { fingerprint: 'cert', status: 'resolved', startsAt: received, endsAt: new Date('2026-03-02T08:00:00Z') },
  ])
  expect(rejected).toEqual([{ index: 2, reason: 'alerts[2].title is missing (or labels.alertname)' }])
})

test('a title alone does: it fires now, and is the same alert when it ends', () => {
  const [firing] = generic({ title: 'Disk full' }).alerts
  const [ended] = generic({ title: 'Disk full', status: 'resolved' }).alerts
  expect(firing).toMatchObject({ status: 'firing', startsAt: received, endsAt: null })
  expect(ended).toMatchObject({ fingerprint: firing?.fingerprint, status: 'resolved', endsAt: received })
  expect(generic({ title: 'Disk full', service: 'other' }).alerts[0]?.fingerprint).not.toBe(firing?.fingerprint)
})

test('with labels.alertname the title may change from one delivery to the next', () => {
  const labels = { alertname: 'DiskFull' }
  const [first, second] = ['91 %', '94 %'].map((used) => generic({ title: `Disk ${used} full`, labels }).alerts[0])
  expect(first?.fingerprint).toBe(second?.fingerprint)
  expect(second?.annotations.summary).toBe('Disk 94 % full')
  expect(generic({ labels }).alerts[0]?.annotations).toEqual({})
})

describe('a body that is one unusable alert is refused as a whole', () => {
  test.each([
    [null, 'the body must be a JSON object'],
    [{}, 'title is missing (or labels.alertname)'],
    [{ title: '' }, 'title is missing (or labels.alertname)'],
    [{ title: ' \n' }, 'title is missing (or labels.alertname)'],
    [{ title: {} }, 'title must be a string'],
    [{ title: 'x', status: 'ok' }, 'status must be firing or resolved'],
    [{ title: 'x', state: 'ok' }, 'state is not read: say "status": "resolved" when it is over'],
    [{ alerts: 'x' }, 'alerts must be a list'],
  ])('%j', (body, message) => {
    expect(() => generic(body)).toThrow(new RejectedInput(message))
  })
})

describe('a fault that leaves enough to wake somebody is told, and the alert counts', () => {
  const time = 'must be a time with its zone, such as 2026-01-05T09:00:00Z'
  test.each([
    [[{ title: 'x' }], 'the body must be a JSON object with the list alerts, and is a list by itself'],
    [{ alerts: { title: 'x' } }, 'alerts must be a list: it was taken for one alert'],
    [{ title: 'x', alerts: 3 }, 'alerts must be a list: it was left out'],
    [{ title: ['x'] }, 'title must be a string: it was made one'],
    [{ title: 'x', service: ['a'] }, 'service must be a string: it was made one'],
    [{ title: 'x', startsAt: 'now' }, `startsAt ${time}: the time of arrival counts`],
    [{ title: 'x', key: {} }, 'key must be a string: the alert is known by its labels instead'],
    [{ title: 'x', labels: ['a'] }, 'labels must be an object of strings: it was left out'],
    [{ title: 'x', status: 'DOWN' }, 'status must be firing or resolved: it was left out'],
    [{ title: 'x', description: { text: 'y' } }, 'description must be a string: it was made one'],
  ])('%j', (body, reason) => {
    const { alerts, rejected, warnings } = generic(body)
    expect(alerts).toMatchObject([{ status: 'firing', labels: { alertname: 'x' }, startsAt: received }])
    expect(rejected).toEqual([])
    expect(warnings?.map((one) => one.reason)).toEqual([reason])
  })

  test('also in a list, of which the others land', () => {
    const { alerts, warnings } = generic({ alerts: [{ title: 'x' }, { title: 'y', startsAt: 'now' }] })
    expect(alerts).toHaveLength(2)
    expect(warnings).toEqual([{ index: 1, reason: `alerts[1].startsAt ${time}: the time of arrival counts` }])
  })
})

test('what is over in another word than ours is refused, that nobody is woken for it', () => {
  for (const status of ['OK', 'recovered', 'Closed', 'UP'])
    expect(() => generic({ title: 'x', status })).toThrow(new RejectedInput('status must be firing or resolved'))
  expect(generic({ title: 'x', status: 'RESOLVED' }).alerts[0]?.status).toBe('resolved')
})
