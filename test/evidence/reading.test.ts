// Thousands of long log lines are read while the bot goes on with what it is there for.
import { expect, it } from 'vitest'
import { readLine } from '../../src/evidence/logs/line.ts'
import { readAll } from '../../src/evidence/logs/reading.ts'
import { workOf } from '../work.ts'

async function turnsWhile(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isOver = false
  const take = () => {
    turns++
    if (!isOver) setImmediate(take)
  }
  setImmediate(take)
  await work()
  isOver = true
  return turns
}

const now = new Date('2026-03-02T09:00:00Z')
const size = (text: string) => text.length
const read = (text: string) => readLine(text, now)

it('others have their turn every hundred lines, and the more often the longer they are', async () => {
  const short = Array.from({ length: 2_000 }, (_, i) => `level=error msg="cart ${i} not found"`)
  const long = short.map((line) => `${line} ${'x'.repeat(4_000)}`)
  expect(await turnsWhile(() => readAll(short, size, read))).toBeGreaterThanOrEqual(20)
  expect(await turnsWhile(() => readAll(long, size, read))).toBeGreaterThanOrEqual(75)
})

it('the lines keep their order, and what is no line is left out', async () => {
  const lines = await readAll(['a', '', 'b'], size, (text) => (text === '' ? null : read(text)))
  expect(lines.map(({ text }) => text)).toEqual(['a', 'b'])
  expect(await readAll([], size, read)).toEqual([])
})

it('a long key without blanks is read as fast as anything else', () => {
  const work = workOf(() => {
    for (const key of ['x', 'aB3', '-', '_.']) {
      const line = `level=error ${key.repeat(16_000)}`
      for (let i = 0; i < 100; i++) read(line)
    }
  })
  expect(work).toBeLessThan(3_000)
})
