// Charts by hand: in a room they go on the timeline, elsewhere only where they were asked for; what cannot be drawn says why.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { json, type Metric, matrix, type StandIn, standIn } from '../evidence/stand-in.ts'
import { minute, team, type World, world } from './world.ts'

let prometheus: StandIn
let w: World
/** What there is, by the metric's name in the query. */
let metrics: (query: string) => Metric[] = () => []
/** What a query at one instant answers. */
let instant: (query: string) => Record<string, string>[] = () => []
const room = 'inc-1-checkout'

const level = (metric: Record<string, string>, value = 0.8): Metric => ({ metric, value: () => String(value) })

beforeEach(async () => {
  metrics = () => [level({ __name__: 'x', instance: 'web-1:9100' })]
  instant = () => []
  prometheus = await standIn((asked, response) => {
    const query = asked.params.get('query') ?? ''
    if (query.includes('rate(gauge)'))
      return json(response, { status: 'error', error: 'parse error: expected type range vector' }, 400)
    if (asked.path.endsWith('/query_range')) return matrix(asked, response, metrics(query))
    if (asked.path.endsWith('/values')) return json(response, { status: 'success', data: ['node_load1', 'up'] })
    const result = instant(query).map((metric) => ({ metric, value: [0, '1'] }))
    json(response, { status: 'success', data: { resultType: 'vector', result } })
  })
  w = await world({
    yaml: `${team}prometheus: { url: "${prometheus.url}", timeout: 30s }\ncharts: { baseline: none }\n`,
  })
})
afterEach(async () => {
  await w.stop()
  await prometheus.close()
})

const ask = async (words: string, channel = '#ops') => {
  const reply = await w.chat.say('U-ADA', `chart ${words}`.trim(), channel)
  const answer = reply?.message.title ?? ''
  await w.settle()
  return answer
}
const posted = (channel = '#ops') => w.chat.in(channel).map(({ message }) => message)
const queries = () =>
  prometheus.asked.flatMap(({ path, params }) => (path.endsWith('_range') ? [params.get('query')] : []))

test('any PromQL is drawn in the channel where it was asked for, with its text', async () => {
  expect(await ask('x{job="api"} > 0.5 2h')).toBe('Drawing …')
  const [message] = posted()
  expect(message).toMatchObject({ title: 'x{job="api"} > 0.5', picture: { name: 'x-job-api-0-5.png' } })
  expect(message?.picture?.png.length).toBeGreaterThan(1000)
  expect(message?.picture?.alt).toContain('Above the threshold 0.5 all the time.')
  expect(message?.text).toBe('Now 0.8, was 0.8 2 hours ago; threshold 0.5\n\n_Asked for by Ada Lovelace_')
  const [asked] = prometheus.asked
  expect(Number(asked?.params.get('end')) - Number(asked?.params.get('start'))).toBe(7200)
})

test('in a room the picture is on the timeline, by whoever asked, and asking again keeps both', async () => {
  await w.fire()
  await w.settle()
  await ask('x', room)
  await w.pass(minute)
  await ask('x', room)
  const { timeline, charts } = await w.view()
  const drawn = timeline.filter(({ fact }) => fact.kind === 'chart_drawn')
  expect(drawn.map(({ by, text }) => [by, text])).toEqual([
    ['ada', 'Chart of x: now 0.8, was 0.8 an hour ago'],
    ['ada', 'Chart of x: now 0.8, was 0.8 an hour ago'],
  ])
  expect(charts).toHaveLength(2)
  const pictures = posted(room).filter(({ picture }) => picture)
  expect(pictures.map(({ title }) => title)).toEqual(['x', 'x'])
  expect(pictures[0]?.picture?.alt).toContain('Marks: firing 10:00.')
})

test('an exporter alone is three pictures: how busy, what waits, what fails', async () => {
  await ask('redis 6h instance=10.0.0.7:6379')
  expect(posted().map(({ title }) => title)).toEqual([
    'Redis: memory',
    'Redis: time a command takes',
    'Redis: connections refused',
  ])
  for (const query of queries()) expect(query).toContain('{instance="10.0.0.7:6379"}')
})

test('in a room a preset is about the alert’s machine, at whichever port the exporter listens', async () => {
  await w.fire({ labels: { instance: 'web-1:8080' } })
  await w.settle()
  metrics = (query) => (query.includes('instance=~"web-1(:.*)?"') ? [level({ instance: 'web-1:9100' })] : [])
  await ask('node memory', room)
  const [message] = posted(room).filter(({ picture }) => picture)
  expect(message?.title).toBe('Memory in use')
  expect(message?.picture?.alt).toContain('the same machine')
})

test('when nothing has the labels of the incident everything is shown, and says so', async () => {
  await w.fire({ labels: { instance: 'web-1:8080' } })
  await w.settle()
  metrics = (query) => (query.includes('instance=') ? [] : [level({ instance: 'db-1:9100' })])
  await ask('node cpu', room)
  const [message] = posted(room).filter(({ picture }) => picture)
  expect(message?.picture?.alt).toContain('not only of this incident')
})

test('what is no PromQL is answered at once, with the place and what was expected', async () => {
  expect(await ask('rate(http_requests_total[5m] 2h')).toContain(
    'That is no PromQL: expected a closing ) at the end: rate(http_requests_total[5m]▸',
  )
  expect(await ask('node cpuu')).toContain('There is no “node cpuu”. Did you mean cpu? There are: cpu, memory')
  expect(await ask('redis colour=red')).toContain('are asked for by instance, job, cmd, db, not by colour')
  expect(await ask('x 99d')).toContain('“99d” cannot be shown: a minute to 31 days')
  expect(await ask('vector(1)')).toContain('No metric is in that expression')
  expect(posted()).toEqual([])
  expect(prometheus.asked).toEqual([])
})

test('what Prometheus refuses is told in its own words', async () => {
  await ask('rate(gauge)')
  expect(posted()).toMatchObject([
    { title: 'No chart of rate(gauge)', text: expect.stringContaining('expected type range vector') },
  ])
})

test('also of a name that is no word, as OpenTelemetry has them', async () => {
  metrics = () => []
  instant = () => []
  await ask('{"http.server.requests", "http.route"="/pay"}')
  expect(posted().at(-1)?.text).toContain('no series is called http.server.requests')
  const known = (query: string) => query === 'count({"http.server.requests"})'
  instant = (query) => (known(query) ? [{}] : query.startsWith('group') ? [{ 'http.route': '/pays' }] : [])
  await w.pass(minute)
  await ask('{"http.server.requests", "http.route"="/pay"}')
  expect(posted().at(-1)?.text).toMatch(/no series has http\.route="\/pay"; did you mean http\.route="\/pays"/)
})

test('no data says which name or label was meant', async () => {
  metrics = () => []
  await ask('nod_load1')
  expect(posted().at(-1)?.text).toContain('no series is called nod\\_load1; did you mean node\\_load1?')
  instant = (query) => (/^count\(up\)$/.test(query) ? [{}] : query.startsWith('group') ? [{ job: 'api' }] : [])
  await w.pass(minute)
  await ask('up{job="apo"}')
  expect(posted().at(-1)?.text).toContain('no series has job="apo"; did you mean job="api"?')
})

test('a channel the bot may not write to costs nothing: whoever asked has it', async () => {
  const post = w.chat.post.bind(w.chat)
  w.chat.post = async (one) => {
    if ('channel' in one.to && one.to.channel === '#secret') throw new PermanentError('not in that channel')
    return post(one)
  }
  await ask('x', '#secret')
  expect(w.chat.in('@U-ADA').map(({ message }) => message.title)).toEqual(['x'])
})

test('help lists every preset with a line', async () => {
  const reply = await w.chat.say('U-ADA', 'chart help')
  expect(reply?.message.text).toContain('- **throttling**: share of the periods')
  expect((await w.chat.say('U-ADA', 'chart'))?.message.title).toBe('Charts by name')
})

test('an alert without an expression, of a service without charts, is offered the presets of its labels', async () => {
  await w.fire({ labels: { alertname: 'NodeDown', job: 'node', instance: 'web-1:9100' } })
  await w.settle()
  const message = posted(room).find(({ title }) => title.startsWith('No chart of'))
  expect(message?.buttons).toEqual([{ label: '/chart node', command: 'chart node' }])
  await w.chat.say('U-ADA', 'chart node', room)
  await w.settle()
  expect(posted(room).filter(({ picture }) => picture)).toHaveLength(3)
})

test('twenty that wait are enough', async () => {
  for (let asked = 0; asked < 20; asked += 1) {
    await w.chat.say('U-ADA', 'chart x', '#ops')
    w.clock.set(new Date(w.clock.now().getTime() + 1))
  }
  const reply = await w.chat.say('U-ADA', 'chart x', '#ops')
  expect(reply?.message.title).toContain('20 charts are waiting')
})
