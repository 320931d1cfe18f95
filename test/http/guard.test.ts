// Who may come in: the access token, pages of other sites, names that are not ours.
import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { type Overrides, startServer, type TestServer } from './bot.ts'

let database: FreshDatabase
let server: TestServer

beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  await server.close()
  await database.drop()
})

async function start(overrides: Overrides = {}): Promise<void> {
  server = await startServer(database.db, overrides)
}

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

/** Not fetch: that chooses Host and Origin itself. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(server.url + path, { method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        body += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const json = { 'content-type': 'application/json' }

describe('without an access token', () => {
  test.each(['localhost:8420', '127.0.0.1:9000', '[::1]:8420'])('%s is a name of this machine', async (host) => {
    await start()
    expect((await ask('GET', '/api/v1/incidents', { host })).status).toBe(200)
  })

  test.each(['evil.example', 'evil.example:8420', 'localhost.evil.example'])(
    'the name %j is somebody else’s page posing as us: 403',
    async (host) => {
      await start()
      for (const path of ['/', '/api/v1/incidents', '/console/state']) {
        expect((await ask('GET', path, { host })).status).toBe(403)
      }
    },
  )

  test('the name in public_url is ours', async () => {
    await start({ config: { server: { host: '127.0.0.1', port: 0, publicUrl: 'https://tocsin.example' } } })
    expect((await ask('GET', '/', { host: 'tocsin.example' })).status).toBe(200)
  })

  test('probes and metrics are asked by address, whatever the name', async () => {
    await start()
    for (const path of ['/live', '/ready', '/health', '/metrics']) {
      expect((await ask('GET', path, { host: '10.1.2.3:8420' })).status).toBe(200)
    }
  })
})

describe('a page of another site', () => {
  const act = (headers: Record<string, string>) =>
    ask(
      'POST',
      '/console/say',
      { ...json, ...headers },
      JSON.stringify({ as: 'ada', channel: 'x', text: '/incident ack 1' }),
    )

  test.each([
    ['its origin', { origin: 'https://evil.example' }],
    ['the origin of a sandboxed frame', { origin: 'null' }],
    ['a fetch from another site', { 'sec-fetch-site': 'cross-site' }],
    ['a fetch from another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('cannot act: %s is 403', async (_, headers) => {
    await start()
    expect((await act(headers as Record<string, string>)).status).toBe(403)
    expect(server.said).toEqual([])
  })

  test('cannot act with a form either, which needs no permission to be sent', async () => {
    await start()
    const answer = await ask(
      'POST',
      '/console/say',
      { 'content-type': 'text/plain' },
      '{"as":"ada","channel":"x","text":"/incident ack 1"}',
    )
    expect(answer.status).toBe(415)
    expect(server.said).toEqual([])
  })

  test('our own page can act', async () => {
    await start()
    const { host } = new URL(server.url)
    expect((await act({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect(server.said).toHaveLength(1)
  })
})

describe('with an access token', () => {
  const config = { accessToken: 'open sesame' }

  test.each(['/api/v1/incidents', '/console/state', '/console/events', '/incidents/1', '/'])(
    '%s is closed to strangers',
    async (path) => {
      await start({ config })
      expect((await ask('GET', path)).status).toBe(401)
      expect((await ask('GET', path, { authorization: 'Bearer sesame' })).status).toBe(401)
      expect((await ask('GET', path, { cookie: 'tocsin_session=open%20sesame' })).status).toBe(401)
    },
  )

  test('a program comes in with the token as Bearer', async () => {
    await start({ config: { accessToken: 'sesame' } })
    expect((await ask('GET', '/api/v1/incidents', { authorization: 'Bearer sesame' })).status).toBe(200)
  })

  test('a browser is shown where to sign in, and comes back to where it wanted to go', async () => {
    await start({ config })
    const refused = await ask('GET', '/incidents/12', { accept: 'text/html' })
    expect([refused.status, refused.headers.location]).toEqual([303, '/login?to=%2Fincidents%2F12'])
    expect((await ask('GET', '/login?to=%2Fincidents%2F12')).body).toContain('value="/incidents/12"')

    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const signedIn = await ask('POST', '/login', form, 'token=open+sesame&to=%2Fincidents%2F12')
    expect([signedIn.status, signedIn.headers.location]).toEqual([303, '/incidents/12'])
    const cookie = String(signedIn.headers['set-cookie'])
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/)
    expect(cookie).not.toContain('sesame')
    const inside = await ask('GET', '/incidents/12', { cookie: cookie.split(';')[0] ?? '' })
    expect(inside.status).toBe(200)
  })

  test('a browser that signs out gives its cookie back, and another site cannot do that for it', async () => {
    await start({ config })
    const out = await ask('POST', '/logout', { 'content-type': 'application/x-www-form-urlencoded' }, '')
    expect([out.status, out.headers.location]).toEqual([303, '/login'])
    expect(String(out.headers['set-cookie'])).toMatch(/^tocsin_session=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/)
    const foreign = await ask('POST', '/logout', { origin: 'https://evil.example' }, '')
    expect(foreign.status).toBe(403)
  })

  test('a wrong token gives no cookie', async () => {
    await start({ config })
    const answer = await ask('POST', '/login', { 'content-type': 'application/x-www-form-urlencoded' }, 'token=wrong')
    expect(answer.status).toBe(401)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example', '"><script>'])(
    'signing in never leads to %s',
    async (to) => {
      await start({ config })
      const body = new URLSearchParams({ token: 'open sesame', to }).toString()
      const answer = await ask('POST', '/login', { 'content-type': 'application/x-www-form-urlencoded' }, body)
      expect(answer.headers.location).toBe('/')
    },
  )
})

test('an answer to a monitoring system says only that nothing is to be guessed', async () => {
  await start()
  const { status, headers } = await ask('POST', '/alerts/nobody', { 'content-type': 'application/json' }, '{}')
  expect(status).toBe(404)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['content-security-policy']).toBeUndefined()
})

test('every other answer says that nothing foreign is to be loaded, framed, guessed or kept', async () => {
  await start()
  for (const path of ['/', '/api/v1/incidents', '/nothing', '/live']) {
    const { headers } = await ask('GET', path)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['cache-control']).toMatch(/^no-(store|cache)$/)
    expect(headers['x-content-type-options']).toBe('nosniff')
  }
})
