// Which calls of an outage are left out when the chat is back: only those after which a later one still goes out.
import { expect, it } from 'vitest'
import type { Page, PageStatus } from '../../src/core/page.ts'
import { isOutdone } from '../../src/flow/wanted.ts'
import { pageOver } from '../../src/flow/ways.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const at = (minutes: number) => new Date(start + minutes * 60_000)

function page(step: number, minutes: number, more: Partial<Page> = {}): Page {
  return { ...pageOver(1, { kind: 's', round: 1, step }, 'ada', 'slack', at(minutes)), ...more }
}

const first = page(0, 0)

it.each<[PageStatus, boolean]>([
  ['due', true],
  ['sending', true],
  ['sent', true],
  ['failed', false],
  ['cancelled', false],
])('a page is outdone by a later one that is %s: %s', (status, outdone) => {
  expect(isOutdone(first, [first, page(1, 5, { status })], at(10))).toBe(outdone)
})

it('a page is not outdone by one to come, to somebody else, over another way, or that a person asked for', () => {
  const byHand = pageOver(1, { kind: 'm', round: 1, step: 300 }, 'ada', 'slack', at(5))
  const others = [page(1, 20), page(1, 5, { person: 'grace' }), page(1, 5, { channel: 'email' }), byHand]
  expect(isOutdone(first, [first, ...others], at(10))).toBe(false)
  expect(isOutdone(byHand, [byHand, page(2, 6)], at(10))).toBe(false)
})

it('of pages that fell due at the same instant exactly one goes out', () => {
  const same = [page(0, 5), page(1, 5), page(0, 5, { key: 'inc-1/r2s0/ada/slack', round: 2 })]
  const again = { ...pageOver(1, { kind: 'r', round: 2, step: 0 }, 'ada', 'slack', at(5)) }
  const all = [...same, again]
  expect(all.filter((one) => !isOutdone(one, all, at(10)))).toHaveLength(1)
})

it('a way that waited is outdone by a later call that took it at once, and never the other way round', () => {
  const place = (round: number) => ({ kind: 's', round, step: 0 }) as const
  const call = (round: number, minutes: number) => pageOver(1, place(round), 'ada', 'slack', at(minutes))
  const waited = pageOver(1, place(1), 'ada', 'email', at(8))
  const atOnce = pageOver(1, { kind: 'l', round: 2, step: 1 }, 'ada', 'email', at(4))
  const all = [call(1, 0), waited, atOnce]
  expect(isOutdone(waited, all, at(8))).toBe(true)
  expect(isOutdone(atOnce, all, at(8))).toBe(false)
})
