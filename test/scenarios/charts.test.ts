// The pictures of an incident: at its beginning with last week beside it, at its end with what was before and after; and
// what the room hears when there is none.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { untilNextTry } from '../../src/flow/evidence.ts'
import { evidenceRequest } from '../../src/flow/evidence-request.ts'
import { addJobs } from '../../src/store/changes.ts'
import { atBest } from '../busy.ts'
import { json, matrix, type StandIn, standIn } from '../evidence/stand-in.ts'
import { minute, monday, team, type World, world } from './world.ts'

let prometheus: StandIn
let w: World
let fails = false
/** The status it answers with instead, by which question it is; null: it is there. */
let away: (question: number) => number | null = () => null
/** What Prometheus measures at an instant. */
let value: (at: number) => number | null = () => 0.2
let metrics: Record<string, string>[] = []
const room = 'inc-1-payments'

beforeEach(async () => {
  fails = false
  away = () => null
  metrics = [{ __name__: 'x_seconds' }]
  value = (at) => (at < Date.parse(monday) - minute ? 0.2 : 0.9)
  prometheus = await standIn((asked, response) => {
    const status = away(drawn().length)
    if (status !== null) return json(response, { status: 'error', error: 'not now' }, status)
    if (fails) return json(response, { status: 'error', error: 'out of memory' }, 422)
    const [start, step] = [Number(asked.params.get('start')), Number(asked.params.get('step'))]
    const now = w.clock.now().getTime()
    const sample = (index: number) => {
      const at = (start + index * step) * 1000
      const measured = at > now ? null : value(at)
      return measured === null ? null : String(measured)
    }
    matrix(
      asked,
      response,
      metrics.map((metric) => ({ metric, value: sample })),
    )
  })
})
afterEach(async () => {
  await w.stop()
  await prometheus.close()
})

const begin = async (more = '') => {
  w = await world({ yaml: `${team}prometheus: { url: "${prometheus.url}", timeout: 30s }\n${more}` })
}

async function tell(status: 'firing' | 'resolved', name?: string): Promise<void> {
  await send(status, name)
  await w.settle()
}

async function send(status: 'firing' | 'resolved', name = 'Slow'): Promise<void> {
  const url = `http://prometheus:9090/graph?g0.expr=${encodeURIComponent('x_seconds > 0.5')}&g0.tab=1`
  const now = w.clock.now().toISOString()
  const labels = { alertname: name, service: 'payments', severity: 'critical' }
  const alert = { status, labels, annotations: {}, fingerprint: name, generatorURL: url }
  const times =
    status === 'firing' ? { startsAt: now, endsAt: '0001-01-01T00:00:00Z' } : { startsAt: monday, endsAt: now }
  await w.deliver('alertmanager', { version: '4', alerts: [{ ...alert, ...times }] })
}

const pictures = () => w.chat.in(room).flatMap(({ message }) => (message.picture ? [message] : []))
const missing = async () =>
  (await w.view()).timeline.flatMap(({ fact }) => (fact.kind === 'chart_missing' ? [fact.reason] : []))

const drawn = () => prometheus.asked.filter(({ path }) => path.endsWith('/query_range'))

test('the room has a picture with what it shows in words, and asks for the same hours of last week', async () => {
  // Last week is waited for only a moment.
  let isAgain = false
  const scene = async () => {
    if (isAgain) await w.stop()
    isAgain = true
    prometheus.asked.length = 0
    await begin()
    await tell('firing')
    return pictures()[0]
  }
  const message = await atBest(scene, (one) => one?.picture?.alt.includes('Last week') === true)
  expect(message?.title).toBe('Slow · when it began')
  expect(message?.text).toMatch(/^Now 900 ms, was 200 ms an hour ago;/)
  expect(message?.picture?.alt.split('\n')).toEqual([
    'Slow, payments · 2 Mar 09:00 – 10:00 (times in Europe/Berlin).',
    expect.stringMatching(/^x_seconds: first 200 ms, last 900 ms, .*; .*\.$/),
    expect.stringMatching(/^Above the threshold 500 ms since 09:59\.$/),
    'Last week: 200 ms at the end.',
    'Marks: firing 10:00.',
    expect.stringMatching(/^▁+█$/),
  ])
  expect(
    drawn()
      .map(({ params }) => Number(params.get('end')) * 1000)
      .sort(),
  ).toEqual([Date.parse('2026-02-23T09:00:00Z'), Date.parse(monday)])
})

test('at the end there is one of before, during and after, and it goes on for a while without a word', async () => {
  await begin()
  await tell('firing')
  await w.pass(30 * minute)
  value = (at) => (at < Date.parse(monday) - minute || at >= Date.parse(monday) + 30 * minute ? 0.2 : 0.9)
  await tell('resolved')
  await w.pass(6 * minute)
  const last = pictures().at(-1)
  expect(pictures().map(({ title }) => title)).toEqual(['Slow · when it began', 'Slow · before, during and after'])
  expect(last?.text).toMatch(/^Before 200 ms, during 30 min up to 900 ms at \d\d:\d\d, after 200 ms; threshold 500 ms/)
  expect(last?.picture?.alt).toContain('firing 10:00')
  expect(last?.picture?.alt).toContain('resolved 10:35')
  const { charts, timeline } = await w.view()
  expect(charts.map(({ moment }) => moment)).toEqual(['opened', 'resolved'])
  // Drawn twice, told once.
  expect(timeline.filter(({ fact }) => fact.kind === 'chart_drawn')).toHaveLength(2)
})

test('the picture of the end is drawn once more when there is an after', async () => {
  await begin()
  await tell('firing')
  await w.pass(30 * minute)
  await w.chat.say('U-ADA', 'incident resolve', room)
  const view = await w.view()
  expect(evidenceRequest(w.bot, view, 'resolved')).toMatchObject({
    incident: { from: new Date(monday), until: new Date(Date.parse(monday) + 30 * minute) },
    from: new Date(Date.parse(monday) - 30 * minute),
    until: new Date(Date.parse(monday) + 30 * minute),
  })
  const jobs = async () =>
    (
      await w.bot.db.query<{ key: string; run_at: Date }>(
        'select key, run_at from graphile_worker._private_jobs order by key',
      )
    ).rows
  const waiting = (await jobs()).filter(({ key }) => key.includes('draw_chart'))
  expect(waiting.map(({ key }) => key)).toEqual(['tocsin:draw_chart:1:after', 'tocsin:draw_chart:1:resolved'])
  w.clock.set(new Date(w.clock.now().getTime() + 10 * minute))
  value = () => 0.1
  await w.settle()
  expect((await w.view()).charts.at(-1)?.summary).toContain('after 100 ms')
})

test('an alert that came and went is shaded each time', async () => {
  await begin()
  await tell('firing')
  await w.pass(4 * minute)
  await tell('resolved')
  await w.pass(2 * minute)
  await tell('firing')
  await w.pass(3 * minute)
  const [alert] = evidenceRequest(w.bot, await w.view(), 'opened').alerts
  const minutes = alert?.fired?.map(({ from, until }) => [from.getUTCMinutes(), until?.getUTCMinutes() ?? null])
  expect(minutes).toEqual([
    [0, 4],
    [6, null],
  ])
})

test('a Prometheus that refuses is one sentence in the room, not one for each try', async () => {
  await begin()
  fails = true
  await tell('firing')
  expect(await missing()).toEqual([expect.stringContaining('out of memory')])
  const again = { task: 'draw_chart', platform: null, incident: 1, moment: 'opened' } as const
  await addJobs(w.bot.db, [again], w.clock.now())
  await w.settle()
  expect(await missing()).toHaveLength(1)
})

test('a Prometheus that is away when it begins is asked again, and the room has its picture as soon as it is back', async () => {
  await begin()
  away = (n) => (n <= 2 ? 503 : n <= 6 ? 502 : null)
  await tell('firing')
  const told = w.chat.in(room).filter(({ message }) => message.title === 'No chart of Slow')
  expect(told.map(({ message }) => message.text)).toEqual([expect.stringContaining('asked again for half an hour')])
  expect(await missing()).toHaveLength(1)
  expect(pictures().map(({ title }) => title)).toEqual(['Slow · when it began'])
})

test('it is asked again later each time, and one that stays away is left alone after half an hour', async () => {
  await begin()
  away = () => 503
  await tell('firing')
  // Six tries, each with the same hours of last week.
  expect(drawn()).toHaveLength(6 * 2)
  expect(await missing()).toHaveLength(1)
  // The world runs at once what is delayed.
  const job = { task: 'draw_chart', platform: null, incident: 1, moment: 'opened' } as const
  const view = await w.view()
  const waits = [0, 1, 2, 3, 4, 5].map((again) => untilNextTry({ ...job, again }, view))
  expect(waits).toEqual([minute, 2 * minute, 4 * minute, 8 * minute, 16 * minute, null])
  expect(untilNextTry({ ...job, moment: 'after' }, view)).toBeNull()
})

test('who refuses is not asked again, nor anybody once it is over', async () => {
  await begin()
  fails = true
  await tell('firing')
  const asked = drawn().length
  fails = false
  away = () => 503
  await w.chat.say('U-ADA', 'incident resolve', room)
  await addJobs(w.bot.db, [{ task: 'draw_chart', platform: null, incident: 1, moment: 'opened' }], w.clock.now())
  await w.settle()
  expect(asked).toBe(2)
  expect((await missing()).length).toBeLessThanOrEqual(2)
  expect((await w.view()).timeline.some(({ fact }) => fact.kind === 'chart_missing' && fact.again)).toBe(false)
})

test('a chart that cannot be drawn is told of, and the others are drawn', async () => {
  await begin('services: { payments: { charts: [{ title: Traffic, promql: y }] } }\n')
  const render = w.bot.charts.render.bind(w.bot.charts)
  w.bot.charts.render = (chart) =>
    chart.title === 'Slow'
      ? Promise.reject(new PermanentError('The chart was not drawn: drawing took longer than 15 s'))
      : render(chart)
  await tell('firing')
  expect(await missing()).toEqual(['The chart was not drawn: drawing took longer than 15 s'])
  expect(pictures().map(({ title }) => title)).toEqual(['Traffic · when it began'])
  expect(w.chat.in(room).some(({ message }) => message.title === 'No chart of Slow')).toBe(true)
})

test('who wants no comparison and a dark picture has neither line nor light', async () => {
  await begin('charts: { baseline: none, theme: dark }\n')
  await tell('firing')
  expect(drawn()).toHaveLength(1)
  expect(pictures()[0]?.picture?.alt).not.toContain('Last week')
  expect(w.bot.config.charts).toEqual({ baseline: 'none', theme: 'dark' })
})

test('without a Prometheus, an alert that carries what it watches is told once that there is nobody to ask', async () => {
  w = await world({ yaml: team })
  await tell('firing')
  await tell('firing', 'Slower')
  expect(await missing()).toEqual(['no PROMETHEUS_URL is set, so there is nothing to ask'])
})

test('without a Prometheus, an alert that could not be drawn anyway brings no word of charts into the room', async () => {
  w = await world({ yaml: team })
  await w.fire()
  await w.settle()
  expect(await missing()).toEqual([])
  const said = w.chat.in('inc-1-checkout').map(({ message }) => `${message.title} ${message.text ?? ''}`)
  expect(said.length).toBeGreaterThan(1)
  expect(said.join('\n')).not.toMatch(/chart|PROMETHEUS/i)
})

test('a series that has bytes for a name is drawn like any other, and without them', async () => {
  metrics = ['caf\0\u001b[2J\u202Eé', 'home'].map((ssid) => ({ __name__: 'x_seconds', ssid }))
  await begin()
  await tell('firing')
  const facts = (await w.view()).timeline.map(({ fact }) => fact)
  expect(facts.filter(({ kind }) => kind.startsWith('chart_'))).toMatchObject([{ kind: 'chart_drawn' }])
  expect(JSON.stringify(w.chat.sent)).not.toMatch(/\\u0000|\\u001b|\u202E/)
})
