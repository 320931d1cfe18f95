// Alerts as the world's senders pack them: whatever says enough to wake somebody is taken, whoever wrote it how.
import { once } from 'node:events'
import { connect } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sources } from '../../src/sources/index.ts'
import { withServer } from './with-server.ts'

const server = withServer({
  parse: (source, body, received) => sources[source.kind]?.parse(body, received) ?? { alerts: [], rejected: [] },
})

const alert = { version: '4', alerts: [{ status: 'firing', labels: { alertname: 'Störung' }, fingerprint: 'f' }] }
const json = JSON.stringify(alert)
const bytes = (body: string | Buffer) => new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body)

function send(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, path = '') {
  return fetch(`${server.url}${path || '/alerts/alertmanager'}`, {
    method: 'POST',
    headers: { authorization: 'Bearer quickstart', 'content-type': 'application/json', ...headers },
    body,
  })
}

const names = () => server.accepted.flatMap(({ delivery }) => delivery.alerts.map(({ labels }) => labels.alertname))

test.each([
  ['with gzip', bytes(gzipSync(json)), { 'content-encoding': 'gzip' }],
  ['with deflate', bytes(deflateSync(bytes(json))), { 'content-encoding': 'Deflate' }],
  ['with deflate without its wrapping', bytes(deflateRawSync(bytes(json))), { 'content-encoding': 'deflate' }],
  ['with brotli', bytes(brotliCompressSync(json)), { 'content-encoding': 'br' }],
  ['twice', bytes(gzipSync(bytes(deflateSync(bytes(json))))), { 'content-encoding': 'deflate, gzip' }],
  ['not at all, and says so', bytes(json), { 'content-encoding': 'identity' }],
])('compressed %s', async (_how, body, headers) => {
  expect((await send(body, headers as Record<string, string>)).status).toBe(202)
  expect(names()).toEqual(['Störung'])
})

test.each([
  ['UTF-16 with its mark', bytes(Buffer.from(`\u{feff}${json}`, 'utf16le')), 'application/json'],
  ['UTF-16 without it', bytes(Buffer.from(json, 'utf16le')), 'application/json; charset=utf-16'],
  ['UTF-16 in the other order', bytes(Buffer.from(`\u{feff}${json}`, 'utf16le').swap16()), 'text/plain'],
  ['Latin-1', bytes(Buffer.from(json, 'latin1')), 'application/json; charset=ISO-8859-1'],
  ['Latin-1 that nobody told of', bytes(Buffer.from(json, 'latin1')), 'application/json'],
  ['UTF-8 that is called something else', bytes(json), 'application/json; charset=utf-16'],
  ['a charset that nobody knows', bytes(json), 'application/json; charset=klingon'],
])('written in %s', async (_how, body, type) => {
  expect((await send(body, { 'content-type': type })).status).toBe(202)
  expect(names()).toEqual(['Störung'])
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/cloudevents+json', 'json', ''])(
  'as content type %j',
  async (type) => {
    expect((await send(bytes(json), { 'content-type': type })).status).toBe(202)
    expect(names()).toEqual(['Störung'])
  },
)

test.each([
  ['in the address', { authorization: '' }, '/alerts/alertmanager?token=quickstart'],
  ['as a password', { authorization: `Basic ${btoa('anybody:quickstart')}` }, ''],
  [
    'beside a proxy’s password',
    { authorization: `Basic ${btoa('a:b')}` },
    '/alerts/alertmanager/?x=1&token=quickstart',
  ],
])('with the token %s', async (_where, headers, path) => {
  expect((await send(json, headers, path)).status).toBe(202)
})

test.each([
  ['/alerts/alertmanager?token=', ''],
  ['/alerts/alertmanager?token=wrong', ''],
  ['/alerts/alertmanager?token=a&token=quickstart', ''],
  ['/alerts/alertmanager', `Basic ${btoa('quickstart:')}`],
  ['/alerts/alertmanager', `Basic ${btoa('quickstart')}`],
])('but not with another, at %s with %j', async (path, authorization) => {
  expect((await send(json, { authorization }, path)).status).toBe(401)
  expect(server.accepted).toEqual([])
})

test.each(['//alerts/alertmanager', '/alerts//alertmanager', '///alerts//alertmanager//?x=//'])(
  'to %s',
  async (path) => {
    expect((await send(json, {}, path)).status).toBe(202)
  },
)

test('with PUT, which Grafana can be told to use', async () => {
  const headers = { authorization: 'Bearer quickstart', 'content-type': 'application/json' }
  const response = await fetch(`${server.url}/alerts/alertmanager`, { method: 'PUT', headers, body: json })
  expect(response.status).toBe(202)
  expect(names()).toEqual(['Störung'])
})

test.each([
  [
    'a line break inside of a text',
    json.replace('Störung', 'first\r\n\tsecond \\"quoted\\", ]'),
    'the body has line breaks or tabs inside of texts: write them as \\n and \\t',
    'first\r\n\tsecond "quoted", ]',
  ],
  ['a comma too many', json.replace('}]}', '},\n ],\n}'), 'the body has a comma too many, before ] or }', 'Störung'],
  [
    'what is no number',
    json.replace('"f"', '"f","values":{"A":NaN,"B":-Infinity,"C":[undefined],"D":"NaN"}'),
    'the body has NaN, Infinity or undefined in it, which JSON does not know: write null',
    'Störung',
  ],
])('with %s, which is told', async (_what, body, reason, name) => {
  const response = await send(body)
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({ accepted: 1, rejected: [], warnings: [{ reason }] })
  expect(names()).toEqual([name])
  const { trace } = server.accepted[0] ?? {}
  expect(server.refused).toEqual([{ source: 'alertmanager', reason, isStranger: false, isTaken: true, trace }])
})

test('what is no JSON in a way that nobody could mend is refused', async () => {
  const response = await send('{"version": "4",\n "alerts": [{"labels": {"alertname": "say "hello""}},]}')
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('is not valid JSON')])
})

test.each([JSON.stringify(json), JSON.stringify(json.replace('Störung', 'a\nb'))])(
  'as a text in which there is JSON: %s',
  async (body) => {
    const response = await send(body)
    expect(response.status).toBe(202)
    expect(await response.json()).toMatchObject({
      accepted: 1,
      warnings: [{ reason: expect.stringContaining('inside of a text') }],
    })
  },
)

test('but a text is no alert', async () => {
  expect((await send('"down"')).status).toBe(400)
})

test('with a time that nobody can read, which is told in the answer', async () => {
  const response = await send(json.replace('"f"', '"f","startsAt":"soon"'))
  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({
    accepted: 1,
    rejected: [],
    warnings: [{ index: 0, reason: expect.stringContaining('alerts[0].startsAt must be a time with its zone') }],
  })
  expect(server.refused).toMatchObject([{ isTaken: true }])
})

test.each([
  ['HTTP/1.0', 'POST /alerts/alertmanager HTTP/1.0\r\n', `Content-Length: ${bytes(json).length}\r\n\r\n`, json],
  [
    'chunks',
    'POST /alerts/alertmanager HTTP/1.1\r\nHost: a\r\nConnection: close\r\n',
    'Transfer-Encoding: chunked\r\n\r\n',
    `${bytes(json).length.toString(16)}\r\n${json}\r\n0\r\n\r\n`,
  ],
  [
    'Expect: 100-continue',
    'POST /alerts/alertmanager HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n',
    `Content-Length: ${bytes(json).length}\r\n\r\n`,
    json,
  ],
])('by %s', async (_how, line, header, body) => {
  const { port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8')
  let answer = ''
  socket.on('data', (text) => {
    answer += text
  })
  socket.write(`${line}Authorization: Bearer quickstart\r\n${header}${body}`)
  await once(socket, 'close')
  expect(answer).toMatch(/^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?202 /)
  expect(names()).toEqual(['Störung'])
})

test.each([
  ['gzip', 400, 'not compressed as its content-encoding says'],
  ['zstd', 415, 'send it as gzip'],
])('what is not packed with %s as it says, or in an unknown way, is told', async (encoding, status, words) => {
  const response = await send('what is this?', { 'content-encoding': encoding })
  expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)])
})

test.each([
  ['unpacked on the way, which left the header', bytes(json), { 'content-encoding': 'gzip' }, 'not compressed as'],
  ['packed, which nobody said', bytes(gzipSync(json)), {}, 'say so with \\"content-encoding: gzip\\"'],
])('that was %s counts, and that is told', async (_how, body, headers, words) => {
  const response = await send(body, headers as Record<string, string>)
  expect([response.status, await response.text()]).toEqual([202, expect.stringContaining(words)])
  expect(names()).toEqual(['Störung'])
})

test('a text of line breaks alone, millions of them, is refused and not mended: that would keep others waiting', async () => {
  const response = await send(json.replace('Störung', '\t'.repeat(2_000_000)))
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('not valid JSON')])
})
