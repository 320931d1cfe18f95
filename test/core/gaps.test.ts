// When nobody would answer: whoever is not known answers nothing, unless somebody else is on call with them.
import { expect, it } from 'vitest'
import { findGaps } from '../../src/core/gaps.ts'
import type { Layer } from '../../src/core/layer.ts'
import type { Schedule } from '../../src/core/schedule.ts'

const from = new Date('2026-03-02T09:00:00Z')

function gapsOf(turns: string[][]) {
  const layer: Layer = {
    ...{ name: null, zone: 'UTC', turns, every: { days: 7 }, starts: '2026-03-02', handover: '09:00' },
    ...{ weekday: 'mon', only: [] },
  }
  const primary: Schedule = { name: 'primary', zone: 'UTC', layers: [layer], holidays: [], calendar: null }
  const rota = { schedules: { primary }, people: { ada: {}, grace: {} } }
  return findGaps(rota, [], from, 14).map(({ cause, people, from: begins }) => [cause, people, begins])
}

it('a shift of several is a gap only when none of them is known', () => {
  expect(
    gapsOf([
      ['ada', 'gone'],
      ['gone', 'lost'],
    ]),
  ).toEqual([['unknown person', ['gone', 'lost'], new Date('2026-03-09T09:00:00Z')]])
  expect(gapsOf([['ada'], ['grace', 'gone']])).toEqual([])
})

it('a schedule without anybody is one gap', () => {
  expect(gapsOf([])).toEqual([['empty', [], from]])
})
