// An incident on Grafana's dashboards: one note that begins and ends with it, whatever happens in between.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addJobs } from '../../src/store/changes.ts'
import { type GrafanaStandIn, grafanaStandIn } from '../evidence/grafana-stand-in.ts'
import { minute, monday, team, type World, world } from './world.ts'

let w: World
let grafana: GrafanaStandIn
const start = new Date(monday).getTime()

beforeEach(async () => {
  grafana = await grafanaStandIn()
})
afterEach(async () => {
  await w.stop()
  await grafana.close()
})

async function started(more = '', signIn = ', token: glsa_secret'): Promise<void> {
  w = await world({ yaml: `${team}grafana: { url: "${grafana.url}"${signIn} }\n${more}` })
}
const say = async (text: string) => {
  await w.chat.say('U-ADA', text)
  await w.settle()
}
const refusals = async () => (await w.view()).timeline.filter(({ fact }) => fact.kind === 'room_degraded')
const again = () => addJobs(w.bot.db, [{ task: 'annotate_dashboards', platform: null, incident: 1 }], w.clock.now())

test('it is a mark from the start, and the stretch to its end once it is over', async () => {
  await started()
  await w.fire()
  await w.pass(0)
  expect(grafana.annotations).toMatchObject([
    { time: start, timeEnd: start, tags: ['tocsin', 'incident:1', 'severity:P1', 'service:checkout'] },
  ])
  expect(grafana.annotations[0]?.text).toContain('<strong>P1 · Checkout is down</strong>')
  expect(grafana.annotations[0]?.text).toMatch(/<a href="http[^"]*\/incidents\/1"/)
  await w.pass(3 * minute)
  await say('incident resolve 1')
  expect(grafana.annotations).toMatchObject([{ time: start, timeEnd: start + 3 * minute }])
  expect(grafana.annotations[0]?.text).toContain('resolved after 3 min')
  expect(grafana.annotations).toHaveLength(1)
})

test('what alerts say is text there, never markup', async () => {
  await started()
  await w.fire({ title: '<img src=x onerror=alert(1)> [here](javascript:alert(1)) <b>x' })
  await w.pass(0)
  expect(grafana.annotations[0]?.text).not.toMatch(/<img|<b>|href="javascript/)
})

test('whoever dies after writing it finds it again instead of writing another', async () => {
  await started()
  grafana.fault = { status: 500, after: true, only: 'POST' }
  await w.fire()
  await w.attemptJobs()
  expect(grafana.annotations).toHaveLength(1)
  grafana.fault = null
  await w.pass(0)
  await again()
  await again()
  await w.pass(0)
  expect(grafana.annotations).toHaveLength(1)
  expect(grafana.asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
  expect(grafana.asked.filter(({ method }) => method === 'PATCH')).toHaveLength(0)
})

test('two that work at once write it once: they take turns', async () => {
  await started()
  await w.fire()
  const { rows } = await w.bot.db.query<{ queue_name: string | null }>(
    "select queue_name from graphile_worker.jobs where task_identifier = 'tocsin:annotate_dashboards'",
  )
  expect(rows).toEqual([{ queue_name: 'grafana' }])
})

test('another severity and coming back are on it, too; the notes of other incidents are left alone', async () => {
  await started()
  const other = { id: 99, time: start, timeEnd: start, text: 'x', tags: ['tocsin', 'incident:11'] }
  grafana.annotations.push(other, {
    ...other,
    id: 98,
    time: start - 1,
    timeEnd: start + minute,
    tags: ['tocsin', 'incident:1'],
  })
  await w.fire().then(() => w.pass(0))
  await say('incident severity 1 P2')
  await w.pass(minute)
  await say('incident resolve 1')
  expect(grafana.annotations[2]?.timeEnd).toBe(start + minute)
  await w.clear()
  await w.pass(minute)
  await w.fire()
  await w.pass(0)
  const [, , own] = grafana.annotations
  expect(own).toMatchObject({ time: start, timeEnd: start, tags: expect.arrayContaining(['severity:P2']) })
  expect(grafana.annotations).toHaveLength(3)
  expect(grafana.annotations[0]).toEqual(other)
})

test('a Grafana that is away holds up nothing, and has it when it is back', async () => {
  await started()
  grafana.fault = { status: 503 }
  await w.fire()
  await w.attemptJobs()
  await w.attemptJobs()
  expect((await w.view()).pages).toMatchObject([{ status: 'sent' }])
  expect(await refusals()).toEqual([])
  grafana.fault = null
  await w.pass(0)
  expect(grafana.annotations).toHaveLength(1)
})

test('a Grafana that refuses is one line on the timeline, however often, without its token', async () => {
  await started('', ', token: another-secret')
  await w.fire()
  await w.pass(0)
  await say('incident resolve 1')
  expect((await refusals()).map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /^Grafana could not note it on the dashboards: Grafana \(http:\S+\) answered 401: Unauthorized; look at grafana\.token in tocsin\.yaml$/,
    ),
  ])
  expect(JSON.stringify([await w.view(), w.chat.sent])).not.toContain('another-secret')
})

test('without a way to sign in nothing is written; nor of what is only recorded', async () => {
  await started('', '')
  await w.fire()
  await w.pass(0)
  expect(grafana.asked.filter(({ path }) => path !== '/api/health')).toEqual([])
  await w.stop()
  await started()
  await w.fire({ severity: 'P4' })
  await w.pass(0)
  expect(grafana.asked.filter(({ path }) => path !== '/api/health')).toEqual([])
})
