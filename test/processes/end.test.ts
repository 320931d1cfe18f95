// A process that is of no use any more ends, so that a supervisor starts another: it must not live on and answer /live.
import { expect, it } from 'vitest'
import { fire, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'

it('ends with an error when its workers stop, even while Slack leaves their jobs hanging', async () => {
  const { slack, database, env } = await setting()
  const tocsin = await startTocsin(env)
  slack.trouble('*', { kind: 'hang' }, 100)
  expect(await fire(tocsin.url, 'checkout')).toBe(true)
  await slack.until(() => slack.calls('conversations.open').length > 0, 10_000)
  // What the queue tells its workers when a newer version has changed its tables.
  await database.db.query(`select pg_notify('worker:migrate', '{"breaking": true, "migrationNumber": 99}')`)
  expect(await tocsin.ended()).not.toBe(0)
}, 60_000)

it('ends when it cannot start, instead of waiting for nothing', async () => {
  const { database, env } = await setting()
  await database.db.query("insert into migrations (name, run_on) values ('9999_future', $1)", [new Date()])
  await expect(startTocsin(env)).rejects.toThrow('before it listened')
}, 60_000)
