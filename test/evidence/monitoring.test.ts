// The monitoring itself: nothing is said while it is well, and first what is the incident's own when it is not.
import { afterEach, describe, expect, it } from 'vitest'
import type { Section } from '../../src/evidence/evidence.ts'
import { monitoring } from '../../src/evidence/monitoring.ts'
import { ask } from './inquiry.ts'
import { type Asked, json, type StandIn, standIn } from './stand-in.ts'

let server: StandIn | null = null
afterEach(() => server?.close())

type Target = { job: string; instance: string; health: string; lastError?: string }
type Given = {
  targets?: Target[]
  groups?: unknown[]
  failures?: Record<string, number>
  /** Statuses by path, instead of an answer. */
  refuses?: Record<string, number>
  lists?: boolean
}

/** A Prometheus with these targets; only the queries and addresses that are really asked are answered. */
async function prometheus({
  targets = [],
  groups = [],
  failures = {},
  refuses = {},
  lists = true,
}: Given): Promise<StandIn> {
  server = await standIn((asked, response) => {
    const status = refuses[asked.path]
    if (status !== undefined) return json(response, { status: 'error', error: 'no' }, status)
    const data = answer(asked)
    return data === null ? json(response, '404 page not found', 404) : json(response, { status: 'success', data })
  })
  return server

  function answer({ path, params }: Asked): unknown {
    if (path === '/-/healthy') return 'ok'
    if (path === '/api/v1/rules' && lists) return { groups }
    if (path === '/api/v1/targets' && lists && params.get('state') === 'active')
      return { activeTargets: targets.map(({ health, lastError = '', ...labels }) => ({ labels, health, lastError })) }
    if (path !== '/api/v1/query') return null
    const sample = (metric: object, value: number) => ({ metric, value: [Number(params.get('time')), String(value)] })
    const down = targets.filter(({ health }) => health === 'down')
    const jobs = [...new Set(down.map(({ job }) => job))]
    const count = (all: Target[], job: string) => all.filter((one) => one.job === job).length
    const query = params.get('query') ?? ''
    const vector = (result: unknown[]) => ({ resultType: 'vector', result })
    if (query === 'count by (job) (up == 0)') return vector(jobs.map((job) => sample({ job }, count(down, job))))
    if (query === 'count by (job) (up) and on (job) (up == 0)')
      return vector(jobs.map((job) => sample({ job }, count(targets, job))))
    if (query.startsWith('sum by (rule_group)'))
      return vector(Object.entries(failures).map(([rule_group, value]) => sample({ rule_group }, value)))
    const [, job] = /^up\{job="(.*)"\} == 0$/.exec(query) ?? []
    return vector(
      down.filter((one) => one.job === job).map(({ job: name, instance }) => sample({ job: name, instance }, 0)),
    )
  }
}

const generatorUrl = 'https://prometheus.example.org/p/graph?g0.expr=up'
const about = { alerts: [{ labels: { job: 'shop', alertname: 'Slow' }, annotations: {}, generatorUrl }] }
const asking = async (given: Given) => {
  const { url } = await prometheus(given)
  return ask(monitoring, `prometheus: { url: "${url}" }`, about)
}
const section = async (given: Given): Promise<Section> => {
  const answer = await asking(given)
  if (answer.status !== 'found') throw new Error(JSON.stringify(answer))
  return answer.section
}
const up = (job: string, instance: string): Target => ({ job, instance, health: 'up' })
const down = (job: string, instance: string, lastError = 'connection refused'): Target => ({
  job,
  instance,
  health: 'down',
  lastError,
})

it('says nothing while all is well', async () => {
  expect(await asking({ targets: [up('shop', 'a'), up('node', 'b')] })).toEqual({ status: 'nothing' })
})

describe('targets', () => {
  it('of the incident come one by one with their reasons, the others counted', async () => {
    const targets = [down('shop', 'a:80'), up('shop', 'b:80'), up('node', 'c'), down('node', 'd'), down('redis', 'e')]
    expect(await section({ targets })).toEqual({
      summary: '1 of 2 targets of shop is down',
      items: [
        { text: '1 of 2 targets of shop is down: a:80', code: 'connection refused', url: null },
        { text: 'Down elsewhere: node 1 of 2, redis 1 of 1', code: null, url: null },
      ],
      links: [{ title: 'Targets', url: 'https://prometheus.example.org/p/targets' }],
    })
  })

  it('are named without reasons where there is no list of them', async () => {
    const { items } = await section({ targets: [down('shop', 'a:80')], lists: false })
    expect(items).toEqual([{ text: 'the only target of shop is down: a:80', code: null, url: null }])
  })

  it('are few, and a reason that all share stands once', async () => {
    const targets = Array.from({ length: 40 }, (_, i) => down('shop', `i${i}`, i < 39 ? 'x' : 'password=hunter2'))
    const { items } = await section({ targets })
    expect(items[0]?.text).toBe('40 of 40 targets of shop are down: i0, i1, i2, i3, i4, 35 more')
    expect(items[0]?.code).toMatch(/^x\npassword=/)
    expect(items[0]?.code).not.toContain('hunter2')
  })

  it('elsewhere are one line, and their list is not asked for', async () => {
    const { summary, items } = await section({ targets: [down('node', 'a'), up('shop', 'b')] })
    expect([summary, ...items.map(({ text }) => text)]).toEqual([
      '1 target down elsewhere',
      'Down elsewhere: node 1 of 1',
    ])
    expect(server?.asked.some(({ path }) => path === '/api/v1/targets')).toBe(false)
  })
})

describe('rules', () => {
  const rule = (name: string, lastError = '') => ({ name, health: lastError === '' ? 'ok' : 'err', lastError })
  const group = (name: string, ...rules: unknown[]) => ({ name, file: '/etc/rules.yml', rules })

  it('that cannot be evaluated are named, those of the incident first', async () => {
    const groups = [
      group('node', rule('Disk', 'many-to-many matching not allowed')),
      group('fine', rule('Fine')),
      group('shop', rule('Fast'), rule('Slow', 'vector cannot contain metrics with the same labelset')),
      group('third', rule('Third', 'x')),
    ]
    const { summary, items, links } = await section({ groups })
    expect(summary).toBe('rules of 3 rule groups cannot be evaluated')
    expect(items).toEqual([
      {
        text: 'Slow of the group shop cannot be evaluated',
        code: 'vector cannot contain metrics with the same labelset',
        url: null,
      },
      { text: 'Disk of the group node cannot be evaluated', code: 'many-to-many matching not allowed', url: null },
      { text: 'Nor can those of third', code: null, url: null },
    ])
    expect(links).toEqual([{ title: 'Rules', url: 'https://prometheus.example.org/p/rules' }])
  })

  it('are counted by their failures where there is no list of them', async () => {
    const { items } = await section({ lists: false, failures: { '/etc/rules.yml;shop': 12 } })
    expect(items).toEqual([{ text: 'Rules of the group shop cannot be evaluated', code: null, url: null }])
  })
})

describe('systems', () => {
  it('that are away are told with their reason, and nothing more is said of a Prometheus that is', async () => {
    const { url } = await prometheus({})
    await server?.close()
    const answer = await ask(monitoring, `prometheus: { url: "${url.replace('//', '//ada:hunter2@')}" }`, about)
    expect(answer).toMatchObject({ section: { summary: 'Prometheus is not well', items: [{ code: null }], links: [] } })
    expect(JSON.stringify(answer)).toContain('connection refused')
    expect(JSON.stringify(answer)).not.toContain('hunter2')
  })

  it('that hang cost no more than the time there is', async () => {
    server = await standIn(() => {})
    const yaml = `prometheus: { url: "${server.url}" }\nevidence: { timeout: 9s }`
    expect(await ask(monitoring, yaml, about, 9_000)).toMatchObject({ section: { summary: 'Prometheus is not well' } })
  })

  it('are asked as they are signed in to; a Grafana without its database is told', async () => {
    server = await standIn(({ path, authorization }, response) =>
      path === '/g/api/health' && authorization === 'Bearer t0ken'
        ? json(response, { database: 'failing', version: '12' })
        : json(response, {}, 404),
    )
    const yaml = `grafana: { url: "https://grafana.example.org", api_url: "${server.url}/g", token: t0ken }`
    expect(await ask(monitoring, yaml, about)).toMatchObject({
      section: { items: [{ text: 'Grafana is not well: it has lost its database' }] },
    })
  })

  it('that cannot be read just now are not taken for well', async () => {
    const { items } = await section({ refuses: { '/api/v1/rules': 503 } })
    expect(items[0]?.text).toMatch(/^Its targets and rules could not all be looked at: Prometheus .* answered 503/)
  })
})

it('none of it is mentioned where nothing is configured', async () => {
  const { systemsOf } = await import('../../src/evidence/health.ts')
  const none = { url: null, headers: {}, timeout: 1 }
  const nothing = { prometheus: none, alertmanager: none }
  const evidence = { grafana: null } as unknown as Parameters<typeof systemsOf>[0]['evidence']
  expect(systemsOf({ ...nothing, evidence })).toEqual([])
})
