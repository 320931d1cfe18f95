// Silencing an incident's alerts in Alertmanager: what it covers, what it leaves alone, and what it says when it cannot.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AlertmanagerStandIn, alertmanagerStandIn } from '../evidence/alertmanager-stand-in.ts'
import { minute, monday, team, type World, world } from './world.ts'

let server: AlertmanagerStandIn
let w: World
const room = 'inc-1-payments'

beforeEach(async () => {
  server = await alertmanagerStandIn(() => w?.clock.now() ?? new Date(monday))
})
afterEach(async () => {
  await w.stop()
  await server.close()
})

const start = async (more = `alertmanager: { url: "${server.url}", timeout: 30s }`) => {
  w = await world({ yaml: `${team}${more}\n` })
}

const labels = (instance: string, alertname = 'Slow') => ({
  alertname,
  service: 'payments',
  severity: 'critical',
  instance,
})

function alerts(...all: { instance: string; alertname?: string; status?: string }[]): object {
  return {
    version: '4',
    alerts: all.map(({ instance, alertname, status = 'firing' }) => ({
      ...{ status, labels: labels(instance, alertname), annotations: {}, fingerprint: `f-${instance}` },
      ...{ startsAt: monday, endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : w.clock.now().toISOString() },
    })),
  }
}

async function firing(...instances: string[]): Promise<void> {
  await w.deliver('alertmanager', alerts(...instances.map((instance) => ({ instance }))))
  server.firing = instances.map((instance) => `f-${instance}`)
  await w.settle()
}

const say = async (text: string, account = 'U-ADA', channel = room) => {
  const reply = await w.chat.say(account, `incident ${text}`, channel)
  await w.settle()
  return reply?.message ?? null
}
const said = () => w.chat.in(room).map(({ message }) => message)
const facts = async () => (await w.view()).timeline.map(({ fact }) => fact).filter(({ kind }) => /silence/.test(kind))

test('what fires is silenced by what it shares, in the name of the person, with the way back to the incident', async () => {
  await start()
  await firing('a', 'b')
  server.firing.push('f-of-another-incident')
  expect(await say('silence 2h rolling back')).toBeNull()
  expect(server.silences).toMatchObject([
    {
      ...{ startsAt: '2026-03-02T09:00:00.000Z', endsAt: '2026-03-02T11:00:00.000Z', createdBy: 'Ada Lovelace' },
      comment: `rolling back · Tocsin incident 1: ${w.bot.config.server.publicUrl}/incidents/1`,
      matchers: [
        { name: 'alertname', value: 'Slow', isRegex: false },
        { name: 'service', value: 'payments' },
        { name: 'severity', value: 'critical' },
      ],
    },
  ])
  const message = said().at(-1)
  expect(message?.title).toBe('Silenced until 12:00 by Ada Lovelace')
  expect(message?.text).toContain('`alertname="Slow"`, `service="payments"`, `severity="critical"` in Alertmanager')
  expect(message?.text).toContain('3 firing alerts, **1 of them not of this incident**')
  expect(message?.text).toContain('Paging goes on as before')
  expect((await w.view()).timeline.at(-1)).toMatchObject({
    by: 'ada',
    text: 'Ada Lovelace silenced alertname="Slow", service="payments", severity="critical" in Alertmanager until Mon 2 Mar 12:00: rolling back',
  })
})

test('paging is not touched by it', async () => {
  await start()
  await firing('a')
  await say('silence 2h')
  await w.pass(5 * minute)
  expect(w.chat.in('@U-LINUS')).toHaveLength(1)
  expect((await w.view()).incident.status).toBe('open')
})

test('asked for again, the same silence gets the new end; for other alerts it is replaced; one press ends it', async () => {
  await start()
  await firing('a')
  await say('silence 1h')
  await say('silence 4h', 'U-GRACE')
  expect(server.silences).toHaveLength(1)
  expect(server.silences[0]).toMatchObject({ endsAt: '2026-03-02T13:00:00.000Z', createdBy: 'Grace Hopper' })
  await firing('a', 'b')
  await say('silence 4h')
  expect(server.silences.map(({ status }) => status.state)).toEqual(['expired', 'active'])
  await w.chat.press('U-GRACE', room, 'End the silence')
  await w.settle()
  expect(server.silences.map(({ status }) => status.state)).toEqual(['expired', 'expired'])
  expect(said().at(-1)?.title).toBe('The silence is ended by Grace Hopper')
  expect(await facts()).toMatchObject([
    { kind: 'alerts_silenced', silence: server.silences[0]?.id },
    { kind: 'alerts_silenced', silence: server.silences[0]?.id },
    { kind: 'alerts_silenced', silence: server.silences[1]?.id, replaces: server.silences[0]?.id },
    { kind: 'silence_ended', silence: server.silences[1]?.id, elsewhere: false },
  ])
})

test('a silence whose answer was lost is found again, and is not made twice', async () => {
  await start(`alertmanager: { url: "${server.url}", timeout: 3s }`)
  await firing('a')
  server.fault = { hang: true, after: true, only: 'POST' }
  const lost = await say('silence 2h')
  expect(lost?.title).toMatch(/did not answer within 3 s\. Whether it is silenced is not known; to say it again/)
  expect(await facts()).toEqual([])
  server.fault = null
  await say('silence 2h')
  expect(server.silences).toHaveLength(1)
  expect(await facts()).toMatchObject([{ kind: 'alerts_silenced', silence: server.silences[0]?.id }])
})

test('one that nothing was written down of is ended all the same; those made by hand are left alone', async () => {
  await start()
  await firing('a')
  server.keep({ endsAt: '2026-03-02T12:00:00Z', comment: 'see incidents/1' })
  server.keep({
    endsAt: '2026-03-02T12:00:00Z',
    comment: `Tocsin incident 1: ${w.bot.config.server.publicUrl}/incidents/1`,
  })
  await say('unsilence')
  expect(server.silences.map(({ status }) => status.state)).toEqual(['active', 'expired'])
  expect(await say('unsilence')).toMatchObject({
    title: expect.stringContaining('Alertmanager has no active silence of incident 1'),
  })
})

test('one that was ended in Alertmanager is written down as that, once', async () => {
  await start()
  await firing('a')
  await say('silence 2h')
  for (const silence of server.silences) silence.status = { state: 'expired' }
  for (let times = 0; times < 2; times++) expect((await say('unsilence'))?.title).toContain('no active silence')
  const ended = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'silence_ended')
  expect(ended).toMatchObject([{ by: null, text: 'The silence in Alertmanager had been ended before its time' }])
})

test('an end that lets nothing through, because another silence holds the same alerts, says so', async () => {
  await start()
  await firing('a', 'b')
  await say('silence 2h')
  const byHand = server.keep({ endsAt: '2026-03-02T12:00:00Z', comment: 'maintenance' })
  await say('unsilence')
  expect(said().at(-1)?.text).toContain('2 firing alerts of it are still silenced in Alertmanager')
  expect(said().at(-1)?.text).not.toContain('get through again')
  expect((await w.view()).timeline.at(-1)?.text).toMatch(/ended the silence .*; others there still silence 2 of its/)
  byHand.status = { state: 'expired' }
  await say('silence 2h')
  await say('unsilence')
  expect(said().at(-1)?.text).toContain('Alerts get through again')
})

test('whether others hold cannot be asked: the silence is ended all the same, and nothing is claimed of others', async () => {
  await start()
  await firing('a')
  await say('silence 2h')
  server.fault = { status: 500, only: '/api/v2/alerts' }
  await say('unsilence')
  expect(server.silences[0]?.status.state).toBe('expired')
  expect((await facts()).at(-1)).toMatchObject({ kind: 'silence_ended', elsewhere: false })
  expect((await facts()).at(-1)).not.toHaveProperty('still')
})

test('alerts that cleared while they were silenced are not there any more, and the answer says what that means', async () => {
  await start()
  await firing('a')
  await say('silence 2h')
  server.firing = []
  expect((await say('silence 3h'))?.title).toMatch(/^Nothing was silenced: .*cleared while they were silenced.*resolve/)
})

test('one whose time is up was not ended early', async () => {
  await start()
  await firing('a')
  await say('silence 1h')
  for (const silence of server.silences) silence.status = { state: 'expired' }
  await w.pass(61 * minute)
  await say('unsilence')
  expect(await facts()).toHaveLength(1)
})

test('who silences it still has it', async () => {
  await start()
  await firing('a')
  await say('ack')
  await w.pass(20 * minute)
  await say('silence 2h')
  await w.pass(25 * minute)
  expect((await w.view()).incident.status).toBe('acknowledged')
})

test('outside the room, the answer says what is silenced', async () => {
  await start()
  await firing('a')
  const reply = await say('silence 1 90m', 'U-GRACE', 'general')
  expect(reply).toMatchObject({ title: 'Silenced until 11:30 by Grace Hopper' })
})

test('alerts of several rules are named, and those of another source are said to be left out', async () => {
  await start(`alertmanager: { url: "${server.url}" }\ngrouping: { by: [service] }`)
  await w.deliver('alertmanager', alerts({ instance: 'a', alertname: 'Slow' }, { instance: 'b', alertname: 'Errors' }))
  await w.fire({ service: 'payments' })
  await w.settle()
  server.firing = ['f-a', 'f-b']
  await say('silence 2h')
  expect(server.silences[0]?.matchers[0]).toMatchObject({ name: 'alertname', value: 'Errors|Slow', isRegex: true })
  expect(said().at(-1)?.text).toContain('Not silenced: 1 alert of this incident from another source.')
})

test('only what still fires is silenced', async () => {
  await start()
  await firing('a', 'b')
  await w.deliver('alertmanager', alerts({ instance: 'b', status: 'resolved' }))
  server.firing = ['f-a']
  await say('silence 2h')
  expect(server.silences[0]?.matchers.find(({ name }) => name === 'instance')?.value).toBe('a')
  await w.deliver('alertmanager', alerts({ instance: 'a', status: 'resolved' }))
  expect((await say('silence 2h'))?.title).toBe('No alert of incident 1 is firing; there is nothing to silence.')
})

test('without an address it says what to configure, and asks nobody', async () => {
  await start('')
  await firing('a')
  for (const words of ['silence 2h', 'unsilence'])
    expect((await say(words))?.title).toContain(
      'alertmanager: { url: "http://127.0.0.1:9093" }, or set ALERTMANAGER_URL',
    )
  expect(await facts()).toEqual([])
})

test('an incident of another source is refused', async () => {
  await start()
  await w.fire()
  await w.settle()
  expect((await say('silence 1 2h', 'U-ADA', 'general'))?.title).toMatch(
    /came from generic, not from Alertmanager.*Only sources of kind alertmanager can/,
  )
  expect(server.silences).toEqual([])
})

test('the wrong Alertmanager silences nothing', async () => {
  await start()
  await firing('a')
  server.firing = []
  expect((await say('silence 2h'))?.title).toMatch(
    /^Nothing was silenced: .*alertname="Slow".*alertmanager\.url is not the one/,
  )
  expect(server.silences).toEqual([])
})

test('what Alertmanager refuses, and that it is away, is told to the one who asked and nobody else', async () => {
  await start()
  await firing('a')
  server.fault = { status: 403, body: '"read only"', only: 'POST' }
  expect((await say('silence 2h'))?.title).toContain('answered 403: read only')
  server.fault = { status: 502 }
  expect((await say('silence 2h'))?.title).toMatch(/answered 502\. Nothing was silenced\.$/)
  expect((await say('unsilence'))?.title).toMatch(/answered 502\. Nothing was changed\.$/)
  server.fault = null
  await say('silence 2h')
  server.fault = { status: 500, only: 'DELETE' }
  expect((await say('unsilence'))?.title).toMatch(/The alerts may still be silenced; say it again\.$/)
  expect((await facts()).map(({ kind }) => kind)).toEqual(['alerts_silenced'])
})

test.each(['0m', '31d', 'soon'])('a silence of %s is refused', async (length) => {
  await start()
  await firing('a')
  expect((await say(`silence ${length}`))?.tone).toBe('warning')
  expect(server.silences).toEqual([])
})
