// Several replicas on one database: what one leaves when it dies, another has in hand within seconds; and a new version joins
// and takes over while alerts keep coming.
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { atBest } from '../busy.ts'
import { laterVersion } from './program.ts'
import { fire, quiet, setting } from './setting.ts'
import { spawnTocsin, startTocsin, type Tocsin } from './tocsin.ts'
import { lies } from './truth.ts'

it('sends the pages that a killed replica had under way in less than five seconds, and none twice', async () => {
  const took = await atBest(takeover, (milliseconds) => milliseconds < 5_000)
  expect(took).toBeLessThan(5_000)
}, 240_000)

/** Answers how many milliseconds it took the others. */
async function takeover(): Promise<number> {
  const { slack, database, env } = await setting()
  const victim = await startTocsin(env)
  const services = Array.from({ length: 6 }, (_, i) => `service-${i}`)
  const isPage = (args: Record<string, string>) => /r\d+s\d+/.test(args.metadata ?? '')
  // Half of them reach Slack before the death, half of them never do; the victim hears of neither.
  slack.trouble('chat.postMessage', { kind: 'strike', when: 'after', act: () => {} }, 3, isPage)
  slack.trouble('chat.postMessage', { kind: 'hang' }, 3, isPage)
  await Promise.all(services.map((service) => fire(victim.url, service)))
  const begun = () => slack.calls('chat.postMessage').filter(({ args }) => isPage(args)).length
  await slack.until(() => begun() === services.length)
  slack.calm()
  const others = await Promise.all([startTocsin(env), startTocsin(env)])
  await victim.kill()
  const killed = performance.now()
  await slack.until(() => slack.messages('U0ADA').length === services.length)
  const took = performance.now() - killed
  await quiet(database)
  expect(await lies(slack, database, services)).toEqual([])
  await Promise.all(others.map((one) => one.stop()))
  return took
}

it('goes from one version to the next, with a migration, while alerts keep coming: nothing is lost, doubled or refused', async () => {
  const { slack, database, env } = await setting()
  const next = laterVersion({
    name: '9998_next_version',
    sql: 'alter table incidents add column of_the_next_version text; create index on incidents (of_the_next_version);',
  })
  const old = await Promise.all([startTocsin(env), startTocsin(env)])
  const serving = new Set<Tocsin>(old)
  const accepted = new Set<string>()
  const refused: string[] = []
  let over = false
  let firing: Promise<boolean> | undefined
  const alerts = (async () => {
    for (let i = 0; !over; i++) {
      const replicas = [...serving]
      // Each is sent three times, as monitoring does: a new one each time is a card each time, and Slack takes 50 edits a minute.
      const service = `service-${Math.floor(i / 3)}`
      const url = replicas[i % replicas.length]?.url ?? ''
      firing = fire(url, service)
      if (await firing) accepted.add(service)
      else refused.push(service)
      await pause(150)
    }
  })()
  while (accepted.size < 3) await pause(50)
  const renewing = spawnTocsin(env, { version: next })
  // Somebody uses the table that is to be changed: the migration steps back instead of holding up all who come after it.
  await database.db.tx(async (q) => {
    await q.query('update incidents set title = title where number = (select min(number) from incidents)')
    while (!renewing.output().includes('steps back')) await pause(50)
  })
  const renewed = { ...renewing, url: await renewing.ready }
  serving.add(renewed)
  const { rowCount } = await database.db.query("select from migrations where name = '9998_next_version'")
  expect(rowCount).toBe(1)
  await pause(1_500)
  for (const one of old) {
    serving.delete(one)
    // What has not reached it by now would not be answered.
    await firing
    await pause(300)
    expect(await one.stop()).toBe(0)
  }
  await pause(1_000)
  over = true
  await alerts
  expect(refused).toEqual([])
  await quiet(database)
  expect(await lies(slack, database, accepted)).toEqual([])
  expect(slack.messages('U0ADA')).toHaveLength(accepted.size)
  for (const one of old) expect(one.output()).not.toMatch(/"level":"(error|fatal)"/)
  // An old one that is started again after that says why it must not.
  await expect(startTocsin(env)).rejects.toThrow('newer than this Tocsin')
  await renewed.stop()
}, 240_000)

/** With TOCSIN_BEFORE=<path of dist/src/cli/main.js of an older version> there is one more test. */
if (process.env.TOCSIN_BEFORE)
  it('goes on from an older version that really was, while alerts keep coming', async () => {
    const { slack, database, env } = await setting()
    await database.db.query('drop schema public cascade; drop schema graphile_worker cascade; create schema public')
    const version = process.env.TOCSIN_BEFORE ?? ''
    const old = [await startTocsin(env, { version }), await startTocsin(env, { version })]
    const accepted: string[] = []
    const refused: string[] = []
    let serving: Tocsin[] = old
    let over = false
    const alerts = (async () => {
      for (let i = 0; !over; i++) {
        const service = `service-${i}`
        ;((await fire(serving[i % serving.length]?.url ?? '', service)) ? accepted : refused).push(service)
        await pause(200)
      }
    })()
    await pause(2_000)
    const renewed = await startTocsin(env)
    serving = [...old, renewed]
    await pause(4_000)
    serving = [renewed]
    await pause(500)
    // One is stopped, the other dies with what it has in hand.
    expect(await old[0]?.stop()).toBe(0)
    await old[1]?.kill()
    await pause(1_000)
    over = true
    await alerts
    expect(refused).toEqual([])
    await quiet(database)
    expect(await lies(slack, database, accepted)).toEqual([])
    expect(slack.messages('U0ADA')).toHaveLength(accepted.length)
    await renewed.stop()
  }, 180_000)
