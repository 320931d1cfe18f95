// Whatever a provider's system does, the bot gets an answer in time: bounded, in one line, without a secret.
import { afterEach, describe, expect, it } from 'vitest'
import type { Provider } from '../../src/evidence/evidence.ts'
import { providers } from '../../src/evidence/index.ts'
import { ask } from './inquiry.ts'
import { json, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(() => server?.close())

const secret = 'hunter22'
const asked: [name: string, yaml: (url: string) => string][] = [
  ['loki', (url) => `loki: { url: "${url}", token: ${secret} }`],
  ['elasticsearch', (url) => `elasticsearch: { url: "${url}", user: ada, password: ${secret} }`],
  ['traces', (url) => `traces: { url: "${url}", headers: { X-Token: ${secret} } }`],
  ['traces', (url) => `traces: { kind: jaeger_v3, url: "${url}", token: ${secret} }`],
  ['traces', (url) => `traces: { kind: tempo, url: "${url}", user: ada, password: ${secret} }`],
]

describe.each(asked)('%s', (name, yaml) => {
  const provider = providers.find((one) => one.name === name) as Provider
  const answer = async (system: Parameters<typeof standIn>[0], limit = 20_000) => {
    server = await standIn(system)
    return ask(provider, yaml(server.url), {}, limit)
  }

  it.each<[string, Parameters<typeof standIn>[0], RegExp]>([
    ['refuses', (_, response) => response.writeHead(401).end(`who is ${secret}?`), /answered 401/],
    ['is broken', (_, response) => response.writeHead(500).end(`<html>${secret}`), /answered 500$/],
    ['has too much to say', (_, response) => response.end(`"${'x'.repeat(10 * 1024 * 1024)}"`), /too much data$/],
    [
      'sends half a document',
      (_, response) => response.end('{"status":"success","data":{"resu'),
      /is not|does not speak/,
    ],
    ['is a login page', (_, response) => response.end(`<html>${secret}</html>`), /is not|does not speak/],
    ['sends another document', (_, response) => json(response, [{ a: null }]), /is not|does not speak/],
    ['sends null', (_, response) => json(response, null), /is not|does not speak/],
    [
      'redirects elsewhere',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/' }).end(),
      /redirects/,
    ],
  ])('that %s is told of in one line', async (_name, system, reason) => {
    const one = await answer(system)
    expect(one).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) })
    expect(JSON.stringify(one)).not.toContain(secret)
    expect(JSON.stringify(one)).not.toContain('\\n')
    expect(JSON.stringify(one).length).toBeLessThan(500)
  })

  it('that is asked about no service in particular is not asked at all', async () => {
    server = await standIn((_, response) => json(response, {}))
    const one = await ask(provider, yaml(server.url), { service: 'unknown' })
    expect(one).toEqual({ status: 'failed', reason: 'nobody said which service it is about' })
    expect(server.asked).toEqual([])
  })

  it('that hangs, or drips for ever, has its time and no more', async () => {
    const start = performance.now()
    expect(await answer(() => {}, 200)).toEqual({ status: 'failed', reason: 'no answer within 0.2 s' })
    await server?.close()
    const dripping = await answer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    }, 200)
    expect(dripping).toEqual({ status: 'failed', reason: 'no answer within 0.2 s' })
    expect(performance.now() - start).toBeLessThan(30_000)
  })

  it('that is away is told of without its password', async () => {
    server = await standIn(() => {})
    const { url } = server
    await server.close()
    const one = await ask(provider, yaml(url.replace('//', `//bob:${secret}@`)))
    expect(one).toMatchObject({ status: 'failed', reason: expect.stringContaining('connection refused') })
    expect(JSON.stringify(one)).not.toContain(secret)
  })

  it('that sends odd things where it should not is survived', async () => {
    const odd: unknown[] = [
      {
        status: 'success',
        data: {
          resultType: 'streams',
          result: [null, 7, {}, { stream: null, values: [null, [], [1], ['x', 'ERROR y'], ['1', 2]] }],
        },
      },
      {
        hits: {
          total: null,
          hits: [
            null,
            7,
            {},
            { _source: null },
            { _source: { '@timestamp': {} } },
            { _source: { '@timestamp': 'x', message: 'error' } },
          ],
        },
      },
      {
        data: [
          null,
          7,
          {},
          { traceID: 1, spans: [null, {}] },
          { traceID: {}, spans: [{ tags: [null, {}], logs: [null, {}] }], processes: 7 },
        ],
      },
      { result: { resourceSpans: [null, {}, { scopeSpans: [null, {}, { spans: [null, {}] }] }] } },
      { traces: [null, 7, {}, { traceID: {} }], metrics: {} },
    ]
    for (const body of odd) {
      const one = await answer((_, response) => json(response, body))
      expect(['found', 'nothing', 'failed'], JSON.stringify(body)).toContain(one.status)
      if (one.status === 'failed')
        expect(one.reason, JSON.stringify(body)).not.toMatch(/undefined|null|could not be read/)
      await server?.close()
    }
  })
})
