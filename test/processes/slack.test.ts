// Slack hangs: what does not need it goes on, and pages wait for nobody.
import { expect } from 'vitest'
import { it } from '../beside.ts'
import { atBest, quickest } from '../busy.ts'
import { freePort } from '../port.ts'
import { fire, setting, team } from './setting.ts'
import { configFile, startTocsin } from './tocsin.ts'

it('pages within seconds while Slack leaves every opening of a room hanging', async () => {
  const { slack, env } = await setting()
  const tocsin = await startTocsin(env)
  slack.trouble('conversations.create', { kind: 'hang' }, Number.POSITIVE_INFINITY)
  let fired = 0
  const paged = async () => {
    await Promise.all(Array.from({ length: 12 }, () => fire(tocsin.url, `service-${fired++}`)))
    await slack.until(() => slack.messages('U0ADA').length >= fired)
  }
  // An opening has ten.
  expect(await quickest(8_000, paged)).toBeLessThan(8_000)
  expect(slack.calls('conversations.create').length).toBeGreaterThan(5)
  await tocsin.kill()
}, 240_000)

it('calls everybody within seconds while Slack leaves every opening of a room hanging, of more incidents than have a place', async () => {
  const { slack, env } = await setting()
  const tocsin = await startTocsin({ ...env, TOCSIN_CONFIG: configFile('sources: { generic: { token: secret } }\n') })
  slack.trouble('conversations.create', { kind: 'hang' }, Number.POSITIVE_INFINITY)
  let fired = 0
  const called = async () => {
    await Promise.all(Array.from({ length: 40 }, () => fire(tocsin.url, `service-${fired++}`)))
    await slack.until(() => slack.messages('incidents').length >= fired)
  }
  expect(await quickest(20_000, called)).toBeLessThan(20_000)
  await tocsin.kill()
}, 240_000)

it('decides, and pages on other platforms, at once while Slack hangs at the start', async () => {
  const took = await atBest(pagedAtTheStart, (milliseconds) => milliseconds < 6_000)
  expect(took).toBeLessThan(6_000)
}, 240_000)

/** Answers how many milliseconds it took. */
async function pagedAtTheStart(): Promise<number> {
  const { slack, database, env } = await setting()
  slack.trouble('auth.test', { kind: 'hang' })
  slack.trouble('apps.connections.open', { kind: 'hang' })
  // Bob lives in the console, and is on call.
  const config = configFile(team.replace('bob: { name: Bob, slack: U0BOB }', 'bob: {}').replace('[ada]', '[bob]'))
  // It prints its address only when all has started.
  const port = await freePort()
  const starting = startTocsin({ ...env, PORT: String(port), TOCSIN_CONFIG: config })
  while (!(await fire(`http://127.0.0.1:${port}`, 'checkout'))) await new Promise((resolve) => setImmediate(resolve))
  const accepted = performance.now()
  for (let sent = false; !sent; ) {
    sent = ((await database.db.query("select from pages where status = 'sent'")).rowCount ?? 0) > 0
  }
  const took = performance.now() - accepted
  await (await starting).kill()
  return took
}
