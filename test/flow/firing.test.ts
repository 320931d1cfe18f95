import { expect, test } from 'vitest'
import type { Fact } from '../../src/core/timeline.ts'
import { firedPeriods } from '../../src/flow/firing.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 12, 3, minute))
const fired = (minute: number, fingerprint = 'a') => said(minute, { kind: 'alert_fired', alert: 'Errors', fingerprint })
const cleared = (minute: number, fingerprint = 'a') =>
  said(minute, { kind: 'alert_cleared', alert: 'Errors', fingerprint })

function said(minute: number, fact: Fact) {
  return { at: at(minute), fact }
}

function alert(startsAt: number, endsAt: number | null, fingerprint = 'a') {
  return { fingerprint, startsAt: at(startsAt), endsAt: endsAt === null ? null : at(endsAt) }
}

const minutes = (periods: { from: Date; until: Date | null }[] | undefined) =>
  periods?.map(({ from, until }) => [from.getUTCMinutes(), until?.getUTCMinutes() ?? null])

test('an alert that came and went has fired each time, the last time as its sender says', () => {
  const timeline = [fired(2), cleared(10), fired(20), fired(21, 'b'), cleared(33)]
  const periods = firedPeriods([alert(19, 31), alert(20, null, 'b')], timeline)
  expect(minutes(periods.get('a'))).toEqual([
    [2, 10],
    [19, 31],
  ])
  expect(minutes(periods.get('b'))).toEqual([[20, null]])
})

test('what fired long before it was heard of began then', () => {
  expect(minutes(firedPeriods([alert(1, null)], [fired(9)]).get('a'))).toEqual([[1, null]])
  expect(minutes(firedPeriods([alert(1, 5)], []).get('a'))).toEqual([[1, 5]])
})

test('a sender that speaks of another time is not believed', () => {
  const timeline = [fired(2), cleared(10), fired(20), cleared(30)]
  expect(minutes(firedPeriods([alert(3, 8)], timeline).get('a'))).toEqual([
    [2, 10],
    [20, 30],
  ])
})
