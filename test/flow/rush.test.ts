// How long alerts that join are gathered before a card is edited: longer when they come by the thousand.
import { expect, it } from 'vitest'
import { Rush } from '../../src/flow/rush.ts'

const at = (seconds: number) => new Date(1_000 * seconds)

it('gathers for a second on a usual day, even with many alerts', () => {
  const rush = new Rush()
  for (let second = 0; second < 10; second++) {
    rush.note(600, at(second))
    expect(rush.pause(at(second))).toBe(1_000)
  }
})

it('gathers for ten seconds while a thousand alerts come within a second', () => {
  const rush = new Rush()
  rush.note(600, at(1))
  rush.note(600, at(1.9))
  expect(rush.pause(at(1.9))).toBe(10_000)
  rush.note(1, at(2.1))
  expect(rush.pause(at(2.1))).toBe(10_000)
})

it('gathers for a second again once the flood is over', () => {
  const rush = new Rush()
  rush.note(2_000, at(1))
  expect(rush.pause(at(3.1))).toBe(1_000)
  rush.note(1, at(4))
  expect(rush.pause(at(4))).toBe(1_000)
})
