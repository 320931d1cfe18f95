import { expect, test } from 'vitest'
import { beginningOf } from '../../src/core/alert.ts'
import { highest, lowest } from '../../src/core/bounds.ts'

const many = Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 300_000)

test('the lowest and the highest of hundreds of thousands are found, more than a call takes arguments', () => {
  expect([lowest(many), highest(many)]).toEqual([0, 299_999])
})

test('of nothing, anything is lower and higher', () => {
  expect([lowest([]), highest([])]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
})

test('an incident began with the first of its alerts, however many there are, and at the latest with its opening', () => {
  const opened = new Date('2026-03-02T09:00:00Z')
  const alert = (seconds: number) => ({ startsAt: new Date(opened.getTime() + seconds * 1000) })
  expect(
    beginningOf(
      opened,
      many.map((i) => alert(i - 60)),
    ),
  ).toEqual(alert(-60).startsAt)
  expect(beginningOf(opened, [alert(60)])).toEqual(opened)
  expect(beginningOf(opened, [])).toEqual(opened)
})
