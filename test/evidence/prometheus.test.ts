import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { queryRange, querySingle, stepOf } from '../../src/evidence/prometheus.ts'
import { type Asked, json, type Metric, matrix, type StandIn, standIn } from './stand-in.ts'

const until = new Date('2026-11-12T14:02:00Z')
const window = { from: new Date(until.getTime() - 3_600_000), until }

let server: StandIn | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function prometheus(answer: Parameters<typeof standIn>[0]) {
  server = await standIn(answer)
  return { url: server.url, timeout: 30_000 }
}

const serving = (metrics: Metric[], warnings?: string[]) =>
  prometheus((asked, response) => matrix(asked, response, metrics, warnings))

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('expected a failure'),
    (error: Error) => error,
  )
}

describe('a range', () => {
  test('is asked for with at most 300 points, the last one at the end', async () => {
    const { series } = await queryRange(await serving([{ metric: { a: 'b' }, value: () => '1' }]), 'up', window)
    const params = server?.asked[0]?.params
    expect(params?.get('query')).toBe('up')
    expect(params?.get('step')).toBe('15')
    expect(Number(params?.get('end')) * 1000).toBe(until.getTime())
    expect(series[0]?.points).toHaveLength(241)
    expect(series[0]?.points.at(-1)).toEqual([until.getTime(), 1])
    for (const hours of [0.001, 1, 25, 700]) {
      const from = new Date(until.getTime() - hours * 3_600_000)
      expect((hours * 3600) / stepOf({ from, until })).toBeLessThanOrEqual(300)
      expect(stepOf({ from, until })).toBeGreaterThanOrEqual(1)
    }
  })

  test('that ends within a second reaches to the end of that second, where the first sample may be', async () => {
    const ends = { from: window.from, until: new Date(until.getTime() + 470) }
    await queryRange(await serving([{ metric: {}, value: () => '1' }]), 'up', ends)
    expect(Number(server?.asked[0]?.params.get('end')) * 1000).toBe(until.getTime() + 1000)
  })

  test('has null where there is no sample or no number', async () => {
    const odd: Record<number, string | null> = { 0: 'NaN', 1: '+Inf', 2: '-Inf', 3: null, 4: '1e-3' }
    const { series } = await queryRange(
      await serving([{ metric: {}, value: (step) => (step in odd ? (odd[step] ?? null) : '2') }]),
      'up',
      window,
    )
    expect(series[0]?.points.slice(0, 6).map(([, value]) => value)).toEqual([null, null, null, null, 0.001, 2])
  })

  test('holds at most 50 series and says when there are more', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ metric: { pod: `p${index}` }, value: () => '1' }))
    const result = await queryRange(await serving(many), 'up', window)
    expect(result).toMatchObject({ truncated: true })
    expect(result.series).toHaveLength(50)
    await server?.close()
    const limited = await queryRange(await serving(many.slice(0, 50), ['results truncated due to limit']), 'up', window)
    expect(limited.truncated).toBe(true)
    expect(server?.asked[0]?.params.get('limit')).toBe('50')
  })

  test('keeps the base path and the basic auth of the address', async () => {
    const { url, timeout } = await serving([])
    await queryRange({ url: `${url.replace('//', '//ada:p%40ss@')}/prom/`, timeout }, 'up', window)
    expect(server?.asked[0]).toMatchObject({
      path: '/prom/api/v1/query_range',
      authorization: `Basic ${Buffer.from('ada:p@ss').toString('base64')}`,
    })
  })

  test('of a very long expression is posted', async () => {
    const expr = `up{job=~"${'x'.repeat(5000)}"}`
    await queryRange(await serving([]), expr, window)
    expect(server?.asked[0]).toMatchObject({ method: 'POST' })
    expect(server?.asked[0]?.params.get('query')).toBe(expr)
  })
})

describe('native histograms', () => {
  const histogram = [until.getTime() / 1000, { count: '1420', sum: '70.4', buckets: [[0, '0.02', '0.03', '44']] }]
  const answering = (...result: object[]) =>
    prometheus((_, response) => json(response, { status: 'success', data: { resultType: 'matrix', result } }))
  const raw = { metric: { __name__: 'req_seconds' }, histograms: [histogram] }

  test('cannot be drawn themselves, and say what to do', async () => {
    const { message } = await failure(queryRange(await answering(raw), 'req_seconds', window))
    expect(message).toContain('wrap it in histogram_quantile()')
  })

  test('among others are left out, and that is said', async () => {
    const number = { metric: { __name__: 'up' }, values: [[until.getTime() / 1000, '1']] }
    const result = await queryRange(await answering(raw, number), '{job="a"}', window)
    expect(result.series).toHaveLength(1)
    expect(result.warning).toBe('native histograms among its series are left out')
  })
})

describe('a single value', () => {
  const answering = (data: unknown) => prometheus((_, response) => json(response, { status: 'success', data }))

  test('is the first sample', async () => {
    const result = [{ metric: {}, value: [1, '0.9991'] }]
    expect(await querySingle(await answering({ resultType: 'vector', result }), 'x', until)).toBe(0.9991)
    expect(server?.asked[0]?.params.get('time')).toBe(String(until.getTime() / 1000))
  })
  test('may be a scalar', async () => {
    expect(await querySingle(await answering({ resultType: 'scalar', result: [1, '3'] }), '3', until)).toBe(3)
  })
  test('is null when there is none or it is no number', async () => {
    expect(await querySingle(await answering({ resultType: 'vector', result: [] }), 'x', until)).toBeNull()
    await server?.close()
    const nan = { resultType: 'vector', result: [{ metric: {}, value: [1, 'NaN'] }] }
    expect(await querySingle(await answering(nan), 'x', until)).toBeNull()
  })
})

describe('what goes wrong is said, and whether it may pass', () => {
  const secret = 'hunter22'
  const asking = async (answer: (asked: Asked, response: Parameters<typeof json>[0]) => void, timeout = 30_000) => {
    const { url } = await prometheus(answer)
    return failure(queryRange({ url: url.replace('//', `//ada:${secret}@`), timeout }, 'up', window))
  }

  test('a refused query is permanent and carries the words of Prometheus', async () => {
    const error = await asking((_, response) =>
      json(response, { status: 'error', errorType: 'bad_data', error: 'invalid parameter "query": parse error' }, 400),
    )
    expect(error).toBeInstanceOf(PermanentError)
    expect(error.message).toContain('answered 400: invalid parameter "query": parse error')
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(secret)
  })

  test('an overloaded Prometheus is transient, with its own Retry-After in milliseconds', async () => {
    const error = await asking((_, response) => response.writeHead(429, { 'retry-after': '7' }).end())
    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ retryAfter: 7000 })
    await server?.close()
    expect(await asking((_, response) => response.writeHead(503).end('busy'))).toBeInstanceOf(TransientError)
  })

  test('a silent one is given up after the timeout', async () => {
    const error = await asking(() => {}, 300)
    expect(error).toBeInstanceOf(TransientError)
    expect(error.message).toMatch(/Prometheus \(http:\/\/127.0.0.1:\d+\) did not answer within 0.3 s/)
  })

  test('one whose answer never ends is given up too', async () => {
    const error = await asking((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    }, 300)
    expect(error).toBeInstanceOf(TransientError)
    expect(error.message).toContain('did not answer within')
  })

  test('an address where nobody listens is transient and names the address without the password', async () => {
    const { url } = await prometheus(() => {})
    await server?.close()
    const error = await failure(
      queryRange({ url: url.replace('//', `//ada:${secret}@`), timeout: 30_000 }, 'up', window),
    )
    expect(error).toBeInstanceOf(TransientError)
    expect(error.message).toBe(`Prometheus (${url}) cannot be reached: connection refused`)
  })

  test('too much data, a login page and a redirect elsewhere are permanent', async () => {
    const large = await asking((_, response) => response.end('x'.repeat(9 * 1024 * 1024)))
    expect(large).toBeInstanceOf(PermanentError)
    expect(large.message).toContain('too much data')
    await server?.close()
    const login = await asking((_, response) => response.end('<html>log in</html>'))
    expect(login).toBeInstanceOf(PermanentError)
    expect(login.message).toContain('not Prometheus')
    await server?.close()
    const elsewhere = await asking((_, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/x' }).end())
    expect(elsewhere).toBeInstanceOf(PermanentError)
    expect(elsewhere.message).toContain('redirects')
  })

  test('a redirect on the same host is followed', async () => {
    const result = await queryRange(
      await prometheus((asked, response) => {
        if (asked.path.startsWith('/new')) return matrix(asked, response, [{ metric: {}, value: () => '1' }])
        response.writeHead(307, { location: `/new/api/v1/query_range?${asked.params}` }).end()
      }),
      'up',
      window,
    )
    expect(result.series).toHaveLength(1)
  })

  test('a kept connection that was closed meanwhile is opened again at once', async () => {
    let asked = 0
    const { url, timeout } = await prometheus((one, response) => {
      asked += 1
      if (asked === 2) response.socket?.destroy()
      else matrix(one, response, [])
    })
    await queryRange({ url, timeout }, 'up', window)
    await expect(queryRange({ url, timeout }, 'up', window)).resolves.toMatchObject({ series: [] })
    expect(asked).toBe(3)
  })

  test('a certificate of an authority of one’s own says where to name it', async () => {
    const pem = readFileSync(new URL('../fixtures/tls/self-signed.pem', import.meta.url))
    const secure = createServer({ key: pem, cert: pem }).listen(0, '127.0.0.1')
    await once(secure, 'listening')
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
    const error = await failure(queryRange({ url, timeout: 30_000 }, 'up', window))
    secure.close()
    expect(error).toBeInstanceOf(TransientError)
    expect(error.message).toContain('name the file of your own authority in NODE_EXTRA_CA_CERTS')
  })

  test('an address that is no URL and a missing one are said plainly', async () => {
    expect((await failure(queryRange({ url: 'prom:9090', timeout: 1 }, 'up', window))).message).toContain('http://')
    expect((await failure(queryRange({ url: null, timeout: 1 }, 'up', window))).message).toContain('PROMETHEUS_URL')
  })
})
