// What the console page asks the server, over real HTTP.
import { TextDecoderStream } from 'node:stream/web'
import { describe, expect, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { postmortemHtml } from '../../src/http/console/postmortem-page.ts'
import { firingWithLabel } from '../../src/store/console.ts'
import { now } from '../http/bot.ts'
import { seedAlert, seedClock, seedEntry, seedIncident, seedPage } from '../http/seed.ts'
import { withServer } from '../http/with-server.ts'

const server = withServer()

const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

// biome-ignore lint/suspicious/noExplicitAny: answers are read as the page reads them.
async function get(path: string): Promise<any> {
  return (await fetch(server.url + path)).json()
}

async function post(path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  return { status: response.status, body: (await response.json()) as any }
}

test('the board has what burns first, worst first, then what is over', async () => {
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
    severity: 'P1',
    status: 'acknowledged',
    openedAt: ago(50),
    acknowledgedAt: ago(40),
    acknowledgedBy: 'grace',
  })
  await seedIncident(db, { number: 3, severity: 'P2', openedAt: ago(10) })
  await seedAlert(db, 2, { fingerprint: 'a', labels: {}, startsAt: ago(50) })
  await seedAlert(db, 2, { fingerprint: 'b', labels: {}, startsAt: ago(50), endsAt: ago(45) })
  const { incidents } = await get('/console/state?as=ada')
  expect(incidents.map((one: { number: number }) => one.number)).toEqual([2, 3, 1])
  expect(incidents[0]).toMatchObject({ acknowledgedBy: 'Grace Hopper', firing: 1, alerts: 2 })
})

test('the files of the page are fetched once, and asked for again where they may be another version’s', async () => {
  const html = await (await fetch(server.url)).text()
  const addresses = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, address = '']) => address)
  // Each script is named by the page: whoever is far away would else ask for one after the other.
  for (const name of ['app.js', 'preact.mjs', 'press.js', 'widths.css'])
    expect(addresses).toContainEqual(expect.stringMatching(new RegExp(`^/assets/[\\w-]{12}/${name}$`)))
  const kept = async (address: string) => {
    const response = await fetch(server.url + address)
    await response.arrayBuffer()
    return [response.status, response.headers.get('cache-control')]
  }
  for (const address of new Set(addresses))
    expect(await kept(address)).toEqual([200, 'public, max-age=31536000, immutable'])
  for (const address of ['/assets/app.js', '/assets/another-one/app.js'])
    expect(await kept(address)).toEqual([200, 'no-cache'])
})

test('what a page is for is told as people count it: by step and round, or in words', async () => {
  const { db } = server.database
  await seedIncident(db, { number: 1, openedAt: ago(10) })
  const paged = { kind: 'people_paged', people: ['ada'], step: 1, round: 3, because: 'policy', anew: 2 } as const
  await seedEntry(db, 1, ago(10), null, paged, 'Paging Ada Lovelace')
  for (const [place, step, round] of [
    ['r1s0', 0, 1],
    ['r3s1', 1, 3],
    ['r3m61', 61, 3],
    ['r3h62', 62, 3],
    ['r3l0', 0, 3],
  ] as const)
    await seedPage(db, {
      key: `inc-1/${place}/ada/console`,
      incident: 1,
      person: 'ada',
      dueAt: ago(9),
      status: 'due',
      step,
      round,
    })
  const { incident } = await get('/console/room?incident=1')
  const told = incident.pages.map(({ called }: { called: string }) => called)
  expect(told.sort()).toEqual(['asked for', 'last resort', 'step 1', 'step 2, round 2', 'to help'])
})

test('a storm’s room comes with its first alerts, the first and last entries of alerts, all others, and the number of the rest', async () => {
  const { db } = server.database
  await seedIncident(db, { number: 1, openedAt: ago(50) })
  await db.query(
    `with fired as (
       insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at)
       select 1, 'alertmanager', 'f' || n, 'firing', '{"alertname": "Node gone"}', '{}', $1::timestamptz + n * interval '1 s' from generate_series(1, 500) n)
     insert into timeline (incident, at, kind, by, text, fact)
     select 1, $1::timestamptz + n * interval '1 s', kind, null, 'entry ' || n, jsonb_build_object('kind', kind, 'alert', 'Node gone', 'fingerprint', 'f' || n)
       from generate_series(1, 500) n cross join lateral (select case when n = 250 then 'alerts_all_clear' else 'alert_fired' end) k (kind)`,
    [ago(50)],
  )
  const { incident } = await get('/console/room?incident=1')
  expect(incident.alerts).toHaveLength(100)
  expect(incident.unlistedAlerts).toEqual({ firing: 400, clear: 0 })
  const told = incident.timeline.map(({ text }: { text: string }) => Number(text.replace('entry ', '')))
  const from = (first: number) => Array.from({ length: 100 }, (_, i) => first + i)
  expect(told).toEqual([...from(1), 250, ...from(401)])
  expect(incident.unlistedEntries).toEqual({ count: 299, after: incident.timeline[99].id })
  const whole = (await get('/console/room?incident=1&whole=1')).incident
  expect([whole.alerts.length, whole.timeline.length]).toEqual([500, 500])
  expect([whole.unlistedAlerts, whole.unlistedEntries.count]).toEqual([{ firing: 0, clear: 0 }, 0])
})

test('a person sees the pages nobody answered yet, and nobody else does', async () => {
  const { db } = server.database
  await seedIncident(db, { number: 1, openedAt: ago(10) })
  await seedIncident(db, {
    number: 2,
    status: 'acknowledged',
    openedAt: ago(10),
    acknowledgedAt: ago(5),
    acknowledgedBy: 'grace',
  })
  await seedPage(db, { key: 'a', incident: 1, person: 'ada', dueAt: ago(10), sentAt: ago(10) })
  await seedPage(db, { key: 'b', incident: 1, person: 'ada', step: 1, dueAt: ago(5), status: 'due' })
  await seedPage(db, { key: 'c', incident: 1, person: 'grace', dueAt: ago(5), status: 'cancelled' })
  await seedPage(db, { key: 'd', incident: 2, person: 'ada', dueAt: ago(10), sentAt: ago(10) })
  expect((await get('/console/state?as=ada')).pages).toMatchObject([
    { incident: 1, count: 2, firstAt: ago(10).toISOString() },
  ])
  expect((await get('/console/state?as=grace')).pages).toEqual([])
  expect((await get('/console/state')).pages).toEqual([])
})

test('a page that waits for the end of quiet hours, or for a later way, calls nobody yet; one over two ways is one call', async () => {
  const { db } = server.database
  await seedIncident(db, { number: 1, severity: 'P3', openedAt: ago(10) })
  await seedIncident(db, { number: 2, severity: 'P2', openedAt: ago(10) })
  const due = { person: 'ada', status: 'due' }
  await seedPage(db, { ...due, key: 'held', incident: 1, dueAt: ago(-300) })
  await seedPage(db, { ...due, key: 'console', incident: 2, dueAt: ago(5) })
  await seedPage(db, { ...due, key: 'mail', incident: 2, dueAt: ago(5) })
  await seedPage(db, { ...due, key: 'phone', incident: 2, dueAt: ago(-25) })
  expect((await get('/console/state?as=ada')).pages).toMatchObject([{ incident: 2, count: 1 }])
})

test('whoever is called to help sees it until they answer, though somebody else has the incident', async () => {
  const { db } = server.database
  const had = { status: 'acknowledged', acknowledgedAt: ago(8), acknowledgedBy: 'grace' } as const
  await seedIncident(db, { number: 1, openedAt: ago(10), ...had })
  await seedPage(db, { key: 'inc-1/r1s0/ada/console', incident: 1, person: 'ada', dueAt: ago(10), sentAt: ago(10) })
  const pages = async () => (await get('/console/state?as=ada')).pages
  expect(await pages()).toEqual([])
  const asked = { kind: 'people_paged', people: ['ada'], step: 0, round: 1, because: 'person' } as const
  await seedEntry(db, 1, ago(5), 'grace', asked, 'Grace Hopper asked for Ada Lovelace')
  await seedPage(db, {
    key: 'inc-1/r1m300/ada/console',
    incident: 1,
    person: 'ada',
    step: 300,
    dueAt: ago(5),
    status: 'due',
  })
  expect(await pages()).toMatchObject([{ incident: 1, help: true, count: 1, firstAt: ago(5).toISOString() }])
  await seedEntry(db, 1, ago(4), 'ada', { kind: 'page_answered' }, 'Ada Lovelace answered')
  expect(await pages()).toEqual([])
})

test('a room is found by its channel and by its incident, with card, buttons and messages', async () => {
  await seedIncident(server.database.db, { number: 12, openedAt: ago(10) })
  await seedClock(server.database.db, 12, { name: 'respond', startedAt: ago(10), dueAt: ago(-5) })
  const message = { title: 'Hello', tone: 'info' as const, text: 'A **bold** word' }
  await server.platform.post({ to: { channel: 'inc-12-checkout' }, key: 'k', message, resumed: false, accounts: {} })
  const byNumber = await get('/console/room?incident=12')
  expect(byNumber).toEqual(await get('/console/room?channel=inc-12-checkout'))
  expect(byNumber.incident).toMatchObject({ number: 12, status: 'open', clocks: [{ name: 'respond' }] })
  expect(byNumber.incident.buttons.map((button: { command: string }) => button.command)).toContainEqual(
    expect.stringMatching(/^incident ack #12@\w{8}$/),
  )
  expect(byNumber.messages).toMatchObject([{ title: 'Hello', html: '<p>A <strong>bold</strong> word</p>' }])
})

test('long channels are read backwards, page by page', async () => {
  for (let i = 1; i <= 155; i++) {
    const message = { title: `m${i}`, tone: 'info' as const }
    await server.platform.post({ to: { channel: 'incidents' }, key: `k${i}`, message, resumed: false, accounts: {} })
  }
  const latest = await get('/console/room?channel=incidents')
  expect([latest.messages[0].title, latest.messages.at(-1).title]).toEqual(['m6', 'm155'])
  const earlier = await get(`/console/room?channel=incidents&before=${latest.earlier}`)
  expect(earlier.messages.map((message: { title: string }) => message.title)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5'])
  expect(earlier.earlier).toBeNull()
})

test.each([
  ['<script>alert(1)</script>', /^(?!.*<script)/s],
  ['<img src=x onerror=alert(1)>', /^(?!.*<img)/s],
  ['![beacon](https://evil.example/x.png)', /^(?!.*<img)/s],
  ['[press](javascript:alert(1))', /^(?!.*javascript:)/s],
  ['[press](https://ok.example/)', /href="https:\/\/ok.example\/" target="_blank" rel="noreferrer"/],
])('what an alert put into a message cannot run: %s', async (text, expected) => {
  const message = { title: text, tone: 'info' as const, text, fields: [{ label: 'f', value: text }] }
  await server.platform.post({ to: { channel: 'incidents' }, key: 'k', message, resumed: false, accounts: {} })
  const { messages } = await get('/console/room?channel=incidents')
  expect(messages[0].html).toMatch(expected)
  expect(messages[0].fields[0].html).toMatch(expected)
})

describe('saying', () => {
  test('a command goes the way of every platform, in the name of the person, and only that person gets the answer', async () => {
    const { status, body } = await post('/console/say', {
      as: 'ada',
      channel: '#inc-12-checkout',
      text: '/incident ack',
    })
    expect(status).toBe(200)
    expect(server.said).toEqual([
      {
        platform: 'console',
        account: 'ada',
        accountName: 'Ada Lovelace',
        channel: 'inc-12-checkout',
        text: 'incident ack',
      },
    ])
    expect(body.reply).toMatchObject({
      title: 'You said incident ack',
      html: '<p>Only <strong>you</strong> see this.</p>',
    })
    expect((await get('/console/room?channel=inc-12-checkout')).messages).toEqual([])
  })

  test('an answer for the channel is a message there', async () => {
    await server.restart({
      dispatch: async () => ({ visibility: 'channel', message: { title: 'For all', tone: 'info' } }),
    })
    const { body } = await post('/console/say', { as: 'ada', channel: 'incidents', text: '/oncall' })
    expect(body.reply).toBeNull()
    expect((await get('/console/room?channel=incidents')).messages).toMatchObject([{ title: 'For all', author: null }])
  })

  test('a private picture travels in the answer and is stored nowhere', async () => {
    const picture = { name: 'p.png', alt: 'A chart', png: new Uint8Array([1, 2, 3]) }
    await server.restart({
      dispatch: async () => ({ visibility: 'private', message: { title: 'Look', tone: 'info', picture } }),
    })
    const { body } = await post('/console/say', { as: 'ada', channel: 'incidents', text: '/slo' })
    expect(body.reply.picture).toEqual({ url: 'data:image/png;base64,AQID', alt: 'A chart' })
  })

  test('anything else is a word to the others in the room', async () => {
    await post('/console/say', { as: 'ada', channel: 'inc-12-checkout', text: 'I see it too' })
    expect(server.said).toEqual([])
    const { messages } = await get('/console/room?channel=inc-12-checkout')
    expect(messages).toMatchObject([{ author: { key: 'ada', name: 'Ada Lovelace' }, html: '<p>I see it too</p>' }])
  })

  test('a command without its slash is a word like any other, and whoever said it is told', async () => {
    const say = (text: string) => post('/console/say', { as: 'ada', channel: 'inc-12-checkout', text })
    for (const text of ['incident ack', 'ack', `incident note ${'x'.repeat(100)}`]) {
      const { reply } = (await say(text)).body
      expect(reply.title).toMatch(/^That was a message to the room, and nothing was done\./)
      expect(reply.buttons).toMatchObject([{ command: text }])
      expect(reply.buttons[0].label.length).toBeLessThan(70)
    }
    for (const text of ['ack from me', 'the incident list is long', 'resolved'])
      expect((await say(text)).body).toEqual({ reply: null })
    expect(server.said).toEqual([])
    const { messages } = await get('/console/room?channel=inc-12-checkout')
    expect(messages).toHaveLength(6)
  })

  test.each([
    [{ as: 'nobody', channel: 'x', text: '/oncall' }, 'as: must be a key of people: in tocsin.yaml'],
    [{ channel: 'x', text: '/oncall' }, 'as: must be a text'],
    [{ as: 'ada', text: '/oncall' }, 'channel: must be a text'],
    [{ as: 'ada', channel: 'x', text: ' ' }, 'text: must be a text'],
    [{ as: 'ada', channel: '@ada', text: 'hello?' }, 'here only commands are heard'],
  ])('%j is refused: %s', async (body, said) => {
    const answer = await post('/console/say', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(said)
  })
})

test('every command can be completed from its own description', async () => {
  await server.restart({ commands })
  const { commands: offered, people } = await get('/console/setting')
  expect(offered.map((command: { name: string }) => command.name)).toEqual(commands.map((command) => command.name))
  expect(people).toContainEqual({ key: 'ada', name: 'Ada Lovelace' })
})

test('no token and no secret is told to the page', async () => {
  await server.restart({ config: { accessToken: null } })
  expect(JSON.stringify(await get('/console/setting'))).not.toContain('another secret')
})

describe('the sample alert', () => {
  test('goes the way of a real one, a different one each time, and is what the recovery ends', async () => {
    for (let i = 0; i < 4; i++) {
      expect((await post('/console/sample-alert', { status: 'firing' })).status).toBe(202)
      // As the intake would have left it.
      const alert = server.accepted.at(-1)?.delivery.alerts[0]
      await seedIncident(server.database.db, { number: i + 1, openedAt: now })
      await seedAlert(server.database.db, i + 1, {
        fingerprint: alert?.fingerprint ?? '',
        labels: alert?.labels ?? {},
        startsAt: now,
      })
    }
    const names = server.accepted.map(({ delivery }) => delivery.alerts[0]?.labels.alertname)
    expect(names).toEqual(['PaymentsErrorRateHigh', 'HighLatency', 'CertificateExpiresSoon', 'PaymentsErrorRateHigh'])
    expect(new Set(server.accepted.map(({ delivery }) => delivery.alerts[0]?.fingerprint)).size).toBe(4)

    await seedAlert(server.database.db, 1, { fingerprint: 'real', labels: { alertname: 'Real' }, startsAt: now })
    expect((await post('/console/sample-alert', { status: 'resolved' })).body.accepted).toBe(4)
    const ended = server.accepted.at(-1)?.delivery.alerts.map((alert) => alert.fingerprint)
    expect(ended).not.toContain('real')
    expect(await firingWithLabel(server.database.db, 'alertmanager', 'alertname', 'Real')).toHaveLength(1)
  })

  test('a recovery with nothing firing says so', async () => {
    const { status, body } = await post('/console/sample-alert', { status: 'resolved' })
    expect([status, body.error]).toEqual([409, 'no sample alert is firing'])
  })

  test('is off once no source has the quickstart’s token', async () => {
    await server.restart({
      config: { sources: { alertmanager: { name: 'alertmanager', kind: 'alertmanager', token: 'real' } } },
    })
    expect((await get('/console/setting')).sample).toBeNull()
    expect((await post('/console/sample-alert', { status: 'firing' })).status).toBe(404)
  })
})

describe('the stream of changes', () => {
  test('tells what changed, a storm at once, and ends when the bot stops', async () => {
    const response = await fetch(`${server.url}/console/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const hello = await reader?.read()
    expect(hello?.value).toContain('event: hello\ndata: {"version":"0.1.0-test"}')
    for (let i = 0; i < 50; i++) server.announce((i % 2) + 1)
    expect((await reader?.read())?.value).toBe('event: changed\ndata: [1,2]\n\n')
    await server.app.close()
    expect((await reader?.read())?.done).toBe(true)
  })
})

test('the post-mortem is a page to print, with what was written made safe', async () => {
  await seedIncident(server.database.db, { number: 5, status: 'resolved', openedAt: ago(90), resolvedAt: ago(30) })
  await server.database.db.query(`insert into postmortems (incident, markdown, drafted_at) values (5, $1, $2)`, [
    '# Checkout was down\n\n<script>x</script>\n\n- one',
    now,
  ])
  const html = await (await fetch(`${server.url}/incidents/5/postmortem`)).text()
  expect(html).toContain('<h1>Checkout was down</h1>')
  expect(html).toContain('Draft of 4 March 2026')
  expect(html).not.toContain('<script')
  expect((await fetch(`${server.url}/incidents/6/postmortem`)).status).toBe(404)
})

test('a post-mortem shows our charts, and no picture from anywhere else', async () => {
  const html = await postmortemHtml(
    server.bot,
    5,
    '- [Errors "5xx"](http://127.0.0.1:8420/api/v1/incidents/5/charts/2.png) (at the opening): now 7 %\n\n![x](https://evil.test/x.png)',
  )
  expect(html).toContain('<img src="/api/v1/incidents/5/charts/2.png" alt="Errors &quot;5xx&quot;">')
  expect(html.match(/<img/g)).toHaveLength(1)
})

describe('a simulated night', () => {
  test('comes as rows: when, who is woken, and how it ends', async () => {
    const night = await get('/console/tonight?severity=P1&service=checkout&at=2027-03-28T01:30&answer=grace@40m')
    expect(night.title).toBe('Simulation · P1 of checkout, Sun 28 Mar 2027, 01:30 CET')
    expect(night.rows[0]).toMatchObject({ clock: '01:30 CET', elapsed: 0, wakes: false })
    expect(night.rows.filter((row: { wakes: boolean }) => row.wakes).length).toBeGreaterThan(2)
    expect(night.rows.map((row: { html: string }) => row.html).join('\n')).toMatch(/<strong>Grace Hopper acknowledges/)
    expect((await fetch(`${server.url}/tonight`)).headers.get('content-type')).toMatch(/html/)
  })

  test('refuses what it cannot read with the way to write it', async () => {
    const refused = await fetch(`${server.url}/console/tonight?at=soon`)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toMatch(/“soon” is not a time\. Write e\.g\. 03:00/)
    expect((await fetch(`${server.url}/console/tonight?when=03:00`)).status).toBe(400)
  })
})
