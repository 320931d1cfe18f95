import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pngOf } from '../../src/charts/png.ts'
import { pixelsOf } from './pictures.ts'

test('a PNG of ours is read as the pixels it was made of', async () => {
  const picture = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
        .map((data) => ({ width, height, data: data.map((byte, at) => (at % 4 === 3 ? 255 : byte)) })),
    )
  await fc.assert(
    fc.asyncProperty(picture, async ({ width, height, data }) => {
      const read = await pixelsOf(Uint8Array.from(pngOf({ width, height, data })))
      expect([read.width, read.height]).toEqual([width, height])
      expect(Buffer.compare(Uint8Array.from(read.data), data)).toBe(0)
    }),
    { numRuns: 30 },
  )
})
