import { afterEach, describe, expect, it } from 'vitest'
import { traces } from '../../src/evidence/traces.ts'
import { ask, at } from './inquiry.ts'
import { type Asked, json, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(() => server?.close())

async function asking(answer: Parameters<typeof standIn>[0], yaml: (url: string) => string, about = {}) {
  server = await standIn(answer)
  return ask(traces, yaml(server.url), about)
}

async function found(...given: Parameters<typeof asking>) {
  const answer = await asking(...given)
  if (answer.status !== 'found') throw new Error(JSON.stringify(answer))
  return answer.section
}

const micro = (seconds: number) => at(seconds).getTime() * 1000
const nano = (seconds: number) => `${at(seconds).getTime()}000000`

describe('Jaeger', () => {
  const yaml = (url: string) => `traces: { url: "${url}" }`
  const tag = (key: string, value: unknown) => ({ key, type: typeof value === 'boolean' ? 'bool' : 'string', value })
  const span = (
    spanID: string,
    parent: string | null,
    operationName: string,
    seconds: number,
    milliseconds: number,
    more = {},
  ) => ({
    ...{
      traceID: 't',
      spanID,
      operationName,
      startTime: micro(seconds),
      duration: milliseconds * 1000,
      processID: parent ? 'p2' : 'p1',
    },
    ...{
      references: parent ? [{ refType: 'CHILD_OF', traceID: 't', spanID: parent }] : [],
      tags: [],
      logs: [],
      warnings: null,
      ...more,
    },
  })
  const processes = { p1: { serviceName: 'checkout', tags: [] }, p2: { serviceName: 'payments', tags: [] } }
  const failed = (traceID: string, seconds: number, message: string) => ({
    traceID,
    processes,
    spans: [
      span('1', null, 'POST /checkout', seconds, 4200, { traceID, tags: [tag('error', true)] }),
      {
        ...span('2', '1', 'charge', seconds + 0.1, 4000, {
          tags: [tag('error', true)],
          logs: [{ timestamp: 1, fields: [tag('event', 'error'), tag('message', message)] }],
        }),
        traceID,
        references: [{ refType: 'CHILD_OF', traceID, spanID: '1' }],
      },
      {
        ...span('3', '1', 'audit', seconds + 0.1, 1),
        traceID,
        references: [{ refType: 'CHILD_OF', traceID, spanID: '1' }],
      },
    ],
  })
  const slow = { traceID: 'slow', processes, spans: [{ ...span('1', null, 'GET /cart', -20, 9100), traceID: 'slow' }] }
  /** Strict about what it is asked, as Jaeger is. */
  const jaeger =
    (all: { failed: object[]; slow: object[]; any?: object[] }) =>
    (asked: Asked, response: Parameters<typeof json>[0]) => {
      const { params } = asked
      const bad = (msg: string) => json(response, { data: null, total: 0, errors: [{ code: 400, msg }] }, 400)
      if (asked.path !== '/api/traces') return json(response, { data: null, errors: [{ code: 404, msg: 'no' }] }, 404)
      if (!params.get('service')) return bad("parameter 'service' is required")
      if (!/^\d{16}$/.test(params.get('start') ?? '') || !/^\d{16}$/.test(params.get('end') ?? ''))
        return bad('unable to parse start')
      const tags = params.get('tags')
      if (tags !== null && (JSON.parse(tags) as { error?: string }).error !== 'true')
        return bad("malformed 'tags' parameter")
      const data = tags ? all.failed : params.get('minDuration') === '1s' ? all.slow : (all.any ?? [])
      return json(response, {
        data: data.slice(0, Number(params.get('limit'))),
        total: 0,
        limit: 0,
        offset: 0,
        errors: null,
      })
    }

  it('shows the traces that failed, by the span that broke and its error, and the slowest', async () => {
    const both = [failed('a1', -60, 'card 17 declined'), failed('a2', -30, 'card 18 declined')]
    const section = await found(jaeger({ failed: both, slow: [both[0]!, slow] }), yaml)
    expect(section.summary).toBe('2 traces failed; the slowest took 9.1 s')
    expect(section.items).toEqual([
      {
        text: '2× · 4.2 s · checkout: POST /checkout · failed in payments, charge · at 09:59:30',
        code: 'card 18 declined',
        url: `${server?.url}/trace/a2`,
      },
      { text: 'slow: 9.1 s · checkout: GET /cart · at 09:59:40', code: null, url: `${server?.url}/trace/slow` },
    ])
    expect(section.links[0]?.url).toBe(
      `${server?.url}/search?service=checkout&lookback=custom&limit=20&start=${micro(-300)}&end=${micro(600)}`,
    )
  })

  it('shows the slowest of any when none failed and none took a second', async () => {
    const quick = { traceID: 'q', processes, spans: [{ ...span('1', null, 'GET /', -20, 0.42), traceID: 'q' }] }
    const section = await found(jaeger({ failed: [], slow: [], any: [quick] }), yaml)
    expect(section.summary).toBe('no trace failed; the slowest took 0.4 ms')
    await server?.close()
    expect(await asking(jaeger({ failed: [], slow: [] }), yaml)).toEqual({ status: 'nothing' })
  })

  it('reads errors in the many ways that instrumentations write them, and traces whose root is missing', async () => {
    const one = (traceID: string, more: object) => ({
      traceID,
      processes,
      spans: [
        {
          ...span('9', '404', 'work', -9, 5, { traceID, ...more }),
          references: [{ refType: 'CHILD_OF', traceID, spanID: '404' }],
        },
      ],
    })
    const all = [
      one('a', { tags: [tag('error', 'true'), tag('error.message', 'by tag')] }),
      one('b', { tags: [tag('otel.status_code', 'ERROR'), tag('otel.status_description', 'by OpenTelemetry')] }),
      one('c', { tags: [tag('error', true), tag('http.status_code', 503)] }),
      one('d', {
        tags: [tag('error', true)],
        logs: [
          {
            fields: [tag('event', 'exception'), tag('exception.type', 'IOError'), tag('exception.message', 'by event')],
          },
        ],
      }),
      one('e', { tags: [tag('error', true)] }),
      { traceID: 'f', processes: null, spans: null },
    ]
    const section = await found(jaeger({ failed: all, slow: [] }), yaml)
    expect(section.summary).toContain('5 traces failed')
    expect(section.items).toHaveLength(3)
    const seen = section.items.map(({ code }) => code)
    expect(['by tag', 'by OpenTelemetry', 'status 503', 'IOError: by event', null]).toEqual(
      expect.arrayContaining(seen),
    )
  })

  it('uses the name that the service has in traces, and signs in without showing it in links', async () => {
    const names = { selector: null, query: null, logs: null, index: null, traces: 'checkout-api' }
    const section = await found(
      jaeger({ failed: [failed('a', -5, 'x')], slow: [] }),
      (url) => `traces: { url: "${url.replace('//', '//ada:hunter2@')}" }`,
      { names },
    )
    expect(server?.asked[0]?.params.get('service')).toBe('checkout-api')
    expect(server?.asked[0]?.authorization).toBe(`Basic ${Buffer.from('ada:hunter2').toString('base64')}`)
    expect(JSON.stringify(section)).not.toContain('hunter2')
  })
})

/** A trace as OTLP: a root that failed because of what it called. */
function otlp(traceId: string, seconds: number, message: string, code: unknown = 2) {
  const times = (from: number, milliseconds: number) => ({
    startTimeUnixNano: nano(from),
    endTimeUnixNano: `${at(from).getTime() + milliseconds}000000`,
  })
  const resource = (name: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: name } }] })
  return [
    {
      resource: resource('checkout'),
      scopeSpans: [
        {
          scope: {},
          spans: [
            {
              traceId,
              spanId: 'aa',
              parentSpanId: '',
              name: 'POST /checkout',
              kind: 2,
              ...times(seconds, 1500),
              status: { code },
            },
          ],
        },
      ],
    },
    {
      resource: resource('payments'),
      scopeSpans: [
        {
          spans: [
            {
              ...{
                traceId,
                spanId: 'bb',
                parentSpanId: 'aa',
                name: 'charge',
                ...times(seconds, 1400),
                status: { code, message: 'failed' },
              },
              events: [
                { name: 'exception', attributes: [{ key: 'exception.message', value: { stringValue: message } }] },
              ],
            },
          ],
        },
      ],
    },
  ]
}

describe('Jaeger’s version 3', () => {
  const yaml = (url: string) => `traces: { kind: jaeger_v3, url: "${url}" }`
  const answering =
    (all: (asked: Asked) => unknown[], lines = false) =>
    (asked: Asked, response: Parameters<typeof json>[0]) => {
      if (asked.path !== '/api/v3/traces') return void response.writeHead(404).end('404 page not found')
      const { params } = asked
      for (const name of ['query.start_time_min', 'query.start_time_max'])
        if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(params.get(name) ?? ''))
          return json(response, { error: { httpCode: 400, message: `malformed ${name}` } }, 400)
      const resourceSpans = all(asked)
      if (resourceSpans.length === 0)
        return json(response, { error: { httpCode: 404, message: 'No traces found' } }, 404)
      if (!lines) return json(response, { result: { resourceSpans } })
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(resourceSpans.map((one) => JSON.stringify({ result: { resourceSpans: [one] } })).join('\n'))
    }

  it.each([false, true])('answers as OTLP, in one document or one a line (%s)', async (lines) => {
    const section = await found(
      answering(({ params }) => (params.has('query.attributes') ? otlp('t1', -9, 'declined') : []), lines),
      yaml,
    )
    expect(section.summary).toBe('1 trace failed; the slowest took 1.5 s')
    expect(section.items[0]).toEqual({
      text: '1.5 s · checkout: POST /checkout · failed in payments, charge · at 09:59:51',
      code: 'declined',
      url: `${server?.url}/trace/t1`,
    })
  })

  it('says that none are found with a 404, and may pass over the filter', async () => {
    expect(
      await asking(
        answering(() => []),
        yaml,
      ),
    ).toEqual({ status: 'nothing' })
    await server?.close()
    const fine = otlp('t2', -9, 'x', 1)
    expect(
      (
        await found(
          answering(() => fine),
          yaml,
        )
      ).summary,
    ).toBe('no trace failed; the slowest took 1.5 s')
  })

  it('is told from what does not speak it', async () => {
    const answer = await asking(
      (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'),
      yaml,
    )
    expect(answer).toMatchObject({ status: 'failed', reason: expect.stringContaining('try kind: jaeger') })
  })
})

describe('Tempo', () => {
  const yaml = (url: string) =>
    `traces: { kind: tempo, url: "${url}", tenant: shop }\ngrafana: { url: "https://grafana.example.org" }`
  const one = (traceID: string, seconds: number, durationMs: number) => ({
    traceID,
    rootServiceName: 'checkout',
    rootTraceName: 'POST /checkout',
    startTimeUnixNano: nano(seconds),
    durationMs,
    spanSets: [{ spans: [], matched: 1 }],
  })
  const tempo = (asked: Asked, response: Parameters<typeof json>[0]) => {
    if (asked.path === '/api/traces/0a1b')
      return json(response, { batches: otlp('ChsA', -9, 'declined', 'STATUS_CODE_ERROR') })
    if (asked.path !== '/api/search') return void response.writeHead(404).end()
    const { params } = asked
    if (!/^\d{10}$/.test(params.get('start') ?? '')) return void response.writeHead(400).end('invalid start')
    const q = params.get('q') ?? ''
    if (!/^\{ resource\.service\.name = "checkout"( && (status = error|duration > 1s))? \}$/.test(q))
      return void response.writeHead(400).end(`invalid TraceQL query: ${q}`)
    const found = q.includes('error')
      ? [one('0a1b', -9, 1500), one('gone', -8, 20)]
      : q.includes('1s')
        ? [one('0a1c', -7, 3000)]
        : []
    return json(response, { traces: found, metrics: { inspectedTraces: 3 } })
  }

  it('is searched with TraceQL, and the traces that failed are looked into', async () => {
    const section = await found(tempo, yaml)
    expect(section.summary).toBe('2 traces failed; the slowest took 3 s')
    expect(section.items).toMatchObject([
      { text: '20 ms · checkout: POST /checkout · failed · at 09:59:52', code: null },
      { text: '1.5 s · checkout: POST /checkout · failed in payments, charge · at 09:59:51', code: 'declined' },
      { text: 'slow: 3 s · checkout: POST /checkout · at 09:59:53', code: null },
    ])
    expect(server?.asked[0]?.headers['x-scope-orgid']).toBe('shop')
    const panes = JSON.parse(new URL(section.items[1]?.url ?? '').searchParams.get('panes') ?? '')
    expect(panes.tocsin.queries[0]).toMatchObject({
      query: '0a1b',
      queryType: 'traceql',
      datasource: { type: 'tempo', uid: 'tempo' },
    })
  })

  it('gives no link without a Grafana', async () => {
    const section = await found(tempo, (url) => `traces: { kind: tempo, url: "${url}" }`)
    expect(section.links).toEqual([])
    expect(section.items.every(({ url }) => url === null)).toBe(true)
  })

  it('may know no traces at all', async () => {
    expect(await asking((_, response) => json(response, { metrics: {} }), yaml)).toEqual({ status: 'nothing' })
  })
})
