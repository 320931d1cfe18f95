// What many ask for at the same moment is done with one statement.
import { expect, it } from 'vitest'
import { gathered, readTogether } from '../../src/worker/gather.ts'

it('reads together what is asked for while a reading is under way, each asker his own', async () => {
  const asked: number[][] = []
  const read = readTogether(
    async (numbers) => {
      asked.push(numbers)
      await new Promise((resolve) => setImmediate(resolve))
      return numbers.filter((number) => number !== 3).map((number) => ({ number }))
    },
    ({ number }) => number,
  )
  const found = await Promise.all([1, 2, 3, 4].map(read))
  expect(found).toEqual([{ number: 1 }, { number: 2 }, undefined, { number: 4 }])
  expect(asked).toEqual([[1], [2, 3, 4]])
})

it('tells all who asked together that it could not be read, and reads again', async () => {
  let isAway = true
  const read = readTogether(
    async (numbers: number[]) => {
      await new Promise((resolve) => setImmediate(resolve))
      if (isAway) throw new Error('away')
      return numbers
    },
    (number) => number,
  )
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
