// The REST API over real HTTP and a real PostgreSQL: the contract other programs hold on to.
import { beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { openApi } from '../../src/http/openapi.ts'
import { now } from './bot.ts'
import { seedAlert, seedClock, seedEntry, seedIncident, seedPage } from './seed.ts'
import { withServer } from './with-server.ts'

const server = withServer()

const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

// biome-ignore lint/suspicious/noExplicitAny: answers are read as other programs read them.
async function get(path: string): Promise<{ status: number; body: any }> {
  const response = await fetch(server.url + path)
  return { status: response.status, body: await response.json() }
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
async function post(path: string, body: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

describe('the list', () => {
  beforeEach(async () => {
    const { db } = server.database
    await seedIncident(db, {
      number: 1,
      status: 'resolved',
      openedAt: ago(90),
      acknowledgedAt: ago(80),
      acknowledgedBy: 'ada',
      resolvedAt: ago(60),
    })
    await seedIncident(db, {
      number: 2,
      status: 'acknowledged',
      severity: 'P2',
      service: 'search',
      openedAt: ago(50),
      acknowledgedAt: ago(40),
      acknowledgedBy: 'grace',
    })
    await seedIncident(db, { number: 3, openedAt: ago(10) })
    await seedAlert(db, 3, { fingerprint: 'b', labels: { alertname: 'Errors' }, startsAt: ago(9), endsAt: ago(1) })
    await seedAlert(db, 3, { fingerprint: 'a', labels: { alertname: 'Errors' }, startsAt: ago(10) })
  })

  const numbers = async (query: string) => {
    const { body } = await get(`/api/v1/incidents?${query}`)
    return body.incidents.map((incident: { number: number }) => incident.number)
  }

  test('holds every incident, newest first, with the fields of the contract', async () => {
    const { status, body } = await get('/api/v1/incidents')
    expect(status).toBe(200)
    expect(body.next).toBeNull()
    expect(body.incidents.map((one: { number: number }) => one.number)).toEqual([3, 2, 1])
    expect(body.incidents[0]).toMatchObject({
      number: 3,
      title: 'Error rate above 5 %',
      status: 'open',
      severity: 'P1',
      service: 'checkout',
      openedAt: '2026-03-04T14:10:00.000Z',
      acknowledgedAt: null,
      acknowledgedBy: null,
      resolvedAt: null,
      room: '#inc-3-checkout',
      alerts: [
        {
          fingerprint: 'a',
          status: 'firing',
          labels: { alertname: 'Errors' },
          startsAt: '2026-03-04T14:10:00.000Z',
          endsAt: null,
        },
        {
          fingerprint: 'b',
          status: 'resolved',
          startsAt: '2026-03-04T14:11:00.000Z',
          endsAt: '2026-03-04T14:19:00.000Z',
        },
      ],
    })
    expect(body.incidents[2]).toMatchObject({ acknowledgedBy: 'ada', resolvedAt: '2026-03-04T13:20:00.000Z' })
  })

  test('tells the first hundred alerts of a storm, those that fire before others, and counts the rest', async () => {
    const { db } = server.database
    await db.query(
      `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at)
       select 2, 'alertmanager', 'f' || n, case when n <= 150 then 'resolved' else 'firing' end, '{}', '{}', $1::timestamptz + n * interval '1 s', case when n <= 150 then $1::timestamptz + interval '1 hour' end
         from generate_series(1, 240) n`,
      [ago(50)],
    )
    const { body } = await get('/api/v1/incidents?status=acknowledged')
    const [{ alerts, unlistedAlerts }] = body.incidents
    expect(alerts).toHaveLength(100)
    expect(alerts.filter(({ status }: { status: string }) => status === 'firing')).toHaveLength(90)
    expect(unlistedAlerts).toEqual({ firing: 0, clear: 140 })
    const one = await get('/api/v1/incidents/2')
    expect(one.body.alerts).toHaveLength(240)
    expect(one.body.unlistedAlerts).toEqual({ firing: 0, clear: 0 })
    const answer = await post('/api/v1/incidents/2/acknowledge', { by: 'grace' })
    expect(answer).toMatchObject({
      status: 200,
      body: { unlistedAlerts: { firing: 0, clear: 140 }, unlistedEntries: 0 },
    })
  })

  test.each([
    ['status=open', [3]],
    ['status=open,acknowledged', [3, 2]],
    ['status=open&status=resolved', [3, 1]],
    ['severity=p2', [2]],
    ['service=search', [2]],
    ['service=nothing', []],
    ['status=resolved&severity=P1&service=checkout', [1]],
    ['status=', [3, 2, 1]],
  ])('%s finds %j', async (query, expected) => {
    expect(await numbers(query)).toEqual(expected)
  })

  test('is read page by page with the cursor, without a gap or a repetition', async () => {
    const first = await get('/api/v1/incidents?limit=2')
    expect(first.body.incidents).toHaveLength(2)
    const second = await get(`/api/v1/incidents?limit=2&cursor=${first.body.next}`)
    expect(second.body.incidents.map((one: { number: number }) => one.number)).toEqual([1])
    expect(second.body.next).toBeNull()
  })

  test.each([
    ['status=closed', 'status: must be one of open, acknowledged, resolved'],
    ['severity=critical', 'severity: must be one of P1, P2, P3, P4'],
    ['limit=0', 'limit: must be a whole number from 1 to 200'],
    ['limit=many', 'limit: must be a whole number from 1 to 200'],
    ['cursor=12', 'cursor: must be the "next" of an earlier answer'],
    ['service=a&service=b', 'service: may be given once'],
    ['state=open', 'an unknown parameter; known are status, severity, service, limit, cursor'],
  ])('%s is refused: %s', async (query, said) => {
    const { status, body } = await get(`/api/v1/incidents?${query}`)
    expect(status).toBe(400)
    expect(body.error).toBe(said)
  })
})

test('one incident tells everything: timeline, pages, clocks, runbook, charts, post-mortem', async () => {
  const { db } = server.database
  await seedIncident(db, { number: 7, openedAt: ago(10) })
  await db.query(
    `insert into rooms (incident, platform, channel, name, url) values (7, 'slack', 'C7', '#inc-7-checkout-slack', 'https://example.slack.com/archives/C7')`,
  )
  await seedEntry(db, 7, ago(10), null, { kind: 'incident_opened', severity: 'P1' }, 'Opened as P1')
  await seedEntry(db, 7, ago(8), 'ada', { kind: 'note_added', note: 'looking' }, 'Ada Lovelace: looking')
  await seedPage(db, { key: 'inc-7/r1s0/ada/console', incident: 7, person: 'ada', dueAt: ago(10), sentAt: ago(9.99) })
  // The severity was changed twice: only what counts now is told, in the order it falls due.
  await seedClock(db, 7, { name: 'respond', startedAt: ago(10), dueAt: ago(-50), status: 'cancelled' })
  await seedClock(db, 7, { name: 'resolve', startedAt: ago(10), dueAt: ago(-230) })
  await seedClock(db, 7, { name: 'respond', startedAt: ago(10), dueAt: ago(-5) })
  await db.query(
    `insert into runbook_steps (incident, step, title, body, status, by, at) values (7, 1, 'Look', 'Look *hard*.', 'done', 'ada', $1)`,
    [ago(5)],
  )
  await db.query(
    `insert into charts (incident, moment, title, summary, png, drawn_at) values (7, 'opened', 'Errors', 'up', $1, $2)`,
    [Buffer.from('PNG'), ago(9)],
  )
  await db.query(`insert into postmortems (incident, markdown, drafted_at) values (7, '# What happened', $1)`, [ago(1)])

  const { status, body } = await get('/api/v1/incidents/7')
  expect(status).toBe(200)
  expect(body.room).toBe('#inc-7-checkout-slack')
  expect(body.timeline).toMatchObject([
    { id: expect.any(Number), at: '2026-03-04T14:10:00.000Z', kind: 'incident_opened', by: null, text: 'Opened as P1' },
    { kind: 'note_added', by: 'ada', text: 'Ada Lovelace: looking' },
  ])
  expect(body.pages).toEqual([
    {
      key: 'inc-7/r1s0/ada/console',
      person: 'ada',
      channel: 'console',
      step: 0,
      round: 1,
      status: 'sent',
      dueAt: '2026-03-04T14:10:00.000Z',
      sentAt: '2026-03-04T14:10:00.600Z',
    },
  ])
  expect(body.clocks).toMatchObject([
    { name: 'respond', dueAt: '2026-03-04T14:25:00.000Z', status: 'running' },
    { name: 'resolve', dueAt: '2026-03-04T18:10:00.000Z', status: 'running' },
  ])
  expect(body.runbook).toMatchObject({
    section: 'high-error-rate',
    steps: [{ step: 1, title: 'Look', status: 'done', by: 'ada' }],
  })

  const chart = await fetch(body.charts[0])
  expect(chart.headers.get('content-type')).toBe('image/png')
  expect(await chart.text()).toBe('PNG')
  const markdown = await fetch(body.postmortem)
  expect(markdown.headers.get('content-type')).toContain('text/markdown')
  expect(await markdown.text()).toBe('# What happened')
})

test('what does not exist is 404 and says so', async () => {
  await seedIncident(server.database.db, { number: 1, openedAt: ago(1) })
  for (const path of [
    '/api/v1/incidents/99',
    '/api/v1/incidents/1/postmortem.md',
    '/api/v1/incidents/1/charts/5.png',
    '/api/v1/nothing',
  ]) {
    const { status, body } = await get(path)
    expect({ path, status }).toEqual({ path, status: 404 })
    expect(body.error).not.toBe('')
  }
  expect((await get('/api/v1/incidents/one')).status).toBe(400)
})

test('a chart of another incident is not handed out', async () => {
  await seedIncident(server.database.db, { number: 1, openedAt: ago(1) })
  await seedIncident(server.database.db, { number: 2, openedAt: ago(1) })
  await server.database.db.query(
    `insert into charts (incident, moment, title, summary, png, drawn_at) values (1, 'opened', 'Errors', 'up', 'PNG', $1)`,
    [ago(9)],
  )
  expect((await fetch(`${server.url}/api/v1/incidents/1/charts/1.png`)).status).toBe(200)
  expect((await fetch(`${server.url}/api/v1/incidents/2/charts/1.png`)).status).toBe(404)
})

describe('acting', () => {
  test('acknowledging and resolving are done in the name that is given, and answer with the incident', async () => {
    await seedIncident(server.database.db, { number: 4, openedAt: ago(1) })
    expect((await post('/api/v1/incidents/4/acknowledge', { by: 'ada' })).body.number).toBe(4)
    expect((await post('/api/v1/incidents/4/resolve', { by: 'grace' })).status).toBe(200)
    expect(server.acts).toEqual([
      { incident: 4, act: { kind: 'acknowledge', by: 'ada' } },
      { incident: 4, act: { kind: 'resolve', by: 'grace' } },
    ])
  })

  test('acknowledging what is resolved is 409 and says why', async () => {
    await server.restart({ respond: async () => ({ refused: 'already resolved', by: 'grace' }) })
    await seedIncident(server.database.db, { number: 4, openedAt: ago(1) })
    const { status, body } = await post('/api/v1/incidents/4/acknowledge', { by: 'ada' })
    expect(status).toBe(409)
    expect(body.error).toBe('incident 4 is already resolved by grace: only an open incident can be acknowledged')
  })

  test('a name that is nearly a person’s does nothing: 400 says who was probably meant', async () => {
    await seedIncident(server.database.db, { number: 4, openedAt: ago(1) })
    const { status, body } = await post('/api/v1/incidents/4/acknowledge', { by: 'adda' })
    expect(status).toBe(400)
    expect(body.error).toMatch(/^by: .* did you mean ada\?/)
    expect(server.acts).toEqual([])
    await post('/api/v1/incidents/4/acknowledge', { by: 'Ada Lovelace' })
    await post('/api/v1/incidents/4/resolve', { by: 'deploy-bot' })
    expect(server.acts.map(({ act }) => act.by)).toEqual(['ada', 'deploy-bot'])
  })

  test('an incident that does not exist is 404', async () => {
    await server.restart({
      respond: async () => {
        throw new UserError('There is no incident 4.')
      },
    })
    expect((await post('/api/v1/incidents/4/acknowledge', { by: 'ada' })).status).toBe(404)
  })

  test.each([[{}], [{ by: '' }], [{ by: 5 }], [[]], [null]])(
    'without a name (%j) nothing is done: 400',
    async (body) => {
      const answer = await post('/api/v1/incidents/4/resolve', body)
      expect(answer.status).toBe(400)
      expect(answer.body.error).toContain('by: must be a text')
      expect(server.acts).toEqual([])
    },
  )
})

test('the description of the API names exactly the routes that exist', async () => {
  const described = Object.entries(openApi('1').paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const printed = server.app.printRoutes({ commonPrefix: false })
  const routes = routesOf(printed).filter((route) => / \/(api\/|alerts\/|changes)/.test(route))
  expect(routes.sort()).toEqual(described.sort())
  expect((await get('/api/v1/openapi.json')).body.openapi).toBe('3.1.0')
})

test('the description of the API names every property of an incident, and what else any request may be answered', async () => {
  await seedIncident(server.database.db, { number: 1, openedAt: ago(10) })
  const { paths, components } = openApi('1')
  const described = components.schemas.IncidentDetails.allOf.flatMap((part) =>
    Object.keys('properties' in part ? part.properties : components.schemas.Incident.properties),
  )
  expect(described.sort()).toEqual(Object.keys((await get('/api/v1/incidents/1')).body).sort())
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const open = operations.filter((one) => 'responses' in one && !Object.hasOwn(Object(one.responses), 'default'))
  expect(open).toEqual([])
})

/** From the tree that fastify prints: each line is indented by four characters a level. */
function routesOf(printed: string): string[] {
  const path: string[] = []
  return printed.split('\n').flatMap((line) => {
    const found = /^([│ ]*)(?:├── |└── )(\S*)(?: \((.+)\))?$/.exec(line)
    if (found === null) return []
    const [, indent = '', part = '', methods = ''] = found
    const depth = indent.length / 4
    path.splice(depth, path.length, part)
    return methods === ''
      ? []
      : methods
          .split(', ')
          .filter((method) => method !== 'HEAD')
          .map((method) => `${method} ${path.join('')}`)
  })
}
