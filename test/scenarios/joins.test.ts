// Alerts that join an incident about which nothing is decided: most of what comes in, written by a statement of its own.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withEffects } from '../../src/flow/effects.ts'
import { Intake } from '../../src/flow/intake.ts'
import { openIncident, writing } from '../../src/flow/opening.ts'
import { sources } from '../../src/sources/index.ts'
import { writeChanges } from '../../src/store/changes.ts'
import { type News, startFeed } from '../../src/worker/feed.ts'
import { startOnlookers } from '../../src/worker/onlookers.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const instance = (name: string) => ({ labels: { alertname: 'Down', instance: name } })

async function dueAt(): Promise<Date | null> {
  const { rows } = await w.bot.db.query<{ due_at: Date | null }>('select due_at from incidents where number = 1')
  return rows[0]?.due_at ?? null
}

it('an incident that was put off until something happens is looked at again', async () => {
  await w.fire(instance('a'))
  const before = await dueAt()
  await w.bot.db.query('update incidents set due_at = null')
  await w.fire(instance('b'))
  expect(await dueAt()).toEqual(before)
})

it('an alert that cannot be kept leaves nothing of the others, and is kept when it comes again', async () => {
  await w.fire(instance('a'))
  await w.bot.db.query("alter table timeline add constraint full_disk check (fact ->> 'fingerprint' is null) not valid")
  await expect(w.fire(instance('b'))).rejects.toThrow('the database did not take the alerts')
  expect((await w.view()).alerts).toHaveLength(1)
  await w.bot.db.query('alter table timeline drop constraint full_disk')
  await w.fire(instance('b'))
  expect((await w.view()).alerts).toHaveLength(2)
})

it('a delivery that cannot be kept takes none of those with it that came at the same moment', async () => {
  await w.fire(instance('a'))
  await w.bot.db.query("alter table alerts add constraint poison check (labels ->> 'instance' <> 'poison')")
  const deliveries = ['b', 'poison', 'c', 'd'].map((name) => w.fire(instance(name)))
  const came = await Promise.allSettled(deliveries)
  expect(came.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  const { alerts } = await w.view()
  expect(alerts.map(({ labels }) => labels.instance).sort()).toEqual(['a', 'b', 'c', 'd'])
})

it('rooms hear of it, and so does the card of an incident whose room has heard everything', async () => {
  await w.fire(instance('a'))
  await w.settle()
  await w.fire(instance('b'))
  await w.pass(minute)
  expect(w.chat.sent.some((message) => JSON.stringify(message).includes('2 of 2 firing'))).toBe(true)
})

const services = ['one', 'two', 'three']
const severally = (name: string) => ({
  alerts: services.map((service) => ({ title: 'Down', service, severity: 'none', ...instance(name) })),
})

/** What the feed hears of `work`, up to the announcement that nothing else is coming. */
async function heard(work: (news: News[]) => Promise<void>): Promise<News[]> {
  const news: News[] = []
  const feed = await startFeed(w.bot)
  feed.subscribe((one) => news.push(one))
  await work(news)
  await w.bot.db.query("select pg_notify('tocsin_changed', '99 told')")
  await expect.poll(() => news.at(-1)?.incident).toBe(99)
  await feed.stop()
  return news
}

it('whoever watches hears of each of the incidents that alerts joined, once', async () => {
  await w.deliver('generic', severally('a'))
  const news = await heard(() => w.deliver('generic', severally('b')))
  expect(news.map(({ incident }) => incident)).toEqual([1, 2, 3, 99])
  expect(news.map(({ told, due, paged }) => told || due || paged)).toEqual([false, false, false, true])
})

it('in a storm, whoever watches hears at once, then a few times a second, and of the last one too', async () => {
  await w.deliver('generic', severally('a'))
  const onlookers = startOnlookers(w.bot)
  const intake = new Intake(w.bot, { joined: onlookers.joined })
  const begun = performance.now()
  const news = await heard(async (sofar) => {
    for (let i = 0; i < 20; i++) {
      const { alerts } = sources.generic?.parse(severally(`b${i}`), w.clock.now()) ?? { alerts: [] }
      await intake.accept({ alerts: i === 19 ? alerts.slice(2) : alerts.slice(0, 2) }, 'trace')
    }
    await expect.poll(() => sofar.map(({ incident }) => incident)).toContain(3)
    await onlookers.stop()
  })
  const numbers = news.map(({ incident }) => incident)
  expect(numbers.slice(0, 2)).toEqual([1, 2])
  expect(numbers).toContain(3)
  // Of two incidents, five times a second; and of the third and the last.
  expect(numbers.length).toBeLessThan(6 + (performance.now() - begun) / 100)
})

it('a decision that was made on another version of the incident is not written, with all that came with it', async () => {
  await w.fire(instance('a'))
  const { incident, clocks } = await w.view()
  const opening = openIncident(
    w.bot,
    { ...incident, number: 2, groupingKey: null, by: 'ada', alert: null },
    w.clock.now(),
  )
  const change = withEffects(w.bot, opening)
  if (change === null) throw new Error('nothing to write')
  const join = {
    ...change,
    incident,
    clocks: [],
    entries: change.entries,
    isNew: false,
    stands: true,
    runbook: [],
    jobs: [],
  }
  expect(clocks.length).toBeGreaterThan(0)
  await expect(writeChanges(w.bot.db, [join], writing(w.bot), new Map([[1, '1']]))).rejects.toMatchObject({
    code: '40001',
  })
  expect((await w.view()).timeline.filter((one) => one.fact.kind === 'incident_opened')).toHaveLength(1)
})

it('an incident that is deleted takes its alerts and its timeline along, and nobody else’s', async () => {
  await w.fire(instance('a'))
  await w.fire({ service: 'search', ...instance('b') })
  await w.bot.db.query('delete from incidents where number = 1')
  const { rows } = await w.bot.db.query('select incident from alerts union all select incident from timeline')
  expect(rows.length).toBeGreaterThan(1)
  expect(new Set(rows.map((row) => row.incident))).toEqual(new Set([2]))
})

/** An intake as the program has it, whose announcements somebody else makes; `asked`: its statements, by their names. */
function quietIntake() {
  const asked: string[] = []
  const { line } = w.bot.db
  const query: typeof line.query = (statement, values) => {
    if (typeof statement === 'object') asked.push(statement.name ?? '')
    return line.query(statement, values)
  }
  const bot = { ...w.bot, db: { ...w.bot.db, line: { ...line, query } } }
  const intake = new Intake(bot, { joined: () => {} })
  const fire = async (name: string, status = 'firing') => {
    const body = { alerts: [{ title: 'Down', service: 'checkout', severity: 'critical', status, ...instance(name) }] }
    await intake.accept({ alerts: sources.generic?.parse(body, w.clock.now()).alerts ?? [] }, 'trace')
    return asked.splice(0)
  }
  return { fire }
}

const wakeAt = async () =>
  (await w.bot.db.query<{ wake_at: Date | null }>('select wake_at from deliveries where incident = 1')).rows[0]?.wake_at

it('rooms that wait to be told of one alert are not woken for the next', async () => {
  const { fire } = quietIntake()
  await fire('a')
  await w.settle()
  expect(await fire('b')).toEqual(['tell_joins'])
  const first = await wakeAt()
  expect(first).toBeInstanceOf(Date)
  w.clock.advance(100)
  expect(await fire('c')).toEqual(['record_joins'])
  expect(await wakeAt()).toEqual(first)
  expect((await w.view()).alerts).toHaveLength(3)
  await w.pass(minute)
  expect(w.chat.sent.some((message) => JSON.stringify(message).includes('3 of 3 firing'))).toBe(true)
  expect(await fire('d')).toEqual(['tell_joins'])
})

it('a room that was told sooner than was known is woken again, and the alert is there once', async () => {
  const { fire } = quietIntake()
  await fire('a')
  await w.settle()
  await fire('b')
  await w.bot.db.query('update deliveries set wake_at = null')
  expect(await fire('c')).toEqual(['record_joins', 'tell_joins'])
  expect(await wakeAt()).toBeInstanceOf(Date)
  const { alerts, timeline } = await w.view()
  expect(alerts).toHaveLength(3)
  expect(timeline.filter(({ fact }) => fact.kind === 'alert_fired')).toHaveLength(3)
})

it('a room that somebody is just claiming is not taken for one that waits', async () => {
  const { fire } = quietIntake()
  await fire('a')
  await w.settle()
  await fire('b')
  const waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  let joining: Promise<string[]> | undefined
  await w.bot.db.tx(async (q) => {
    await q.query('update deliveries set wake_at = null')
    joining = fire('c')
    await expect.poll(async () => (await w.bot.db.query(waits)).rowCount).toBeGreaterThan(0)
  })
  expect(await joining).toEqual(['record_joins', 'tell_joins'])
  expect(await wakeAt()).toBeInstanceOf(Date)
})

it('an alert that was here before is no new one, and its room is told', async () => {
  const { fire } = quietIntake()
  await fire('a')
  await fire('b')
  await w.settle()
  await fire('b', 'resolved')
  expect(await fire('b')).toContain('tell_joins')
  expect((await w.view()).alerts.map(({ status }) => status)).toEqual(['firing', 'firing'])
})
