// A Prometheus and an Alertmanager that want to know who asks: everything that asks them says so, nobody ever reads how, and
// one that does not let the bot in is told of with the key to look at.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchMonitoring } from '../../src/flow/monitoring.ts'
import { tellNotices } from '../../src/flow/notices.ts'
import { askSilences } from '../../src/flow/silences.ts'
import { type AlertmanagerStandIn, alertmanagerStandIn } from '../evidence/alertmanager-stand-in.ts'
import { type Asked, json, matrix, type StandIn, standIn } from '../evidence/stand-in.ts'
import { minute, monday, team, type World, world } from './world.ts'

const token = 'glc_eyJvIjoiMTIzNDU2'
const password = 'correct-horse-battery'
const room = 'inc-1-payments'

let w: World
let prometheus: StandIn
let alertmanager: AlertmanagerStandIn
/** Whom Prometheus lets in, and what it says to all others. */
let letsIn: (headers: Asked['headers']) => boolean
let refusal: { status: number; body: unknown }

beforeEach(async () => {
  letsIn = ({ authorization, 'x-scope-orgid': tenant }) => authorization === `Bearer ${token}` && tenant === 'shop'
  refusal = { status: 401, body: { status: 'error', error: 'no credentials' } }
  alertmanager = await alertmanagerStandIn(() => w?.clock.now() ?? new Date(monday))
  prometheus = await standIn((asked, response) => {
    if (!letsIn(asked.headers)) return json(response, refusal.body, refusal.status)
    const { path } = asked
    if (path === '/-/healthy') return json(response, 'ok')
    if (path === '/api/v1/query_range')
      return matrix(asked, response, [{ metric: { __name__: 'x_seconds' }, value: () => '0.9' }])
    const at = Number(asked.params.get('time'))
    const down = { metric: { job: 'payments', instance: 'a:1' }, value: [at, '1'] }
    if (path === '/api/v1/query')
      return json(response, { status: 'success', data: { resultType: 'vector', result: [down] } })
    if (path === '/api/v1/targets') return json(response, { status: 'success', data: { activeTargets: [] } })
    if (path === '/api/v1/rules') return json(response, { status: 'success', data: { groups: [] } })
    if (path.startsWith('/api/v1/label/')) return json(response, { status: 'success', data: ['x_seconds'] })
    json(response, '404 page not found', 404)
  })
})
afterEach(async () => {
  await w.stop()
  await prometheus.close()
  await alertmanager.close()
})

const slow = '## Slow\n\n**Symptoms:** `Slow`\n\n**Steps:**\n1. **Look**\n   ```promql\n   scalar(up)\n   ```\n'
const usual = `tenant: shop, user: bot, password: ${password}`
const objective = 'slos: [{ name: Up, service: payments, objective: 99, availability: up }]\n'

async function begin(keys: string, silencing = usual): Promise<void> {
  const runbooks = mkdtempSync(join(tmpdir(), 'tocsin-signing-'))
  writeFileSync(join(runbooks, 'slow.md'), slow)
  const asked = `prometheus: { url: "${prometheus.url}", timeout: 30s, ${keys} }\n`
  const silenced = `alertmanager: { url: "${alertmanager.url}", timeout: 30s, ${silencing} }\n`
  w = await world({ yaml: `${team}${asked}${silenced}${objective}runbooks: ${runbooks}\n` })
}

async function fire(): Promise<void> {
  const url = `http://prometheus:9090/graph?g0.expr=${encodeURIComponent('x_seconds > 0.5')}&g0.tab=1`
  const labels = { alertname: 'Slow', service: 'payments', severity: 'critical' }
  const times = { startsAt: monday, endsAt: '0001-01-01T00:00:00Z' }
  const alert = { status: 'firing', labels, annotations: {}, fingerprint: 'f1', generatorURL: url, ...times }
  await w.deliver('alertmanager', { version: '4', alerts: [alert] })
  await w.settle()
}

async function say(text: string): Promise<string> {
  // Asked again at the same instant, it would be the same picture.
  await w.pass(minute)
  const before = w.chat.sent.length
  const reply = await w.chat.say('U-ADA', text, room)
  await w.settle()
  return JSON.stringify([reply?.message, w.chat.sent.slice(before)])
}

/** Everything that can be read: what was said, what is kept. */
async function everything(): Promise<string> {
  const { rows } = await w.bot.db.query<{ text: string }>(
    `select coalesce(string_agg(t::text, ' '), '') as text from (
       select i::text as t from incidents i union all select e::text from timeline e union all select n::text from notices n
       union all select m::text from monitoring m) all_rows`,
  )
  return JSON.stringify([w.chat.sent, await w.view(), rows])
}

async function lookAfter(): Promise<void> {
  await watchMonitoring(w.bot)
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
}

test('a token and a tenant go with every question: charts, objectives, steps, targets, rules, health, mistakes', async () => {
  await begin(`token: ${token}, tenant: shop`)
  await fire()
  await say('chart x_seconds 1h')
  await say('chart y_seconds 1h')
  expect(await say('slo')).toContain('Up')
  await say('incident step 1 run')
  await say('incident evidence')
  await say('digest preview')
  await lookAfter()
  const asked = new Set(prometheus.asked.map(({ path }) => path))
  expect([...asked].sort()).toEqual(
    expect.arrayContaining(['/-/healthy', '/api/v1/query', '/api/v1/query_range', '/api/v1/rules', '/api/v1/targets']),
  )
  expect(prometheus.asked.filter(({ headers }) => !letsIn(headers))).toEqual([])
  expect(w.chat.in(room).some(({ message }) => message.picture)).toBe(true)
  expect(await everything()).not.toContain(token)
})

test('Alertmanager hears the same keys, for silences and at a hand-over', async () => {
  await begin(`token: ${token}, tenant: shop`)
  await fire()
  await say('incident silence 2h')
  expect(alertmanager.silences).toHaveLength(1)
  const basic = `Basic ${Buffer.from(`bot:${password}`).toString('base64')}`
  expect(alertmanager.heard).toMatchObject({ authorization: basic, 'x-scope-orgid': 'shop' })
  await lookAfter()
  const heard = await askSilences(w.bot)
  expect(heard).toMatchObject({ silences: [{ createdBy: 'Ada Lovelace' }] })
  expect(alertmanager.unsigned).toBe(0)
  expect(await everything()).not.toContain(password)
})

test.each([
  ['nothing is sent', '', /answered 401: no credentials; set prometheus\.token, or prometheus\.user and/],
  ['the token is old', 'token: glc_old_and_gone', /401: no credentials; look at prometheus\.token in tocsin\.yaml/],
  ['the password is wrong', 'user: u, password: wrong-one', /look at prometheus\.user and prometheus\.password \(or/],
])('whoever is not let in because %s reads in the room what to look at', async (_, keys, words) => {
  await begin(keys)
  await fire()
  const missing = (await w.view()).timeline.flatMap(({ fact }) => (fact.kind === 'chart_missing' ? [fact.reason] : []))
  expect(missing).toEqual([expect.stringMatching(words)])
  expect(JSON.stringify(w.chat.in(room).map(({ message }) => message.text))).toMatch(words)
  expect(await say('chart x_seconds 1h')).toMatch(words)
  expect(await say('slo')).toMatch(words)
  expect(await everything()).not.toMatch(/glc_old_and_gone|wrong-one/)
  // And the page went out.
  expect((await w.view()).pages).toMatchObject([{ status: 'sent' }])
})

test('a Mimir that misses its tenant, and a proxy that allows less than is asked, are told apart', async () => {
  await begin(`token: ${token}`)
  refusal = { status: 401, body: 'no org id' }
  await fire()
  expect(await say('chart x_seconds 1h')).toContain('answered 401: no org id; set prometheus.tenant in tocsin.yaml')
  refusal = { status: 403, body: `Forbidden (user=bot, token=${token})` }
  const said = await say('chart x_seconds 2h')
  expect(said).toMatch(/answered 403: Forbidden \(user=bot, token=\\*\[redacted\\*\]\); look at prometheus\.token in/)
})

test('a Prometheus that does not let the bot in is there: the incidents channel does not hear that it is away', async () => {
  await begin('')
  await lookAfter()
  await w.pass(6 * minute)
  await lookAfter()
  const [told] = w.chat.in('#incidents').map(({ message }) => message)
  expect(told?.title).toBe('Prometheus does not let the bot in')
  expect(told?.text).toMatch(/answered 401: no credentials; set prometheus\.token/)
  expect(told?.text).not.toMatch(/is the address right|quiet channel|do not come/)
})

test('an Alertmanager that does not let the bot in says so to whoever wants a silence', async () => {
  await begin(`token: ${token}, tenant: shop`, 'token: another')
  alertmanager.fault = { status: 403, body: '"forbidden"' }
  await fire()
  expect(await say('incident silence 2h')).toMatch(
    /answered 403: forbidden; look at alertmanager\.token in tocsin\.yaml/,
  )
})

test('a login page instead of an answer, and a redirect to one, name the keys as well', async () => {
  await begin('')
  refusal = { status: 200, body: '<html>Sign in' }
  await fire()
  prometheus.asked.length = 0
  const page = await standIn((_, response) => response.end('<html>Sign in</html>'))
  w.bot.config.prometheus.url = page.url
  expect(await say('chart x_seconds 1h')).toMatch(/a web page, perhaps one to sign in on: look at prometheus\.token/)
  await page.close()
  const sso = await standIn((_, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/sso' }).end())
  w.bot.config.prometheus.url = sso.url
  expect(await say('chart x_seconds 2h')).toMatch(/redirects to http\\*:\/\/127\.0\.0\.2:1, .*prometheus\.token/)
  await sso.close()
})
