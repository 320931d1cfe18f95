// Pictures over the API: one at a time, with what they show in words, and a clear word where there is none.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { matrix, type StandIn, standIn } from '../evidence/stand-in.ts'
import { startServer } from './bot.ts'

let database: FreshDatabase
let prometheus: StandIn
let server: Awaited<ReturnType<typeof startServer>>

beforeEach(async () => {
  database = await freshDatabase()
  prometheus = await standIn((asked, response) => {
    const metrics = [{ metric: { instance: 'web-1' }, value: () => '0.97' }]
    matrix(asked, response, asked.params.get('query')?.includes('nothing') ? [] : metrics)
  })
  server = await startServer(database.db, {
    config: { prometheus: { url: prometheus.url, headers: {}, timeout: 5_000 } },
  })
})
afterEach(async () => {
  await server.close()
  await prometheus.close()
  await database.drop()
})

const post = (body: unknown) =>
  fetch(`${server.url}/api/v1/charts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const refused = async (body: unknown) => {
  const response = await post(body)
  return [response.status, ((await response.json()) as { error: string }).error]
}

test('a query is answered with a picture and its text', async () => {
  const response = await post({ query: 'node cpu 6h' })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(
    Buffer.from(await response.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  expect(decodeURIComponent(response.headers.get('x-chart-text') ?? '')).toContain('In the critical band all the time')
})

test('what cannot be drawn names the field and the reason', async () => {
  expect(await refused({})).toEqual([400, expect.stringContaining('query: must be a text')])
  expect(await refused({ query: 'rate(x[5m]' })).toEqual([400, expect.stringContaining('expected a closing )')])
  expect(await refused({ query: 'redis' })).toEqual([400, expect.stringContaining('this names 3 charts')])
  expect(await refused({ query: 'nothing' })).toEqual([422, expect.stringContaining('no data for this expression')])
})
