// The monitoring itself: when it is away, a quiet channel means nothing, and everybody hears so once.
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { systemsOf } from '../../src/evidence/health.ts'
import { watchMonitoring } from '../../src/flow/monitoring.ts'
import { tellNotices } from '../../src/flow/notices.ts'
import { json, type StandIn, standIn } from '../evidence/stand-in.ts'
import { minute, team, type World, world } from './world.ts'

let w: World
let prometheus: StandIn
/** What it answers, by path; 404 for the rest. */
let answers: Record<string, number>

beforeEach(async () => {
  answers = { '/-/healthy': 200 }
  prometheus = await standIn(({ path }, response) => json(response, {}, answers[path] ?? 404))
  w = await world({ yaml: `${team}prometheus: { url: "${prometheus.url}" }\n` })
})
afterEach(async () => {
  await w.stop()
  await prometheus.close()
})

async function look(minutes = 0): Promise<void> {
  await w.pass(minutes * minute)
  await watchMonitoring(w.bot)
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
}
const told = () => w.chat.in('#incidents').map(({ message }) => message)

test('a part that is away for five minutes is told once, and the message says when it is back', async () => {
  await look()
  answers = { '/-/healthy': 503, '/api/v1/query': 503 }
  await look(1)
  await look(4)
  expect(told()).toEqual([])
  await look(1)
  await look(1)
  expect(told()).toMatchObject([{ title: 'Prometheus does not answer', tone: 'warning' }])
  expect(told()[0]?.text).toContain('answered 503')
  expect(told()[0]?.text).toContain('a quiet channel means nothing now')
  answers = { '/-/healthy': 200 }
  await look(3)
  await look(1)
  expect(told()).toMatchObject([{ title: 'Prometheus answers again', tone: 'good' }])
})

test('a restart of a few minutes is nobody’s business', async () => {
  answers = {}
  await look()
  await look(4)
  answers = { '/-/healthy': 200 }
  await look(1)
  answers = {}
  await look(1)
  await look(4)
  expect(told()).toEqual([])
})

test('a page to sign in on, with which a proxy answers everything, is no Prometheus', async () => {
  const proxy = await standIn((_, response) => response.end('<!doctype html><title>Sign in</title>'))
  onTestFinished(() => proxy.close())
  const [system] = systemsOf({ ...w.bot.config, prometheus: { ...w.bot.config.prometheus, url: proxy.url } })
  expect(await system?.check()).toMatchObject({
    text: expect.stringMatching(/web page.* not Prometheus.*prometheus\.token/),
  })
})

test('what speaks the same API but has no health address is asked for a number', async () => {
  answers = { '/api/v1/query': 200 }
  await look()
  await look(10)
  expect(told()).toEqual([])
})

test('an Alertmanager without a health address, as Mimir’s may be, is asked how it stands', async () => {
  await w.stop()
  w = await world({ yaml: `${team}alertmanager: { url: "${prometheus.url}/alertmanager" }\n` })
  answers = { '/alertmanager/api/v2/status': 200 }
  await look()
  await look(10)
  expect(told()).toEqual([])
})

test('two replicas that see the same absence tell it once', async () => {
  answers = {}
  await look()
  await w.pass(6 * minute)
  await Promise.all([watchMonitoring(w.bot), watchMonitoring(w.bot)])
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
  await look(1)
  expect(told()).toHaveLength(1)
})
