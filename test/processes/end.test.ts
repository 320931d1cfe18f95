// A process that is of no use any more ends, so that a supervisor starts another: it must not live on and answer /live.
import { expect } from 'vitest'
import { it } from '../beside.ts'
import { fire, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'
import { wireTo } from './wire.ts'

it('ends with an error when its workers stop, even while Slack leaves their jobs hanging', async () => {
  const { slack, database, env } = await setting()
  const tocsin = await startTocsin(env)
  slack.trouble('*', { kind: 'hang' }, 100)
  expect(await fire(tocsin.url, 'checkout')).toBe(true)
  await slack.until(() => slack.calls('conversations.open').length > 0)
  // What the queue tells its workers when a newer version has changed its tables.
  await database.db.query(`select pg_notify('worker:migrate', '{"breaking": true, "migrationNumber": 99}')`)
  expect(await tocsin.ended()).not.toBe(0)
}, 120_000)

it('ends when it cannot start, instead of waiting for nothing', async () => {
  const { database, env } = await setting()
  await database.db.query("insert into migrations (name, run_on) values ('9999_future', $1)", [new Date()])
  await expect(startTocsin(env)).rejects.toThrow('before it listened')
}, 120_000)

it('stops within seconds when it is told to, even while nothing comes back from the database', async () => {
  const { database, env } = await setting()
  const wire = await wireTo(database.url)
  const tocsin = await startTocsin({ ...env, DATABASE_URL: wire.url })
  wire.swallow()
  const told = performance.now()
  expect(await tocsin.stop()).toBe(0)
  // Well before Kubernetes kills what it has told to stop.
  expect(performance.now() - told).toBeLessThan(25_000)
}, 120_000)
