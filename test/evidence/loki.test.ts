import { afterEach, describe, expect, it } from 'vitest'
import { loki } from '../../src/evidence/loki.ts'
import { ask, at } from './inquiry.ts'
import { type LokiLine, lokiStandIn } from './loki-stand-in.ts'
import { json, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(() => server?.close())

async function asking(lines: LokiLine[], yaml = (url: string) => `loki: { url: "${url}" }`, about = {}) {
  server = await lokiStandIn(lines)
  return ask(loki, yaml(server.url), about)
}

async function found(...given: Parameters<typeof asking>) {
  const answer = await asking(...given)
  if (answer.status !== 'found') throw new Error(JSON.stringify(answer))
  return answer.section
}

const labels = { service: 'checkout' }
const many = (count: number, line: (i: number) => string, from = -60, more: object = {}) =>
  Array.from({ length: count }, (_, i) => ({ at: at(from + i / 100), line: line(i), labels: { ...labels, ...more } }))

describe('Loki', () => {
  it('is asked for the lines of the service around the start, and of the hour before', async () => {
    await found(many(1, () => 'ERROR boom'))
    const spans = server?.asked.map(({ params }) => [params.get('start'), params.get('end'), params.get('direction')])
    expect(new Set(spans?.map((span) => span.join()))).toEqual(
      new Set([
        `${at(-300).getTime()}000000,${at(600).getTime()}000000,backward`,
        `${at(-3900).getTime()}000000,${at(-300).getTime()}000000,backward`,
      ]),
    )
    expect(server?.asked.every(({ params }) => params.get('query')?.startsWith('{service="checkout"} |'))).toBe(true)
  })

  it('shows the few most telling patterns, what is new first, each with count, times and the latest line', async () => {
    const section = await found([
      ...many(300, (i) => `level=error msg="cart ${i} not found"`),
      ...many(3000, (i) => `level=error msg="cart ${i} not found"`, -3000),
      ...many(7, (i) => `{"level":"error","msg":"pool exhausted after ${i} ms","correlation_id":"c-${i}"}`, -30),
      ...many(50, () => 'level=info msg="all is well, 0 errors"'),
    ])
    expect(section.summary).toBe('307 error lines in 2 patterns, 1 of them not among the lines before')
    expect(section.items[0]).toEqual({
      text: '7× · at 09:59:30',
      code: 'pool exhausted after 6 ms\ncorrelation_id=c-6',
      url: null,
    })
    expect(section.items[1]?.text).toBe('300× · 09:59:00 to 09:59:02')
    expect(JSON.stringify(section)).not.toContain('all is well')
  })

  it('finds lines by their level where nothing in them sounds like trouble, once', async () => {
    const section = await found([
      ...many(2, (i) => `order ${i} gone`, -10, { detected_level: 'error' }),
      ...many(1, () => 'ERROR and it says so', -10, { level: 'error' }),
    ])
    expect(section.summary).toBe('3 error lines in 2 patterns, all of them new')
    expect(section.items.map(({ text }) => text)).toEqual(['2× · NEW · at 09:59:50', '1× · NEW · at 09:59:50'])
  })

  it('reads structured metadata that is told apart from labels', async () => {
    const values = [[`${at(-5).getTime()}000000`, 'order gone', { structuredMetadata: { detected_level: 'error' } }]]
    server = await standIn((_, response) =>
      json(response, { status: 'success', data: { resultType: 'streams', result: [{ stream: labels, values }] } }),
    )
    const answer = await ask(loki, `loki: { url: "${server.url}" }`)
    // The same line in the hour before: nothing new.
    expect(answer).toMatchObject({
      status: 'found',
      section: { summary: '1 error line in one pattern, which is not new' },
    })
  })

  it('says that nothing sounds like trouble where there are other lines, and that there is nothing where there are none', async () => {
    const section = await found(many(20, (i) => `level=info msg="listening on ${i}"`))
    expect(section.summary).toBe('nothing sounds like trouble in 20 lines')
    expect(section.items).toHaveLength(1)
    await server?.close()
    expect(await asking([])).toEqual({ status: 'nothing' })
  })

  it('takes a selector and a query with what the incident is about, the service’s own first', async () => {
    const yaml = (more: string) => (url: string) =>
      `loki: { url: "${url}", selector: '{ns="$namespace", app="$service"}' }\n${more}`
    const line = { at: at(-1), line: 'ERROR boom', labels: { ns: 'shop', app: 'checkout', component: 'pay' } }
    expect((await found([line], yaml(''))).summary).toContain('1 error line')
    await server?.close()
    const names = { selector: '{component="pay"}', query: null, logs: null, index: null, traces: null }
    expect((await found([line], yaml(''), { names })).summary).toContain('1 error line')
    await server?.close()
    const query = '{app="$service"} |= "boom"'
    expect((await found([{ ...line, line: 'boom' }], yaml(''), { names: { ...names, query } })).summary).toContain(
      '1 line',
    )
    expect(server?.asked.map(({ params }) => params.get('query'))).toEqual(Array(2).fill('{app="checkout"} |= "boom"'))
  })

  it('lets no value of an alert end the quotation it stands in', async () => {
    await asking([], (url) => `loki: { url: "${url}", selector: '{app="$service"}' }`, {
      service: 'x"} |= `a` \\ {y="',
    })
    expect(server?.asked[0]?.params.get('query')).toMatch(/^\{app="x\\"\} \|= 'a' \\\\ \{y=\\""\}/)
  })

  it('says which label it lacks', async () => {
    const yaml = (url: string) => `loki: { url: "${url}", selector: '{pod="$pod"}' }`
    expect(await asking([], yaml)).toEqual({
      status: 'failed',
      reason: 'the query wants $pod, and no alert has that label',
    })
    const alerts = ['a', 'b'].map((pod) => ({ labels: { pod }, annotations: {} }))
    expect(await asking([], yaml, { alerts })).toMatchObject({
      reason: 'the query wants $pod, in which the alerts differ',
    })
  })

  it('signs in as it is told, and shows none of it', async () => {
    const yaml = (url: string) =>
      `loki: { url: "${url}", token: tok-12345, tenant: shop, headers: { X-Extra-Key: key-98765 } }`
    await asking(
      many(1, () => 'ERROR tok-12345'),
      yaml,
    )
    expect(server?.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer tok-12345',
      'x-scope-orgid': 'shop',
      'x-extra-key': 'key-98765',
    })
    await server?.close()
    await asking([], (url) => `loki: { url: "${url}", user: ada, password: "p@ss:w" }`)
    expect(server?.asked[0]?.authorization).toBe(`Basic ${Buffer.from('ada:p@ss:w').toString('base64')}`)
  })

  it('leads to Grafana’s Explore with the query and the span', async () => {
    const section = await found(
      many(1, () => 'ERROR boom'),
      (url) => `loki: { url: "${url}", datasource: P8E }\ngrafana: { url: "https://grafana.example.org/g/" }`,
    )
    const url = new URL(section.links[0]?.url ?? '')
    expect(url.origin + url.pathname).toBe('https://grafana.example.org/g/explore')
    expect(JSON.parse(url.searchParams.get('panes') ?? '')).toMatchObject({
      tocsin: {
        datasource: 'P8E',
        queries: [
          {
            refId: 'A',
            datasource: { type: 'loki', uid: 'P8E' },
            expr: expect.stringMatching(/^\{service="checkout"\} \|~ "/),
          },
        ],
        range: { from: String(at(-300).getTime()), to: String(at(600).getTime()) },
      },
    })
  })

  it('asks for fewer lines when so many are too long to be read', async () => {
    const section = await found(many(400, (i) => `ERROR ${i} ${'x'.repeat(30_000)}`))
    expect(section.items[0]?.text).toMatch(/^50× /)
    expect(section.summary).toContain('at least 50 error lines')
    expect((section.items[0]?.code ?? '').length).toBeLessThan(800)
  })

  it('shows what anybody may write into a log: colours, binary, long lines, markup, secrets', async () => {
    const section = await found([
      { at: at(-4), labels, line: '\u001b[31mERROR\u001b[0m <!channel> @everyone *bold* password=hunter2' },
      { at: at(-3), labels, line: `ERROR \u0000\u0001\u0002\u0003${'\u0004'.repeat(50)}` },
      { at: at(-2), labels, line: `FATAL a\n${Array.from({ length: 80 }, (_, i) => `    at line ${i}`).join('\n')}` },
    ])
    const all = JSON.stringify(section)
    expect(all).not.toContain('hunter2')
    expect(all).not.toMatch(/\\u00[01]/)
    expect(section.items.find(({ code }) => code?.startsWith('FATAL'))?.code).toMatch(/\n… \d+ more lines$/)
  })
})
