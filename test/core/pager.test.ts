// Who may answer what about a shift, in every status; and what counts as a change of hands.
import { describe, expect, test } from 'vitest'
import { daySpan } from '../../src/core/day.ts'
import { confirm, type Handover, type HandoverStatus, isSettled } from '../../src/core/handover.ts'
import { changesOf, hasThroughout } from '../../src/core/pager.ts'
import type { Shift } from '../../src/core/schedule.ts'
import { type Answer, answerRequest, expiryOf, type ShiftRequest } from '../../src/core/shift-request.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 2, 9, hour))
const period = (from: number, until: number) => ({ from: at(from), until: at(until) })

const swap: ShiftRequest = {
  ...{ id: 1, schedule: 'primary', asker: 'ada', asked: 'grace', gives: period(8, 20), takes: period(20, 32) },
  ...{ status: 'open', madeAt: at(0), expiresAt: at(8), answeredBy: null, answeredAt: null },
}
const offer: ShiftRequest = { ...swap, asked: null, takes: null, expiresAt: at(20) }
const members = ['ada', 'grace', 'linus']

describe('a request', () => {
  test.each([
    ['a swap', swap, 'accept', 'grace', 'accepted'],
    ['a swap', swap, 'accept', 'ada', 'your own'],
    ['a swap', swap, 'accept', 'linus', 'not yours'],
    ['a swap', swap, 'decline', 'grace', 'declined'],
    ['a swap', swap, 'decline', 'ada', 'your own'],
    ['a swap', swap, 'decline', 'linus', 'not yours'],
    ['a swap', swap, 'withdraw', 'ada', 'withdrawn'],
    ['a swap', swap, 'withdraw', 'grace', 'not yours'],
    ['an offer', offer, 'accept', 'grace', 'accepted'],
    ['an offer', offer, 'accept', 'linus', 'accepted'],
    ['an offer', offer, 'accept', 'ada', 'your own'],
    ['an offer', offer, 'accept', 'mallory', 'not in the schedule'],
    ['an offer', offer, 'decline', 'grace', 'not yours'],
    ['an offer', offer, 'withdraw', 'ada', 'withdrawn'],
    ['an offer', offer, 'withdraw', 'grace', 'not yours'],
  ] as const)('%s, %o: %s by %s is %s', (_kind, request, answer, by, outcome) => {
    const given = answerRequest(request, answer, by, { members, now: at(7) })
    expect(typeof given === 'string' ? given : given.refused).toBe(outcome)
  })

  test.each(['accepted', 'declined', 'withdrawn', 'expired'] as const)('that is %s takes no answer', (status) => {
    for (const answer of ['accept', 'decline', 'withdraw'] satisfies Answer[]) {
      for (const by of members) {
        const given = answerRequest({ ...swap, status }, answer, by, { members, now: at(7) })
        expect(given).toEqual({ refused: 'already answered' })
      }
    }
  })

  test('ends with the beginning of the first shift of a swap, and with the end of what is offered', () => {
    expect(expiryOf(period(8, 20), period(20, 32))).toEqual(at(8))
    expect(expiryOf(period(20, 32), period(8, 20))).toEqual(at(8))
    expect(expiryOf(period(8, 20), null)).toEqual(at(20))
    expect(answerRequest(swap, 'accept', 'grace', { members, now: at(8) })).toEqual({ refused: 'too late' })
    expect(answerRequest(swap, 'decline', 'grace', { members, now: at(8) })).toEqual({ refused: 'too late' })
    expect(answerRequest(swap, 'withdraw', 'ada', { members, now: at(8) })).toBe('withdrawn')
  })
})

describe('“I have the pager”', () => {
  const handover: Handover = {
    ...{ id: 1, schedule: 'primary', at: at(8), outgoing: 'ada', incoming: 'grace', until: at(20), status: 'asked' },
    ...{ answerBy: at(9), answeredAt: null, override: null },
  }
  const table: [HandoverStatus, string, string][] = [
    ['asked', 'grace', 'accepted'],
    ['asked', 'ada', 'not yours'],
    ['kept', 'grace', 'accepted'],
    ['kept', 'ada', 'not yours'],
    ['accepted', 'grace', 'already accepted'],
    ['accepted', 'ada', 'already accepted'],
    ['informed', 'grace', 'nothing to confirm'],
    ['informed', 'ada', 'not yours'],
    ['over', 'grace', 'over'],
    ['over', 'ada', 'not yours'],
  ]
  test.each(table)('while %s, by %s: %s', (status, by, outcome) => {
    const said = confirm({ ...handover, status }, by, at(10))
    expect(typeof said === 'string' ? said : said.refused).toBe(outcome)
  })

  test('comes too late once the shift is over', () => {
    expect(confirm({ ...handover, status: 'kept' }, 'grace', at(20))).toEqual({ refused: 'over' })
  })
})

describe('a change of hands', () => {
  test.each([
    [['ada'], ['grace'], [['ada', 'grace']]],
    [['ada'], ['ada'], []],
    [[], ['grace'], []],
    [['ada'], [], []],
    [['ada'], ['ada', 'grace'], []],
    [['ada', 'grace'], ['ada'], []],
    [['ada', 'grace'], ['grace', 'linus'], [['ada', 'linus']]],
    [
      ['ada', 'grace'],
      ['linus', 'mary'],
      [
        ['ada', 'linus'],
        ['grace', 'mary'],
      ],
    ],
    [
      ['ada'],
      ['linus', 'mary'],
      [
        ['ada', 'linus'],
        ['ada', 'mary'],
      ],
    ],
  ] as [string[], string[], [string, string][]][])('from %j to %j is %j', (before, after, expected) => {
    expect(changesOf(before, after).map(({ outgoing, incoming }) => [outgoing, incoming])).toEqual(expected)
  })

  test('somebody has the pager throughout when no other shift and no gap lies between', () => {
    const shift = (from: number, until: number, ...people: string[]): Shift => ({
      ...period(from, until),
      people,
      because: { kind: 'layer', layer: 0 },
    })
    const shifts = [shift(0, 8, 'linus'), shift(8, 12, 'ada'), shift(12, 20, 'ada', 'grace'), shift(21, 24, 'ada')]
    expect(hasThroughout(shifts, 'ada', period(8, 20))).toBe(true)
    expect(hasThroughout(shifts, 'ada', period(9, 19))).toBe(true)
    expect(hasThroughout(shifts, 'ada', period(7, 9))).toBe(false)
    expect(hasThroughout(shifts, 'ada', period(8, 24))).toBe(false)
    expect(hasThroughout(shifts, 'grace', period(8, 20))).toBe(false)
    expect(hasThroughout([], 'ada', period(8, 20))).toBe(false)
  })
})

describe('a day', () => {
  // A Monday, 23:30 in Berlin.
  const now = new Date('2026-03-02T22:30:00Z')
  test.each([
    ['today', '2026-03-01T23:00:00.000Z', '2026-03-02T23:00:00.000Z'],
    ['Tomorrow', '2026-03-02T23:00:00.000Z', '2026-03-03T23:00:00.000Z'],
    ['monday', '2026-03-01T23:00:00.000Z', '2026-03-02T23:00:00.000Z'],
    ['Sun', '2026-03-07T23:00:00.000Z', '2026-03-08T23:00:00.000Z'],
    // 23 hours: the clocks go forward.
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ])('%s', (text, from, until) => {
    expect(daySpan(text, 'Europe/Berlin', now)).toEqual({ from: new Date(from), until: new Date(until) })
  })

  test.each(['', 'someday', '2026-02-30', '03-09', 'mondays', 'now'])('%j is none', (text) => {
    expect(daySpan(text, 'Europe/Berlin', now)).toBeNull()
  })
})

test.each<[HandoverStatus, boolean]>([
  ['informed', true],
  ['accepted', true],
  ['asked', false],
  ['kept', false],
  ['over', false],
])('a shift of which its person is %s is settled: %s; of an earlier one never', (status, settled) => {
  const handover = { at: at(8), status } as Handover
  expect([at(8), at(9)].map((from) => isSettled(handover, from))).toEqual([settled, false])
})
