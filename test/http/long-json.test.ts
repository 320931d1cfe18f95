import fc from 'fast-check'
import { expect, test } from 'vitest'
import { othersTurn } from '../../src/clock.ts'
import { longJson } from '../../src/http/long-json.ts'

test('a long answer reads as JSON.stringify would write it', async () => {
  const leaf = fc.oneof(fc.jsonValue(), fc.date({ noInvalidDate: true }), fc.constant(undefined))
  const lists = fc.array(leaf, { maxLength: 450, size: 'max' })
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.oneof(leaf, lists, fc.dictionary(fc.string(), lists))),
      async (one) => {
        const plain = { ...one }
        expect((await longJson(plain)).toString()).toBe(JSON.stringify(plain))
      },
    ),
    { numRuns: 60 },
  )
})

test('others have their turn while thousands of alerts are written', async () => {
  let turns = 0
  let isOver = false
  const other = (async () => {
    while (!isOver) {
      await othersTurn()
      turns++
    }
  })()
  const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`label${i}`, 'of a flood']))
  const alerts = Array.from({ length: 100_000 }, (_, i) => ({ fingerprint: `f${i}`, labels }))
  await longJson({ incident: { alerts } })
  isOver = true
  await other
  expect(turns).toBeGreaterThan(3)
})
