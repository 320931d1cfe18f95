// kill -9 at any moment and a start after it: nothing accepted is lost, nobody is paged twice.
import { expect, it } from 'vitest'
import { fire, quiet, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'

it('keeps an alert that was answered, and pages once, when the process is killed in the moment of the answer', async () => {
  const { slack, env } = await setting()
  const first = await startTocsin(env)
  expect(await fire(first.url, 'checkout')).toBe(true)
  await first.kill()
  const second = await startTocsin(env)
  await slack.until(() => slack.messages('U0ADA').length > 0 && slack.messages('inc-1-checkout').length >= 2, 20_000)
  expect(slack.messages('U0ADA')).toHaveLength(1)
  expect(await second.stop()).toBe(0)
}, 60_000)

it('loses and doubles no page over many kills at random moments', async () => {
  const { slack, database, env } = await setting()
  const accepted: string[] = []
  for (let round = 0; round < 8; round++) {
    const tocsin = await startTocsin(env)
    for (let i = 0; i < 3; i++) {
      const name = `service-${round}-${i}`
      if (await fire(tocsin.url, name)) accepted.push(name)
    }
    // The moment is chosen by work done, not by a clock: after a random number of calls to Slack.
    const calls = slack.calls().length + Math.floor(Math.random() * 40)
    await Promise.race([slack.until(() => slack.calls().length >= calls, 30_000), quiet(database)])
    await tocsin.kill()
  }
  const last = await startTocsin(env)
  await slack.until(() => slack.messages('U0ADA').length >= accepted.length, 60_000)
  await quiet(database)
  const { rows } = await database.db.query<{ service: string }>('select service from incidents')
  expect(rows.map((row) => row.service)).toEqual(expect.arrayContaining(accepted))
  const titles = slack.messages('U0ADA').map((message) => message.text)
  expect(new Set(titles).size).toBe(titles.length)
  expect(titles).toHaveLength(rows.length)
  expect(await last.stop()).toBe(0)
}, 180_000)
