// Pages as posted JSON, against a real HTTP server.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../src/clock.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { webhookPager } from '../../src/pagers/webhook.ts'
import { startProxy } from '../proxy.ts'
import { people, sending, words } from './page.ts'

const pem = readFileSync(new URL('../fixtures/tls/self-signed.pem', import.meta.url))

type Request = { url: string; headers: IncomingHttpHeaders; body: string }

describe('a page over a webhook', () => {
  const clock = new ManualClock('2026-03-14T03:04:00Z')
  const requests: Request[] = []
  let answer: { status: number; headers?: Record<string, string>; body?: string }
  let server: Server
  let url: string

  beforeEach(async () => {
    requests.length = 0
    answer = { status: 204 }
    server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      requests.push({ url: request.url ?? '', headers: request.headers, body })
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/call/?line=1`
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  const hook = (over = {}) => ({ name: 'phone', url, secret: 's3cret', timeout: 4_000, proxy: null, ...over })
  const pager = (over = {}) => webhookPager(hook(over), { words, people, clock })
  const send = (over = {}) => pager().send(sending('webhook:phone', url, over))

  it('is JSON that says who, what and where to answer', async () => {
    await send()
    const [request] = requests
    expect(request?.url).toBe('/call/?line=1')
    expect(request?.headers['content-type']).toBe('application/json')
    const body = JSON.parse(request?.body ?? '')
    expect(body).toEqual({
      event: 'page',
      key: 'inc-12/r1s0/ada/webhook:phone',
      title: expect.stringContaining('Checkout errors above 5 %'),
      text: expect.stringContaining('Nobody has this yet'),
      to: { kind: 'person', key: 'ada', name: 'Ada Lovelace', email: 'ada@example.org' },
      incident: {
        ...{ number: 12, title: 'Checkout errors above 5 %', severity: 'P1', service: 'payments', status: 'open' },
        ...{ openedAt: '2026-03-14T03:00:00.000Z', url: 'https://tocsin.example.test/incidents/12' },
      },
      page: { step: 1, round: 1, dueAt: '2026-03-14T03:00:00.000Z' },
    })
    // Words for a voice or a small screen: no marks of Markdown.
    expect(body.text).not.toMatch(/\*\*|\]\(/)
    // Nor the words of links that are not there.
    expect(body.text).not.toMatch(/^(Console|Prometheus|Runbook)/m)
  })

  it('is not tried over every connection that was kept to where its name led before', async () => {
    await Promise.all([1, 2, 3, 4].map(() => send()))
    // What is connected by now hears no more: the machine is gone, and its name leads to another.
    const known = new Set<unknown>()
    server.removeAllListeners('request')
    server.on('connection', (socket) => known.add(socket))
    server.on('request', (request, response) => {
      if (known.has(request.socket)) request.resume().on('end', () => response.writeHead(204).end())
    })
    await expect(send()).rejects.toThrow('did not answer within 4 s')
    await expect(send()).resolves.toMatchObject({ channel: 'webhook:phone' })
    server.closeAllConnections()
  })

  it.each([301, 302, 303])('is a failure where a redirect (%i) would drop what is said', async (status) => {
    answer = { status, headers: { location: '/login' } }
    await expect(send()).rejects.toThrow(PermanentError)
    await expect(send()).rejects.toThrow(/redirects, which is not followed; configure the address it redirects to/)
    expect(requests.map(({ url }) => url)).not.toContain('/login')
  })

  it.each([307, 308])('follows a redirect (%i) that keeps what is said', async (status) => {
    server.prependListener('request', (request) => {
      answer = request.url === '/moved' ? { status: 204 } : { status, headers: { location: '/moved' } }
    })
    await send()
    expect(requests.map(({ url, body }) => [url, body === requests[0]?.body])).toEqual([
      ['/call/?line=1', true],
      ['/moved', true],
    ])
  })

  it('is signed with the secret and the time, as README says', async () => {
    await send()
    const [request] = requests
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request?.headers['tocsin-signature'])) ?? []
    expect(Number(t)).toBe(clock.now().getTime() / 1000)
    expect(v1).toBe(createHmac('sha256', 's3cret').update(`${t}.${request?.body}`).digest('hex'))
    await pager({ secret: null }).send(sending('webhook:phone', url))
    expect(requests[1]?.headers['tocsin-signature']).toBeUndefined()
  })

  it('carries the same idempotency key at every attempt, and another in another database', async () => {
    await send()
    await send({ resumed: true })
    const page = sending('webhook:phone', url)
    if (page.about === null) throw new Error('a page is about something')
    const { view } = page.about
    const other = { ...view, incident: { ...view.incident, trace: 'another' } }
    await pager().send({ ...page, about: { ...page.about, view: other } })
    const keys = requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^inc-12\/r1s0\/ada\/webhook:phone\/[0-9a-f]{12}$/)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[0])
  })

  it('is tried again after 429 and 5xx, when the other side says, and not after other refusals', async () => {
    answer = { status: 429, headers: { 'retry-after': '7' } }
    await expect(send()).rejects.toMatchObject({ name: 'TransientError', retryAfter: 7_000 })
    answer = { status: 503 }
    await expect(send()).rejects.toBeInstanceOf(TransientError)
    for (const status of [401, 403, 404]) {
      answer = { status }
      await expect(send()).rejects.toMatchObject({ name: 'TransientError', isRefusal: true })
    }
    answer = { status: 410, body: 'this line is gone' }
    await expect(send()).rejects.toThrow(PermanentError)
    await expect(send()).rejects.toThrow('The webhook phone')
    const away = pager({ url: 'http://127.0.0.1:9/' }).send(sending('webhook:phone', url))
    await expect(away).rejects.toBeInstanceOf(TransientError)
  })

  describe('that was answered 2xx is out, whatever becomes of the rest of the answer', () => {
    const head = 'HTTP/1.1 200 OK\r\n'
    const rests = {
      'breaks off': [`${head}Content-Length: 500\r\n\r\npart`, 'end'],
      'cannot be unpacked': [`${head}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope`, 'end'],
      'never ends': [`${head}Content-Length: 500\r\n\r\npart`, 'wait'],
      'is too much': [`${head}Content-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`, 'end'],
    } as const
    it.each(Object.entries(rests))('%s', async (_, [said, then]) => {
      server.removeAllListeners('request').on('request', ({ socket }) => {
        socket.on('error', () => {}).write(said)
        if (then === 'end') socket.end()
      })
      await send()
      server.closeAllConnections()
    })
  })

  it('is not told by what an address holds that is the key to it', async () => {
    answer = { status: 404, body: 'nothing at /services/T0123456789ab?token=0123456789abcdef' }
    const to = `${new URL(url).origin}/services/T0123456789ab?token=0123456789abcdef`
    const refused = pager({ url: to }).send(sending('webhook:phone', to))
    await expect(refused).rejects.toThrow(/answered 404: nothing at \[redacted\]$/)
  })

  it('goes where its address says: with a password alone, and over two slashes', async () => {
    const to = `${url.replace('//', '//:pass@').replace('/call', '//call')}`
    await pager({ url: to }).send(sending('webhook:phone', to))
    expect(requests[0]?.url).toBe('//call/?line=1')
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from(':pass').toString('base64')}`)
  })

  it('goes out at once when the connection that was kept is closed as it is used', async () => {
    await send()
    let closed = 0
    // As a server does whose patience with a quiet connection has just ended.
    server.prependOnceListener('request', ({ socket }) => {
      closed++
      socket.destroy()
    })
    await send()
    expect(closed).toBe(1)
    const keys = requests.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(1)
    server.closeAllConnections()
    server.on('request', ({ socket }) => socket.destroy())
    await expect(send()).rejects.toThrow('it closed the connection')
  })

  it('that tries the way says that it is a test', async () => {
    await send({
      about: null,
      key: 'test/1',
      message: { title: 'A test', tone: 'info', text: 'Nothing is **wrong**.' },
    })
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      ...{ event: 'test', key: 'test/1', title: 'A test', text: 'Nothing is wrong.', incident: null, page: null },
    })
  })

  it('reaches itself, and those who name it among their ways', () => {
    const way = [{ channel: 'webhook:phone', after: 0 }]
    const grace = { ...people.ada, key: 'grace', reach: { P1: way, P2: null, P3: null, P4: null } }
    const { addressOf } = webhookPager(hook(), { words, people: { ...people, grace }, clock })
    expect(addressOf('webhook:phone')).toBe(url)
    expect(addressOf('grace')).toBe(url)
    expect(addressOf('ada')).toBeNull()
    expect(addressOf('webhook:other')).toBeNull()
  })
  describe('behind a proxy', () => {
    const behind = (proxy: string, to: string) => pager({ proxy, url: to }).send(sending('webhook:phone', to))
    const port = () => new URL(url).port

    it('goes through it, to names that only the proxy knows', async () => {
      const proxy = await startProxy(['phone.invalid'])
      await behind(proxy.url, `http://phone.invalid:${port()}/call`)
      expect(requests).toMatchObject([{ url: '/call', headers: { host: `phone.invalid:${port()}` } }])
      expect(JSON.stringify(requests[0]?.headers)).not.toContain('proxy-authorization')
      expect(proxy.asked).toEqual([`phone.invalid:${port()}`])
    })

    it('is encrypted all the way: the proxy only makes a tunnel', async () => {
      const proxy = await startProxy(['phone.invalid'])
      const secure = createSecureServer({ key: pem, cert: pem })
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void secure.close())
      const at = `phone.invalid:${(secure.address() as AddressInfo).port}`
      // Nothing trusts the certificate of the tests: it was seen, so the tunnel led there.
      await expect(behind(proxy.url, `https://${at}/call`)).rejects.toThrow('vouches for its certificate')
      expect(proxy.asked).toEqual([at])
    })

    it('says what the proxy answers, and never its password', async () => {
      const proxy = await startProxy(['phone.invalid'])
      const wrong = proxy.url.replace('tocsin:', 'somebody:')
      for (const scheme of ['http', 'https']) {
        const error = await behind(wrong, `${scheme}://phone.invalid:${port()}/call`).catch((thrown: Error) => thrown)
        expect(String(error)).toContain('407')
        expect(String(error)).not.toMatch(/p@ss|p%40ss/)
      }
    })
  })
})
