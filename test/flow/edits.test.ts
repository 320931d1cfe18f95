// Whose card is edited next, where a platform takes only so many edits a minute.
import { expect, it } from 'vitest'
import { EditPlaces } from '../../src/flow/edits.ts'

const at = (seconds: number) => new Date(1_000_000_000_000 + 1_000 * seconds)

it('lets anybody edit at once where nobody did lately', () => {
  const places = new EditPlaces(50)
  for (let incident = 1; incident <= 10; incident++) {
    expect(places.wait(incident, at(0))).toBe(0)
    places.made(at(0))
  }
})

it('lets anybody edit at once where the platform does not count', () => {
  const places = new EditPlaces(Number.POSITIVE_INFINITY)
  for (let edit = 0; edit < 1_000; edit++) {
    expect(places.wait(edit % 3, at(0))).toBe(0)
    places.made(at(0))
  }
})

/** Of so many incidents, all of which always have something to edit: when each edit was made, in seconds. */
function crowd(incidents: number, seconds: number): number[] {
  const places = new EditPlaces(50)
  const waiting = new Map(Array.from({ length: incidents }, (_, i) => [i, 0]))
  const made: number[] = []
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    for (const [incident, due] of waiting) {
      if (due > tenth / 10) continue
      const wait = places.wait(incident, at(tenth / 10))
      // A card, and the page that leads to its room.
      if (wait === 0)
        for (const _ of ['card', 'page']) {
          places.made(at(tenth / 10))
          made.push(tenth / 10)
        }
      waiting.set(incident, tenth / 10 + Math.max(wait / 1_000, 1))
    }
  }
  return made
}

it.each([2, 10, 60, 200])(
  'leaves some of what the platform takes to what people do, with %i incidents',
  (incidents) => {
    const made = crowd(incidents, 300)
    for (let from = 0; from < 240; from += 10) {
      expect(made.filter((second) => second >= from && second < from + 60).length).toBeLessThanOrEqual(42)
    }
    expect(made.length).toBeGreaterThan(100)
  },
)

it('gives each its own place, and keeps it for whoever comes too early', () => {
  const places = new EditPlaces(60)
  for (let edit = 0; edit < 20; edit++) places.made(at(0))
  const first = places.wait(1, at(0))
  const second = places.wait(2, at(0))
  expect(first).toBeGreaterThan(10_000)
  expect(second).toBeGreaterThan(first)
  expect(places.wait(1, at(5))).toBe(first - 5_000)
  expect(places.wait(1, new Date(at(0).getTime() + first))).toBe(0)
})

it('lets nobody wait for more than three minutes, nor for a clock that was set back', () => {
  const places = new EditPlaces(50)
  for (let edit = 0; edit < 1_000; edit++) places.made(at(0))
  const wait = places.wait(1, at(0))
  expect(wait).toBeGreaterThan(100_000)
  expect(wait).toBeLessThanOrEqual(180_000)
  expect(places.wait(1, at(-3_600))).toBeLessThanOrEqual(180_000)
  expect(places.wait(1, at(-3_400))).toBe(0)
})
