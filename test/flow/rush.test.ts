// How long alerts that join are gathered before a card is edited: longer when it was edited just now, when many others are, and when
// alerts come by the thousand.
import { expect, it } from 'vitest'
import { Rush } from '../../src/flow/rush.ts'

const at = (seconds: number) => new Date(1_000 * seconds)

/** When the cards of so many incidents were edited, in seconds, with alerts that join each of them ten times a second. */
function edits(incidents: number, seconds: number): number[] {
  const rush = new Rush()
  const told = new Set<string>()
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    const now = new Date(tenth * 100)
    rush.note(incidents, now)
    for (let one = 1; one <= incidents; one++) told.add(`${one} ${now.getTime() + rush.pause(one, now)}`)
  }
  return [...told].map((key) => Number(key.split(' ')[1]) / 1_000)
}

it('gathers for a second at first, even with many alerts', () => {
  for (let incident = 1; incident <= 20; incident++) {
    const rush = new Rush()
    rush.note(600, at(incident))
    expect(rush.pause(incident, at(incident))).toBe(1_000)
  }
})

it('names the same moment to all alerts that join until then', () => {
  const rush = new Rush()
  expect(rush.pause(1, at(10))).toBe(1_000)
  expect(rush.pause(1, at(10.4))).toBe(600)
  expect(rush.pause(1, at(10.9))).toBe(100)
})

it('leaves a busy incident four seconds between its edits', () => {
  expect(edits(1, 30)).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33])
})

it.each([1, 5, 20, 30])(
  'leaves a good part of fifty edits a minute to what people do, when %i incidents are busy',
  (incidents) => {
    const cards = edits(incidents, 600).filter((second) => second > 120 && second <= 600)
    expect(cards.length / 8).toBeLessThanOrEqual(16)
  },
)

it('lets no count be older than two minutes, however many incidents are busy', () => {
  const rush = new Rush()
  for (let incident = 1; incident <= 100; incident++) rush.pause(incident, at(1))
  expect(rush.pause(1, at(3))).toBe(119_000)
})

it('is as quick as at first for an incident that was quiet for two minutes', () => {
  const rush = new Rush()
  rush.note(1, at(0))
  rush.pause(1, at(0))
  rush.note(1, at(200))
  expect(rush.pause(1, at(200))).toBe(1_000)
})

it('does not wait for a clock that was set back to come round again', () => {
  const rush = new Rush()
  rush.pause(1, at(10_000))
  expect(rush.pause(1, at(100))).toBe(4_000)
})

it('gathers for ten seconds while a thousand alerts come within a second', () => {
  const rush = new Rush()
  rush.note(600, at(1))
  rush.note(600, at(1.9))
  expect(rush.pause(1, at(1.9))).toBe(10_000)
  rush.note(1, at(2.1))
  expect(rush.pause(2, at(2.1))).toBe(10_000)
})

it('gathers for a second again once the flood is over', () => {
  const rush = new Rush()
  rush.note(2_000, at(1))
  expect(rush.pause(1, at(3.1))).toBe(1_000)
  rush.note(1, at(4))
  expect(rush.pause(2, at(4))).toBe(1_000)
})
