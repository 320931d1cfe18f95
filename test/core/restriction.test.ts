// The hours a layer is limited to, wherever one begins to look.
import { expect, it } from 'vitest'
import { openSpans, type Window } from '../../src/core/restriction.ts'

const nights: Window = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  holidays: 'as any day',
  from: '22:00',
  until: '06:00',
}
const at = (day: number, hour: number) => Date.UTC(2026, 2, day, hour)
const spans = (windows: Window[], from: number, until: number, zone = 'UTC') =>
  openSpans(windows, { zone, holidays: [] }, from, until)

it('are there in the middle of a night that began the day before', () => {
  expect(spans([nights], at(3, 2), at(3, 23))).toEqual([
    { from: at(3, 2), until: at(3, 6) },
    { from: at(3, 22), until: at(3, 23) },
  ])
})

it('are the same in pieces of any length as in one', () => {
  const whole = { ...nights, from: '09:00', until: '09:00', days: ['sat'] as ['sat'] }
  for (const zone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    for (const window of [nights, whole]) {
      const inOne = spans([window], at(1, 0), at(11, 0), zone)
      const open = (instant: number) => inOne.some(({ from, until }) => from <= instant && instant < until)
      for (let instant = at(1, 0); instant < at(11, 0); instant += 3_600_000)
        expect(spans([window], instant, instant + 1, zone).length > 0, `${zone} ${instant}`).toBe(open(instant))
    }
  }
})
