// How those who operate the bot see how it is.
import { afterEach, expect, test } from 'vitest'
import { Standings } from '../../src/chat/standing.ts'
import { connect } from '../../src/store/db.ts'
import { atBest } from '../busy.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { now, type Overrides, startServer, type TestServer } from './bot.ts'
import { seedIncident } from './seed.ts'

let database: FreshDatabase
let server: TestServer

async function start(overrides: Overrides = {}): Promise<void> {
  database = await freshDatabase()
  server = await startServer(database.db, overrides)
}
afterEach(async () => {
  await server.close()
  await database.drop()
})

const get = async (path: string) => {
  const response = await fetch(server.url + path)
  // biome-ignore lint/suspicious/noExplicitAny: read as a probe reads it.
  return { status: response.status, body: (await response.json()) as any }
}

test('the process is live whatever else is wrong', async () => {
  await start({ readiness: { workers: () => ({ ok: false }) } })
  expect(await get('/live')).toEqual({ status: 200, body: { status: 'live' } })
})

test('it is not ready until everything it needs is up, and says what is missing', async () => {
  let up = false
  await start({ readiness: { workers: () => (up ? { ok: true } : { ok: false, detail: 'starting' }) } })
  const before = await get('/ready')
  expect(before.status).toBe(503)
  expect(before.body).toMatchObject({
    status: 'not ready',
    checks: { database: { ok: true }, workers: { ok: false, detail: 'starting' } },
  })
  up = true
  expect((await get('/ready')).status).toBe(200)
})

test('a platform that is down makes it degraded, not unhealthy', async () => {
  await start({ health: { slack: () => ({ ok: false, detail: 'not connected' }), mail: () => ({ ok: true }) } })
  const { status, body } = await get('/health')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'degraded',
    timestamp: now.toISOString(),
    version: '0.1.0-test',
    checks: {
      database: { ok: true },
      slack: { ok: false, detail: 'not connected' },
      mail: { ok: true },
      queue: { ok: true },
    },
  })
})

test('each chat platform shows as it says it is, and a change of that shows at once', async () => {
  const standings = new Standings(['slack', 'console'])
  await start({ health: standings.checks() })
  standings.of('console')(null)
  expect((await get('/health')).body).toMatchObject({
    status: 'degraded',
    checks: { slack: { ok: false, detail: 'still connecting' }, console: { ok: true } },
  })
  standings.of('slack')('Slack refused auth.test: invalid_auth')
  const { status, body } = await get('/health')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'degraded',
    checks: { slack: { detail: expect.stringContaining('auth.test') } },
  })
  expect((await get('/ready')).status).toBe(200)
  standings.of('slack')(null)
  expect((await get('/health')).body).toMatchObject({ status: 'healthy', checks: { slack: { ok: true } } })
})

test('a queue in which jobs wait and nobody works shows', async () => {
  await start()
  const due = new Date(now.getTime() - 90_000)
  await database.db.query(`select graphile_worker.add_job('tocsin:draw_chart', run_at := $1::timestamptz)`, [due])
  const { body } = await get('/health')
  expect(body.status).toBe('degraded')
  expect(body.checks.queue).toMatchObject({ ok: false, detail: '1 waiting, the oldest for 90 s; 0 given up' })
})

test('what waits for a platform that was taken out of the configuration is no fault of the queue', async () => {
  await start()
  const due = new Date(now.getTime() - 90_000)
  await database.db.query(
    `insert into deliveries (platform, incident, wake_at, urgency) values ('discord', 1, $1, 3)`,
    [due],
  )
  await database.db.query(`select graphile_worker.add_job('discord:post_digest', run_at := $1::timestamptz)`, [due])
  const { body } = await get('/health')
  expect(body.checks.queue).toMatchObject({ ok: true, detail: '0 waiting, the oldest for 0 s; 0 given up' })
})

test('a check that throws or never answers fails with its reason', async () => {
  await start({
    health: {
      throws: () => {
        throw new Error('no connection')
      },
      hangs: () => new Promise(() => {}),
    },
  })
  const { body } = await get('/health')
  expect(body.checks.throws).toMatchObject({ ok: false, detail: 'no connection' })
  expect(body.checks.hangs).toMatchObject({ ok: false, detail: 'no answer within 2 s' })
})

test('without its database it is unhealthy and not ready', async () => {
  database = await freshDatabase()
  const away = connect('postgresql://nobody@127.0.0.1:1/nothing')
  server = await startServer(away)
  expect((await get('/health')).status).toBe(503)
  expect((await get('/ready')).status).toBe(503)
  // The numbers are still there: they matter most now.
  expect((await fetch(`${server.url}/metrics`)).status).toBe(200)
  await away.end()
})

test('metrics count alerts by source and tell how many incidents are open', async () => {
  await start()
  await seedIncident(database.db, { number: 1, severity: 'P2', openedAt: now })
  await fetch(`${server.url}/alerts/alertmanager`, {
    method: 'POST',
    headers: { authorization: 'Bearer quickstart', 'content-type': 'application/json' },
    body: JSON.stringify({ alerts: [{ labels: {} }, {}] }),
  })
  const text = await (await fetch(`${server.url}/metrics`)).text()
  expect(text).toMatch(/^tocsin_alerts_accepted_total\{source="alertmanager"\} [1-9]/m)
  expect(text).toMatch(/^tocsin_alerts_rejected_total\{source="alertmanager"\} [1-9]/m)
  expect(text).toMatch(/^tocsin_incidents_open\{severity="P2",status="open"\} 1$/m)
  expect(text).toMatch(
    /^tocsin_http_request_duration_seconds_count\{method="POST",route="\/alerts\/:source",status="202"\}/m,
  )
  expect(text).toContain('# TYPE tocsin_page_lateness_seconds histogram')
})

test('a crowd that asks at once is answered by one look', async () => {
  let [looked, asked] = [0, 0]
  let come = () => {}
  let all = Promise.resolve()
  await start({ readiness: { workers: () => all.then(() => ({ ok: ++looked > 0 })) } })
  server.app.server.on('request', () => ++asked === 40 && setImmediate(come))
  const crowd = () => {
    looked = asked = 0
    // It lasts until all of them have asked, for which they have two seconds.
    all = new Promise<void>((resolve) => {
      come = resolve
    })
    return Promise.all(Array.from({ length: 40 }, () => get('/ready')))
  }
  const areReady = (answers: { status: number }[]) => answers.every(({ status }) => status === 200)
  expect(await atBest(crowd, areReady)).toSatisfy(areReady)
  // The last may have come when it was just over.
  expect(looked).toBeLessThanOrEqual(2)
})

test('metrics can be turned off', async () => {
  await start({ config: { metricsEnabled: false } })
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
})

test('Slack’s requests reach Slack’s receiver as they came, every byte', async () => {
  const seen: { body: string; signature: unknown }[] = []
  await start({
    slackHandler: (request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (part: string) => {
        body += part
      })
      request.on('end', () => {
        seen.push({ body, signature: request.headers['x-slack-signature'] })
        response.writeHead(200).end('ack')
      })
    },
  })
  for (const [type, body] of [
    ['application/json', '{ "a" :1}'],
    ['application/x-www-form-urlencoded', 'payload=%7B%7D'],
  ] as const) {
    const headers = { 'content-type': type, 'x-slack-signature': 'v0=1' }
    const response = await fetch(`${server.url}/slack/events`, { method: 'POST', headers, body })
    expect(await response.text()).toBe('ack')
    expect(seen.at(-1)).toEqual({ body, signature: 'v0=1' })
  }
})

test('without Slack over HTTP its address says what to set', async () => {
  await start()
  const response = await fetch(`${server.url}/slack/events`, { method: 'POST', body: '{}' })
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('SLACK_SIGNING_SECRET')
})

test('idle connections are kept for a sender that comes again', async () => {
  await start()
  expect(server.app.server.keepAliveTimeout).toBe(120_000)
})
