// The digest over the API: of a week that is over, and nothing made up about one that is not.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { startServer } from './bot.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

test('a week is told when it is over; one that is none, or still to come, is refused by name', async () => {
  const server = await startServer(database.db)
  const read = async (week: string) => {
    const answer = await fetch(`${server.url}/api/v1/digest?week=${week}`)
    return [answer.status, ((await answer.json()) as { error?: string }).error]
  }
  try {
    const year = server.bot.clock.now().getUTCFullYear()
    expect(await read(`${year - 1}-W20`)).toEqual([200, undefined])
    expect(await read(`${year}-W99`)).toEqual([400, 'week: must be a week such as 2026-W47'])
    expect(await read('next')).toEqual([400, 'week: must be a week such as 2026-W47'])
    expect(await read(`${year + 1}-W20`)).toEqual([
      400,
      expect.stringContaining(`week: ${year + 1}-W20 is not over; leave week out for the seven days before today`),
    ])
    expect((await read(''))[0]).toBe(200)
  } finally {
    await server.close()
  }
})
