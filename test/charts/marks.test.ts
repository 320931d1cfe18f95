import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placed } from '../../src/charts/marks.ts'

const mark = (at: number, width = 100) => ({ at, text: 'firing 14:02', kind: 'firing' as const, width })

test('a tag stands over its moment, inside the plot', () => {
  expect(placed([mark(500)], (at) => at, [0, 1000])[0]).toMatchObject({ x: 450, row: 0 })
  expect(placed([mark(990)], (at) => at, [0, 1000])[0]).toMatchObject({ x: 900, row: 0 })
  expect(placed([mark(5)], (at) => at, [0, 1000])[0]).toMatchObject({ x: 0, row: 0 })
})

test('tags never overlap, however close the moments are', () => {
  const moments = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 12 })
  fc.assert(
    fc.property(moments, (ats) => {
      const tags = placed(
        ats.sort((a, b) => a - b).map((at) => mark(at, 60 + (at % 90))),
        (at) => at,
        [0, 1000],
      )
      for (const one of tags) {
        for (const other of tags) {
          if (one === other || one.row === null || one.row !== other.row) continue
          expect(one.x + one.mark.width <= other.x || other.x + other.mark.width <= one.x).toBe(true)
        }
      }
    }),
  )
})
