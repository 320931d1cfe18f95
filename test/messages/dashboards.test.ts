// Dashboards are opened at the time of the incident, about what it is about.
import { describe, expect, it } from 'vitest'
import { dashboardUrl } from '../../src/messages/dashboards.ts'
import { configOf } from '../evidence/inquiry.ts'

const opened = new Date('2026-03-02T09:00:00Z')
const at = (minutes: number) => new Date(opened.getTime() + minutes * 60_000)
const open = { status: 'open', service: 'payments', openedAt: opened }
const alert = (labels: Record<string, string>, minutes = -1) => ({ labels, startsAt: at(minutes) })
const url = 'https://grafana.example.org/d/abc/payments?orgId=1'

function opens(
  vars: Record<string, string>,
  alerts = [alert({})],
  incident: Parameters<typeof dashboardUrl>[1]['incident'] = open,
) {
  return new URL(dashboardUrl({ title: 'x', url, vars }, { incident, alerts })).searchParams
}

describe('the time', () => {
  it('is from an hour before the first alert to now, while it lasts', () => {
    const params = opens({})
    expect(params.get('from')).toBe(String(at(-61).getTime()))
    expect(params.get('to')).toBe('now')
    expect(params.get('orgId')).toBe('1')
  })

  it('is as much before and after as there was of it, at least ten minutes, once it is over', () => {
    const resolved = (minutes: number) =>
      opens({}, [alert({})], { ...open, status: 'resolved', resolvedAt: at(minutes) })
    expect([...resolved(3).entries()]).toContainEqual(['to', String(at(13).getTime())])
    expect([...resolved(3).entries()]).toContainEqual(['from', String(at(-11).getTime())])
    expect([...resolved(59).entries()]).toContainEqual(['to', String(at(119).getTime())])
    expect([...resolved(6_000).entries()]).toContainEqual(['from', String(at(-181).getTime())])
  })

  it('is not that of an alert which had been firing for days', () => {
    expect(opens({}, [alert({}, -6_000), alert({}, -2)]).get('from')).toBe(String(at(-62).getTime()))
  })

  it('replaces the one that was copied with the address', () => {
    const copied = dashboardUrl(
      { title: 'x', url: `${url}&from=now-6h&to=now-1h`, vars: {} },
      { incident: open, alerts: [] },
    )
    expect(new URL(copied).searchParams.getAll('to')).toEqual(['now'])
  })
})

describe('the variables', () => {
  it('are the service and what the alerts have in their labels, each value once', () => {
    const alerts = [alert({ pod: 'a', dc: 'x' }), alert({ pod: 'b', dc: 'x' }), alert({ dc: 'x' })]
    const params = opens({ service: '$service', pod: '$pod', place: '$dc-1', fixed: 'all' }, alerts)
    expect(params.getAll('var-service')).toEqual(['payments'])
    expect(params.getAll('var-pod')).toEqual(['a', 'b'])
    expect(params.getAll('var-place')).toEqual(['x-1'])
    expect(params.getAll('var-fixed')).toEqual(['all'])
  })

  it('are left to the dashboard when no alert says them', () => {
    const params = opens({ pod: '$pod', service: '$service' }, [alert({})], { ...open, service: 'unknown' })
    expect([...params.keys()].filter((name) => name.startsWith('var-'))).toEqual([])
  })

  it('stay one value each, whatever strangers write into labels, and few', () => {
    const alerts = Array.from({ length: 30 }, (_, i) => alert({ pod: `x&var-admin=1#${i} ${'y'.repeat(500)}` }))
    const params = opens({ pod: '$pod' }, alerts)
    expect(params.get('var-admin')).toBeNull()
    expect(params.getAll('var-pod')).toHaveLength(10)
    expect(params.getAll('var-pod')[0]).toHaveLength(200)
  })

  it('come from one who opened it by hand, too: the service is known', () => {
    expect(opens({ service: '$service' }, []).get('var-service')).toBe('payments')
  })
})

it('links that lead elsewhere, and those of incidents from before there was a choice, stay as they are', () => {
  const dashboardsOf = (address: string, more = '', grafana = '') =>
    configOf(`${grafana}\nservices: { a: { dashboards: [{ title: x, url: "${address}"${more} }] } }`).services.a
      ?.dashboards[0]
  expect(dashboardsOf('https://wiki.example.org/a?b=c')).toEqual({ title: 'x', url: 'https://wiki.example.org/a?b=c' })
  // Others have such addresses, too.
  const document = 'https://docs.example.org/document/d/abc/edit'
  expect(dashboardsOf(document)).toEqual({ title: 'x', url: document })
  expect(dashboardsOf('https://g.example.org/grafana/d/abc/x?orgId=1')).toMatchObject({ vars: {} })
  expect(dashboardsOf(url)).toMatchObject({ vars: {} })
  expect(dashboardsOf('https://g.example.org/go/x', '', 'grafana: { url: "https://g.example.org" }')).toMatchObject({
    vars: {},
  })
  expect(dashboardsOf('https://g.example.org/go/x', ', vars: { a: $service }')).toMatchObject({
    vars: { a: '$service' },
  })
  const plain = { title: 'x', url: 'https://wiki.example.org/a?b=c' }
  expect(dashboardUrl(plain, { incident: open, alerts: [] })).toBe(plain.url)
})
