// How long an acknowledgement holds, and when its holder is asked.
import { describe, expect, test } from 'vitest'
import { askHolder, lapse, leaseDueAt, leaseFrom, sleepOver } from '../../src/core/acknowledgement.ts'
import type { Acknowledged } from '../../src/core/incident.ts'
import { waitBefore } from '../../src/core/policy.ts'
import type { SeverityTerms } from '../../src/core/terms.ts'
import { acknowledged, at, open } from '../messages/night.ts'

const minute = 60_000

function under(terms: Partial<SeverityTerms>, severity: 'P1' | 'P2' | 'P3' = 'P1') {
  const severities = { ...open.terms.severities, [severity]: { ...open.terms.severities[severity], ...terms } }
  return { severity, terms: { ...open.terms, severities } }
}

const minutes = (lease: ReturnType<typeof leaseFrom>) =>
  lease && [lease.askAt, lease.until].map((instant) => instant && (instant.getTime() - at(0).getTime()) / minute)

describe('a lease', () => {
  test.each([
    ['30 minutes: asked five minutes before', 30, [25, 30]],
    ['two hours: asked twenty minutes before', 120, [100, 120]],
    ['short ones: asked two minutes before', 6, [4, 6]],
    ['the shortest: asked at half of it', 4, [2, 4]],
  ])('%s', (_what, length, expected) => {
    expect(minutes(leaseFrom(under({ ackLease: length * minute }), at(0)))).toEqual(expected)
  })

  test('of an incident that opened before there were leases is the usual one of its severity', () => {
    expect(minutes(leaseFrom(under({}), at(0)))).toEqual([25, 30])
    expect(minutes(leaseFrom(under({}, 'P2'), at(0)))).toEqual([100, 120])
    expect(leaseFrom(under({ paging: 'always' }, 'P3'), at(0))).toBeNull()
  })

  test('is none where it is said so, and where nobody is ever paged', () => {
    expect(leaseFrom(under({ ackLease: null }), at(0))).toBeNull()
    expect(leaseFrom(under({ ackLease: minute * 30, paging: 'never' }), at(0))).toBeNull()
  })

  test('of what pages in business hours only is asked about, and ends, when they are open', () => {
    // A Saturday at 03:00; the only business day is Monday, from 09:00.
    const lease = leaseFrom(under({ ackLease: 60 * minute, paging: 'business hours' }), at(0))
    expect(lease?.askAt).toEqual(new Date('2026-03-16T09:00:00Z'))
    expect(lease?.until).toEqual(new Date('2026-03-16T09:10:00Z'))
  })

  test('that is asked about late leaves the same time to answer', () => {
    const lease = { until: at(33), askAt: at(28) }
    const asked = askHolder({ ...acknowledged, lease } as Acknowledged, lease, true, at(90)).incident as Acknowledged
    expect(asked.lease).toEqual({ until: at(95), askAt: null })
    expect(leaseDueAt(asked)).toEqual(at(95))
  })

  test('that ends leaves whoever is paged again the time of the last step, and nobody any where nobody can be', () => {
    const held = { ...acknowledged, lease: { until: at(30), askAt: null } } as Acknowledged
    const { position } = held
    if (position === null || position.at === 'rest') throw new Error('nobody was ever paged')
    const wait = waitBefore(held.terms.severities[held.severity].policy, position)
    expect(wait).toBeGreaterThan(0)
    const [again, alone] = [true, false].map((reachable) => lapse(held, reachable, at(30)).incident.position)
    expect(again).toEqual({ ...position, dueAt: new Date(at(30).getTime() + wait), takenAt: at(30) })
    expect(alone).toEqual({ ...position, dueAt: at(30) })
  })

  test('in quiet hours is asked about, or ends, after them; whoever was asked already is not asked again', () => {
    const told = { time: 'Mon 07:00', now: at(25) }
    const held = acknowledged as Acknowledged
    const later = (lease: { until: Date; askAt: Date | null }) =>
      (sleepOver(held, lease, at(400), told).incident as Acknowledged).lease
    expect(later({ askAt: at(25), until: at(30) })).toEqual({ askAt: at(400), until: at(405) })
    expect(later({ askAt: null, until: at(30) })).toEqual({ askAt: null, until: at(400) })
  })
})
