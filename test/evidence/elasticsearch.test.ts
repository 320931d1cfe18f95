import { afterEach, describe, expect, it } from 'vitest'
import { elasticsearch } from '../../src/evidence/elasticsearch.ts'
import { elasticsearchStandIn } from './elasticsearch-stand-in.ts'
import { ask, at } from './inquiry.ts'
import type { StandIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(() => server?.close())

async function asking(
  docs: object[],
  keywords: string[] = [],
  yaml = (url: string) => `elasticsearch: { url: "${url}" }`,
  about = {},
) {
  server = await elasticsearchStandIn(docs as Record<string, unknown>[], keywords)
  return ask(elasticsearch, yaml(server.url), about)
}

async function found(...given: Parameters<typeof asking>) {
  const answer = await asking(...given)
  if (answer.status !== 'found') throw new Error(JSON.stringify(answer))
  return answer.section
}

const time = (seconds: number) => at(seconds).toISOString()

describe('Elasticsearch', () => {
  it('is read as the Elastic Common Schema has it', async () => {
    const ecs = (seconds: number, level: string, message: string, service = 'checkout') => ({
      '@timestamp': time(seconds),
      log: { level },
      message,
      service: { name: service },
      error: { stack_trace: 'java.io.IOException: no disk\n\tat a.B.c(B.java:1)', type: 'java.io.IOException' },
      trace: { id: '4bf92f35' },
    })
    const section = await found(
      [
        ecs(-9, 'ERROR', 'order 1 lost'),
        ecs(-8, 'ERROR', 'order 2 lost'),
        ecs(-7, 'INFO', 'fine'),
        ecs(-6, 'ERROR', 'not ours', 'cart'),
        ecs(-9000, 'ERROR', 'long ago'),
      ],
      ['service.name', 'log.level'],
    )
    expect(section.summary).toBe('2 error lines in one pattern, which is new')
    expect(section.items[0]).toMatchObject({ text: '2× · NEW · 09:59:51 to 09:59:52' })
    expect(section.items[0]?.code).toBe(
      'order 2 lost\njava.io.IOException: no disk\n  at a.B.c(B.java:1)\nerror.type=java.io.IOException trace.id=4bf92f35',
    )
  })

  it('is read as Fluent Bit and Filebeat ship plain lines from Kubernetes', async () => {
    const section = await found([
      {
        '@timestamp': time(-5),
        log: '{"level":"error","msg":"pool exhausted"}',
        kubernetes: { labels: { app: 'checkout' } },
      },
      {
        '@timestamp': time(-4),
        message: 'E0302 09:00:00.123456 1 main.go:1] request timed out',
        kubernetes: { container: { name: 'checkout' } },
      },
    ])
    expect(section.items.map(({ code }) => code)).toEqual([
      'pool exhausted',
      'E0302 09:00:00.123456 1 main.go:1] request timed out',
    ])
  })

  it('is read as the second team writes its lines', async () => {
    const line = {
      timestamp: time(-5),
      level: 'ERROR',
      logger: 'sim.inference',
      message: 'Inference failed',
      correlation_id: 'c-77',
      duration_ms: 5012,
      context: { user: 1 },
    }
    const section = await found([{ '@timestamp': time(-5), service: 'checkout', ...line }], ['level', 'service'])
    expect(section.items[0]?.code).toBe('Inference failed\nlogger=sim.inference duration_ms=5012 correlation_id=c-77')
  })

  it('passes over levels that are numbers', async () => {
    const section = await found([{ '@timestamp': time(-5), service: 'checkout', level: 50, msg: 'it failed' }])
    expect(section.items[0]?.code).toBe('it failed')
    expect(section.summary).toContain('1 error line')
  })

  it('uses the fields, the index and the name that are configured', async () => {
    const names = { selector: null, query: null, logs: 'checkout-api', index: 'shop-*,other', traces: null }
    const yaml = (url: string) =>
      `elasticsearch: { url: "${url}", api_key: a2V5, fields: { time: ts, message: text, level: [sev], service: app.keyword } }`
    const section = await found(
      [{ ts: time(-5), text: 'gone', sev: 'FATAL', 'app.keyword': 'checkout-api' }],
      ['sev', 'app.keyword'],
      yaml,
      { names },
    )
    expect(section.items[0]?.code).toBe('gone')
    expect(server?.asked[0]?.path).toBe('/shop-*,other/_search')
    expect(server?.asked[0]?.authorization).toBe('ApiKey a2V5')
  })

  it.each(['*', 'x,payroll', '..', '-x', '<x>', 'x y', 'x%2Cy'])(
    'is never led to another index by a label: %s',
    async (shop) => {
      const yaml = (url: string) => `elasticsearch: { url: "${url}", index: "logs-$shop" }`
      const answer = await asking([], [], yaml, { alerts: [{ labels: { shop }, startsAt: at(0) }] })
      expect(answer).toMatchObject({ reason: 'the index wants $shop, and its value can be no part of an index’s name' })
      expect(server?.asked).toEqual([])
    },
  )

  it('says that nothing sounds like trouble, or that there is nothing', async () => {
    expect((await found([{ '@timestamp': time(-5), service: 'checkout', message: 'listening' }])).summary).toBe(
      'nothing sounds like trouble in 1 line',
    )
    await server?.close()
    expect(await asking([])).toEqual({ status: 'nothing' })
  })

  it('tells why it refuses, in its own words', async () => {
    server = await elasticsearchStandIn([], [], (_, response) => {
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":{"type":"index_not_found_exception","reason":"no such index [logs-*]"},"status":404}')
      return true
    })
    const answer = await ask(elasticsearch, `elasticsearch: { url: "${server.url}" }`)
    expect(answer).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('answered 404: no such index [logs-*]'),
    })
  })

  it('leads to Kibana’s Discover with the query, the span and the data view', async () => {
    const yaml = (url: string) =>
      `elasticsearch: { url: "${url}" }\nkibana: { url: "https://kibana.example.org/s/shop", data_view: "it's!" }`
    const section = await found([{ '@timestamp': time(-5), service: `check"out`, message: 'failed' }], [], yaml, {
      service: `check"out`,
    })
    const url = decodeURIComponent(section.links[0]?.url ?? '')
    expect(url).toContain(
      `https://kibana.example.org/s/shop/app/discover#/?_g=(time:(from:'${time(-300)}',to:'${time(600)}'))&_a=(`,
    )
    expect(url).toContain(`dataSource:(dataViewId:'it!'s!!',type:dataView)`)
    expect(url).toContain(`query:(language:kuery,query:'(service.name:"check\\"out" or `)
    expect(url).toContain(`sort:!(!('@timestamp',desc))`)
  })
})
