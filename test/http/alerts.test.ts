// Alerts over real HTTP: what is accepted, what is refused, and what a refusal says.
import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { RejectedInput, TransientError } from '../../src/errors.ts'
import { connect } from '../../src/store/db.ts'
import { withServer } from './with-server.ts'

const server = withServer()

function send(body: string | object, headers: Record<string, string> = {}, path = '/alerts/alertmanager') {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer quickstart', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error

test('a delivery is answered 202 with what was accepted and what was not', async () => {
  const response = await send({ alerts: [{ labels: { alertname: 'Down' } }, {}] })
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({ accepted: 1, rejected: [{ index: 1, reason: 'labels: missing' }] })
  expect(server.accepted[0]?.delivery.alerts[0]?.labels).toEqual({ alertname: 'Down' })
})

test('a delivery of which nothing can be used is answered 400 with what is wrong', async () => {
  const response = await send({ alerts: [{}] })
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({
    error: 'labels: missing',
    accepted: 0,
    rejected: [{ index: 0, reason: 'labels: missing' }],
  })
  expect(server.accepted).toEqual([])
})

test.each([
  ['to an address that ends in a slash', '{"alerts":[{"labels":{"alertname":"Down"}}]}', '/alerts/alertmanager/'],
  [
    'behind the mark that Windows writes before a text',
    '\u{feff}{"alerts":[{"labels":{"alertname":"Down"}}]}',
    undefined,
  ],
])('an alert %s is taken', async (_how, body, path) => {
  expect((await send(body, {}, path)).status).toBe(202)
  expect(server.accepted).toHaveLength(1)
})

test('the sender is answered only after the alerts are committed', async () => {
  let commit = () => {}
  await server.restart({ accept: () => new Promise((resolve) => (commit = resolve)) })
  let answered = false
  const response = send({ alerts: [{ labels: {} }] }).finally(() => {
    answered = true
  })
  await expect.poll(() => commit.toString()).not.toBe('() => {}')
  expect(answered).toBe(false)
  commit()
  expect((await response).status).toBe(202)
})

test.each([
  ['no token', { authorization: '' }],
  ['a wrong token', { authorization: 'Bearer wrong' }],
  ['the token of another source', { authorization: 'Bearer another secret' }],
  ['the right token, but not as Bearer', { authorization: 'Basic quickstart' }],
])('%s is answered 401 and nothing is accepted', async (_, headers) => {
  const response = await send({ alerts: [{ labels: {} }] }, headers)
  expect(response.status).toBe(401)
  expect(await errorOf(response)).toContain('authorization: Bearer')
  expect(server.accepted).toEqual([])
})

test('a stranger is refused before the body is read', async () => {
  // Only a beginning of the promised body is sent; waiting for the rest would never end.
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': 1_000_000, authorization: 'Bearer wrong' }
    const request = httpRequest(`${server.url}/alerts/alertmanager`, { method: 'POST', headers })
    request.on('response', (response) => {
      resolve(response.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    request.write('{"alerts": [')
  })
  expect(status).toBe(401)
})

test.each(['/alerts/nobody', '/alerts/constructor'])('%s is no source: 404', async (path) => {
  const response = await send({ alerts: [] }, {}, path)
  expect(response.status).toBe(404)
  expect(await errorOf(response)).toBe('no source of that name; see sources: in tocsin.yaml')
})

test('malformed JSON is answered 400 with its place', async () => {
  const response = await send('{\n  "alerts": []\n  "version": "4"\n}')
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toBe('the body is not valid JSON (line 3, column 3)')
})

test('what was sent is never repeated in the answer', async () => {
  const response = await send('{"alerts": s3cret}')
  expect(response.status).toBe(400)
  expect(await response.text()).not.toContain('s3cret')
})

test.each([
  ['', 'the body is empty: it must be JSON'],
  ['{"alerts": [', 'the body is not valid JSON: it ends too early'],
  ['nonsense', 'the body is not valid JSON'],
  ['{"alerts": "none"}', 'alerts: must be a list'],
])('the body %j is answered 400', async (body, said) => {
  const response = await send(body)
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toBe(said)
})

test('what a parser refuses is answered with its status and reason', async () => {
  await server.restart({
    parse: () => {
      throw new RejectedInput('alerts[0].startsAt: must be a time, e.g. 2026-03-01T09:00:00Z')
    },
  })
  const response = await send({})
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toBe('alerts[0].startsAt: must be a time, e.g. 2026-03-01T09:00:00Z')
})

test.each([16, 24])('a body of %i MiB and more is answered 413, also to who is still writing it', async (size) => {
  const response = await send({ padding: 'x'.repeat(size * 1024 * 1024) })
  expect(response.status).toBe(413)
  expect(await errorOf(response)).toContain('16 MiB')
})

test('a body of just below 16 MiB is read', async () => {
  const response = await send({ alerts: [], padding: 'x'.repeat(16 * 1024 * 1024 - 100) })
  expect(response.status).toBe(202)
})

test('another content type is answered 415 that names the right one', async () => {
  const response = await send('alerts=1', { 'content-type': 'application/x-www-form-urlencoded' })
  expect(response.status).toBe(415)
  expect(await errorOf(response)).toContain('application/json')
})

test('while the alert cannot be stored the answer is 503 with Retry-After', async () => {
  await server.restart({
    accept: async () => {
      throw new TransientError('the intake is full')
    },
  })
  const response = await send({ alerts: [{ labels: {} }] })
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('while the database is away the answer is 503, whatever the driver called it: what was written may stand', async () => {
  const ended = connect(server.database.url)
  await ended.end()
  const accept = async () => {
    throw new Error('Connection terminated unexpectedly')
  }
  await server.restart({ accept }, ended)
  const response = await send({ alerts: [{ labels: {} }] })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).not.toBeNull()
  expect(await errorOf(response)).toMatch(/nothing is confirmed, try again/)
})

test('an error nobody foresaw is answered 500 with its trace and without its words', async () => {
  await server.restart({
    accept: async () => {
      throw new Error('secret of the house')
    },
  })
  const response = await send({ alerts: [{ labels: {} }] }, { 'x-request-id': 'delivery-4711' })
  expect(response.status).toBe(500)
  const error = await errorOf(response)
  expect(error).toContain('delivery-4711')
  expect(error).not.toContain('secret')
})

test.each([
  ['x-request-id', { 'x-request-id': 'delivery-4711' }, /^delivery-4711$/],
  [
    'traceparent',
    { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    /^4bf92f3577b34da6a3ce929d0e0e4736$/,
  ],
  ['nothing', {}, /^[0-9a-f-]{36}$/],
  ['an id that is not sane', { 'x-request-id': 'a b\t{}' }, /^[0-9a-f-]{36}$/],
])('the trace is taken from %s, returned, and handed on', async (_, headers, expected) => {
  const response = await send({ alerts: [{ labels: {} }] }, headers as Record<string, string>)
  expect(response.headers.get('x-request-id')).toMatch(expected)
  expect(server.accepted[0]?.trace).toBe(response.headers.get('x-request-id'))
})

test('what is refused is told with its reason: by the sender nobody reads it', async () => {
  await send({ alerts: [{ labels: { alertname: 'Down' } }, {}] })
  await send('{"alerts":')
  await send('<alert/>', { 'content-type': 'application/xml' })
  await send({}, { authorization: 'Bearer wrong' })
  expect(server.refused).toMatchObject([
    { source: 'alertmanager', reason: 'labels: missing', isStranger: false },
    { reason: 'the body is not valid JSON: it ends too early', isStranger: false },
    { reason: expect.stringContaining('the body must be JSON'), isStranger: false },
    { reason: expect.stringContaining('send the token of this source'), isStranger: true },
  ])
})

test('what fails on our side is no refusal: the sender tries again', async () => {
  await server.restart({ accept: () => Promise.reject(new TransientError('busy')) })
  expect((await send({ alerts: [{ labels: { alertname: 'Down' } }] })).status).toBe(503)
  expect(server.refused).toEqual([])
})

test.each(['/alerts', '/alert/generic', '/alerts/generic/secret-token', '//alert/generic'])(
  'what is sent to %s, a little beside the address, is told as well, and nothing of a token in it',
  async (path) => {
    const response = await send({ alerts: [] }, {}, path)
    expect(response.status).toBe(404)
    expect(await errorOf(response)).toContain('sent with POST to /alerts/<source>')
    expect(server.refused).toMatchObject([{ source: 'none', isStranger: true }])
    expect(JSON.stringify(server.refused)).not.toContain('secret-token')
  },
)

test('whoever opens the address of a source in a browser is told how alerts are sent there', async () => {
  const response = await fetch(`${server.url}/alerts/alertmanager`)
  expect(await errorOf(response)).toContain('sent with POST')
  expect(await errorOf(await fetch(`${server.url}/alertness`))).toBe('there is nothing at this address')
  expect(server.refused).toEqual([])
})
