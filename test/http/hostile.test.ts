// What strangers and broken programs send: it is refused by name, it costs little, and nothing of it comes back.
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { sources } from '../../src/sources/index.ts'
import { now } from './bot.ts'
import { seedIncident } from './seed.ts'
import { withServer } from './with-server.ts'

const server = withServer({
  config: { accessToken: null },
  parse: (source, body, received) => sources[source.kind]?.parse(body, received) ?? { alerts: [], rejected: [] },
})

const json = { 'content-type': 'application/json' }

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, { method: 'POST', headers: { ...json, ...headers }, body })
  return { status: response.status, text: await response.text() }
}

describe('a body', () => {
  const authorization = 'Bearer quickstart'

  test('of a million things that are no alerts is refused whole, in one short answer', async () => {
    const body = `{"version":"4","alerts":[${Array(1_000_000).fill('1').join(',')}]}`
    const { status, text } = await post('/alerts/alertmanager', body, { authorization })
    expect([status, text]).toEqual([413, '{"error":"alerts must hold 10000 at most: send fewer at a time"}'])
  })

  // Reading one takes a second in which nobody is paged, and a gigabyte.
  test('that nests a million deep is not read', async () => {
    const { status, text } = await post('/alerts/alertmanager', '['.repeat(1_000_000), { authorization })
    expect([status, text]).toEqual([400, '{"error":"the body is not valid JSON: it is nested more than 500 deep"}'])
  })

  // Reading it takes five seconds, and an alert of so many labels three times as long.
  test('with an object of a million names is not read', async () => {
    const names = Array.from({ length: 1_000_000 }, (_, i) => `"l${i}":""`)
    const { status, text } = await post('/alerts/alertmanager', `{"labels":{${names}}}`, { authorization })
    expect([status, text]).toEqual([
      400,
      '{"error":"the body is not valid JSON: it has an object of more than 20000 names"}',
    ])
  })

  test('of a stranger is not read where there is nothing', async () => {
    expect((await post('/nowhere', '{"a":')).status).toBe(404)
  })

  test('of whoever signs in is short', async () => {
    expect((await post('/login', JSON.stringify({ token: 'x'.repeat(5_000) }))).status).toBe(413)
  })

  test('that is compressed is told so where nobody is to be woken', async () => {
    const body = new Uint8Array(gzipSync('{"by":"ada"}'))
    const { status, text } = await post('/api/v1/incidents/1/acknowledge', body, { 'content-encoding': 'gzip' })
    expect([status, text]).toEqual([415, '{"error":"the body is compressed: send it without content-encoding"}'])
  })

  test('of alerts that grows beyond what is read when it is unpacked is not unpacked', async () => {
    const bomb = new Uint8Array(gzipSync(' '.repeat(64 * 1024 * 1024)))
    const { status, text } = await post('/alerts/alertmanager', bomb, { authorization, 'content-encoding': 'gzip' })
    expect([status, text]).toEqual([413, '{"error":"the body is larger than 16 MiB: send fewer alerts at a time"}'])
  })
})

describe('a name', () => {
  beforeEach(() => seedIncident(server.database.db, { number: 1, openedAt: now }))

  test('that no database holds is cleaned of what it cannot hold', async () => {
    const { status } = await post('/api/v1/incidents/1/acknowledge', '{"by":" a\\u0000d\\ud800a\\u202e "}')
    expect(status).toBe(200)
    expect(server.acts).toEqual([{ incident: 1, act: { kind: 'acknowledge', by: 'ada' } }])
  })

  test('as long as a book is refused by the name of its field', async () => {
    const { status, text } = await post('/api/v1/incidents/1/resolve', JSON.stringify({ by: 'x'.repeat(201) }))
    expect([status, text]).toEqual([400, '{"error":"by: must be 200 characters at most"}'])
    expect(server.acts).toEqual([])
  })
})

describe('what is said in the console', () => {
  const say = (text: string) => post('/console/say', `{"as":"ada","channel":"incidents","text":"${text}"}`)

  test('is kept without what no database holds and what reorders the text around it', async () => {
    expect((await say('a\\u0000b \\ud800 \\u202ec')).status).toBe(200)
    const answer = await fetch(`${server.url}/console/room?channel=incidents`)
    const room = (await answer.json()) as { messages: { html: string }[] }
    expect(room.messages.map((message) => message.html)).toEqual(['<p>ab  c</p>'])
  })

  test('is no novel: 4000 characters', async () => {
    const { status, text } = await say('x'.repeat(4001))
    expect([status, text]).toEqual([400, '{"error":"text: must be 4000 characters at most"}'])
  })
})

test.each(['/api/v1/incidents?service=%00', '/console/state?as=%00', '/console/room?channel=%00'])(
  'NUL in an address is the mistake of whoever sent it: %s is 400',
  async (path) => {
    const response = await fetch(server.url + path)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('must not hold NUL')])
  },
)

test.each([
  '/api/v1/overrides?from=%2B275760-09-13T00:00:00Z',
  '/api/v1/overrides?from=-271821-04-20T00:00:00Z',
  '/api/v1/changes?until=0000-01-01T00:00:00Z',
])('an instant that no database holds is refused by name: %s', async (path) => {
  const response = await fetch(server.url + path)
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('must be an instant')])
})

test('an address that cannot be read is refused like any other request, and not repeated', async () => {
  const response = await fetch(`${server.url}/%E0%A4%A?token=sesame`)
  expect([response.status, await response.text()]).toEqual([400, '{"error":"the address cannot be read"}'])
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('the sample Prometheus is asked about any time without failing', async () => {
  for (const times of ['start=1e300&end=1e301&step=1', 'start=-1e300&end=9e14&step=1e13']) {
    const path = `/sample/prometheus/api/v1/query_range?query=sum+by+(status)&${times}`
    expect((await fetch(server.url + path)).status).toBe(200)
  }
  expect((await fetch(`${server.url}/sample/prometheus/api/v1/query?query=sum+by+(status)&time=1e15`)).status).toBe(200)
})

test('the sign-in page takes its way back once, however often it is given', async () => {
  await server.restart({ config: { accessToken: 'sesame' } })
  expect((await fetch(`${server.url}/login?to=/a&to=/b`)).status).toBe(200)
  expect((await post('/login', '{"token":"wrong","to":["/a"]}')).status).toBe(401)
})

test('asking for the head of the stream of changes is answered, not kept waiting', async () => {
  const status = await new Promise((resolve, reject) => {
    const options = { method: 'HEAD', timeout: 30_000 }
    const request = httpRequest(`${server.url}/console/events`, options, (response) => resolve(response.statusCode))
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', reject)
    request.end()
  })
  expect(status).toBe(404)
})

test('two requests in one are refused, and the second is not heard', async () => {
  const { port, hostname } = new URL(server.url)
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        'POST /console/say HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n' +
          '0\r\n\r\nGET /api/v1/incidents HTTP/1.1\r\nHost: localhost\r\n\r\n',
      ),
    )
    socket.on('data', (part) => {
      text += part
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
})
