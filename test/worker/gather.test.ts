// What many ask for at the same moment is done with one statement.
import { expect, it } from 'vitest'
import { gathered, together } from '../../src/worker/gather.ts'

it('answers together what is asked for while an answer is under way, each asker his own', async () => {
  const asked: number[][] = []
  const double = together(async (numbers: number[]) => {
    asked.push(numbers)
    await new Promise((resolve) => setImmediate(resolve))
    return numbers.map((number) => 2 * number)
  })
  expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8])
  expect(asked).toEqual([[1], [2, 3, 4]])
})

it('tells all who asked together that there is no answer, and asks again', async () => {
  let isAway = true
  const read = together(async (numbers: number[]) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (isAway) throw new Error('away')
    return numbers
  })
  const said = await Promise.allSettled([1, 2, 3].map(read))
  expect(said.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  isAway = false
  expect(await read(4)).toBe(4)
})

it('keeps what could not be written, and writes it with what came meanwhile', async () => {
  const written: number[][] = []
  const failures: unknown[] = []
  const write = gathered<number>(
    async (numbers) => {
      if (failures.length === 0) throw new Error('away')
      written.push(numbers)
    },
    (error) => failures.push(error),
  )
  await Promise.all([1, 2, 3].map(write))
  expect(failures).toHaveLength(1)
  expect(written).toEqual([[1, 2, 3]])
})
