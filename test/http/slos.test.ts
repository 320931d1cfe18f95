// The objectives over the API: what is known of each, and a Prometheus that is not asked more often than it has to be.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ManualClock } from '../../src/clock.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { fakePrometheus } from '../flow/look-back.ts'
import { sloOf } from '../slo/objectives.ts'
import { startServer } from './bot.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

// biome-ignore lint/suspicious/noExplicitAny: answers are read as other programs read them.
const read = async (url: string): Promise<any> => (await fetch(`${url}/api/v1/slos`)).json()

test('each objective is told as it stands, and asked for at most twice a minute', async () => {
  const prometheus = await fakePrometheus((expr) => (expr.includes('Search') ? null : 0.0005))
  const slos = ['Checkout', 'Search'].map((name) =>
    sloOf({ name, indicator: { kind: 'share', expr: `${name}[$window]` } }),
  )
  const server = await startServer(database.db, {
    config: { slos, prometheus: { url: prometheus.url, headers: {}, timeout: 5_000 } },
  })
  try {
    const [first, second] = await Promise.all([read(server.url), read(server.url)])
    expect(second).toEqual(first)
    expect(first.slos).toMatchObject([
      {
        ...{ name: 'Checkout', service: 'checkout', objective: 99.9, status: 'kept', reason: null, attained: 0.9995 },
        ...{ budgetMinutes: 43.2, budgetLeft: 0.5, burn: { rate: 0.5, seconds: 3600, alert: null } },
        ...{ window: { text: '30 days' }, forecast: { kind: 'lasts', at: null, seconds: 259_200 } },
      },
      { name: 'Search', status: 'unknown', reason: 'no data', attained: null, budgetLeft: null, forecast: null },
    ])
    const asked = prometheus.asked.length
    await read(server.url)
    expect(prometheus.asked).toHaveLength(asked)
    const clock = server.bot.clock as ManualClock
    clock.set(new Date(clock.now().getTime() + 30_000))
    await read(server.url)
    expect(prometheus.asked.length).toBeGreaterThan(asked)
  } finally {
    await server.close()
    await prometheus.close()
  }
})

test('without objectives there are none, and without a Prometheus nobody knows', async () => {
  const server = await startServer(database.db)
  expect((await read(server.url)).slos).toEqual([])
  await server.close()
  const blind = await startServer(database.db, { config: { slos: [sloOf()] } })
  expect((await read(blind.url)).slos).toMatchObject([{ status: 'unknown', reason: 'no Prometheus is configured' }])
  await blind.close()
})
