// PostgreSQL goes away and comes back, as it does in a restart or a failover: the same process goes on.
import { expect } from 'vitest'
import { it } from '../beside.ts'
import { fire, quiet, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'
import { wireTo } from './wire.ts'

it('finishes what was under way when the database went away, seconds after it is back, and sends nothing twice', async () => {
  const { slack, database, env } = await setting()
  const wire = await wireTo(database.url)
  const tocsin = await startTocsin({ ...env, DATABASE_URL: wire.url })
  expect(await fire(tocsin.url, 'checkout')).toBe(true)
  // In the middle of the page and of the room: what was sent cannot be written down.
  await slack.until(() => slack.calls('chat.postMessage').length > 0)
  wire.cut()
  await wire.untilRefused(10)
  wire.mend()
  await Promise.race([quiet(database), tooLate(60_000)])
  expect(slack.messages('U0ADA')).toHaveLength(1)
  expect(slack.messages('incidents')).toHaveLength(1)
  expect(await fire(tocsin.url, 'search')).toBe(true)
  await slack.until(() => slack.messages('U0ADA').length === 2)
  expect(await tocsin.stop()).toBe(0)
}, 120_000)

it('does not spin while the database is away, and takes over the jobs of another process after it is back', async () => {
  const { slack, database, env } = await setting()
  const wire = await wireTo(database.url)
  const survivor = await startTocsin({ ...env, DATABASE_URL: wire.url })
  wire.cut()
  const since = performance.now()
  await wire.untilRefused(100)
  expect((performance.now() - since) / 100).toBeGreaterThan(15)
  wire.mend()
  const other = await startTocsin(env)
  slack.trouble('conversations.open', { kind: 'hang' })
  expect(await fire(other.url, 'checkout')).toBe(true)
  await slack.until(() => slack.calls('conversations.open').length > 0)
  await other.kill()
  await slack.until(() => slack.messages('U0ADA').length === 1)
  await Promise.race([quiet(database), tooLate(60_000)])
  expect(slack.messages('U0ADA')).toHaveLength(1)
  expect(await survivor.stop()).toBe(0)
}, 180_000)

it('goes on with a new connection when the machine of the database vanishes without a word', async () => {
  const { slack, database, env } = await setting()
  const wire = await wireTo(database.url)
  const tocsin = await startTocsin({ ...env, DATABASE_URL: wire.url })
  wire.freeze()
  const frozen = performance.now()
  while (!(await fire(tocsin.url, 'checkout'))) await new Promise((resolve) => setImmediate(resolve))
  await slack.until(() => slack.messages('U0ADA').length === 1, 60_000)
  expect(performance.now() - frozen).toBeLessThan(60_000)
  await tocsin.kill()
}, 150_000)

function tooLate(milliseconds: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`work was left after ${milliseconds / 1000} s`)), milliseconds).unref()
  })
}

// Where a start has little to lose, and where it has: the migrations, the clock, the feed, the names, the job queue.
const places = [0.06, 0.54, 0.6, 0.65, 0.7, 0.75]

it('starts all the same when its connections break in the middle of the start, and does its jobs', async () => {
  const { slack, database, env } = await setting()
  const wire = await wireTo(database.url)
  const through = { ...env, DATABASE_URL: wire.url }
  await (await startTocsin(through)).stop()
  wire.breakAt(Number.POSITIVE_INFINITY)
  await (await startTocsin(through)).stop()
  const usually = wire.said()
  for (const [i, place] of places.entries()) {
    wire.breakAt(Math.round(usually * place))
    const tocsin = await startTocsin(through)
    wire.breakAt(Number.POSITIVE_INFINITY)
    expect(await fire(tocsin.url, `service-${i}`)).toBe(true)
    await slack.until(() => slack.messages('U0ADA').length === i + 1)
    await Promise.race([quiet(database), tooLate(60_000)])
    expect(await tocsin.stop()).toBe(0)
  }
}, 600_000)
