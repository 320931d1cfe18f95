// Alerts that come in and cannot be used: nobody is paged for them, so people hear of it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tellNotices } from '../../src/flow/notices.ts'
import { Refusals } from '../../src/flow/refusals.ts'
import { minute, type World, world } from './world.ts'

let w: World
let refusals: Refusals
beforeEach(async () => {
  w = await world()
  refusals = new Refusals(w.bot)
})
afterEach(() => w.stop())

async function refuse(reason: string, isStranger = false): Promise<void> {
  await refusals.tell({ source: 'alertmanager', reason, isStranger, trace: 't' })
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
}
const told = () => w.chat.in('#incidents').map(({ message }) => message)

test('the incidents channel hears of a reason once a day, by whichever replica', async () => {
  await refuse('alerts[0].startsAt must be a time with its zone, such as 2026-01-05T09:00:00Z')
  for (const place of [1, 2, 3]) {
    w.clock.advance(2 * minute)
    refusals = new Refusals(w.bot)
    await refuse(`alerts[${place}].startsAt must be a time with its zone, such as 2026-01-05T09:00:00Z`)
  }
  expect(told()).toMatchObject([{ title: 'Alerts of alertmanager are refused', tone: 'warning' }])
  expect(told()[0]?.text).toContain('startsAt must be a time')
  expect(told()[0]?.text).toContain('Nobody is paged')
  await refuse('truncatedAlerts: 7 more were left out by Alertmanager; raise max_alerts of this receiver')
  expect(told()).toHaveLength(2)
  w.clock.advance(24 * 60 * minute)
  await refuse('alerts[0].startsAt must be a time with its zone, such as 2026-01-05T09:00:00Z')
  expect(told()).toHaveLength(3)
})

test('of a fault that kept nobody from being paged, the channel hears in other words, once a day', async () => {
  const about = { source: 'alertmanager', isStranger: false, isTaken: true, trace: 't' }
  const warn = vi.spyOn(w.bot.log, 'warn')
  for (const place of [0, 1]) {
    await refusals.tell({ ...about, reason: `alerts[${place}].startsAt must be a time: the time of arrival counts` })
    for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
  }
  expect(told()).toMatchObject([{ title: 'Alerts of alertmanager have a fault', tone: 'warning' }])
  expect(told()[0]?.text).toContain('the time of arrival counts')
  expect(told()[0]?.text).toContain('They count all the same')
  expect(warn.mock.calls).toMatchObject([[{}, 'alerts came with a fault, and were taken all the same']])
})

test('a stranger with a wrong token fills neither the channel nor the log', async () => {
  const warn = vi.spyOn(w.bot.log, 'warn')
  for (const source of ['a', 'b', 'c'])
    await refusals.tell({ source, reason: 'no source of that name', isStranger: true, trace: 't' })
  await refuse('send the token of this source', true)
  expect(told()).toEqual([])
  expect(warn.mock.calls.map(([about]) => about)).toMatchObject([
    { reason: 'no source of that name' },
    { reason: 'send the token of this source' },
  ])
})

test('a source that sent alerts and is not let in any more is told, once a day: its token or its name was changed', async () => {
  await w.fire()
  for (const reason of ['send the token of this source', 'no source of that name'])
    for (const source of ['elsewhere', 'generic', 'generic'])
      await refusals.tell({ source, reason, isStranger: true, trace: 't' })
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
  const refused = told().filter(({ title }) => title.endsWith('are refused'))
  expect(refused.map(({ title }) => title)).toEqual(Array(2).fill('Alerts of generic are refused'))
  expect(refused.map(({ text }) => text).sort()).toEqual([
    expect.stringContaining('What is wrong: no source of that name.'),
    expect.stringContaining('What is wrong: send the token of this source.'),
  ])
})

test('a source that is not let in any more is told with its next try, where the database was away; and names that are tried do not queue there', async () => {
  await w.fire()
  const { db } = w.bot
  let asked = 0
  const query: typeof db.query = (...given) => (++asked === 1 ? Promise.reject(new Error('away')) : db.query(...given))
  refusals = new Refusals({ ...w.bot, db: { ...db, query } } as unknown as typeof w.bot)
  const tries = (sources: string[]) =>
    Promise.all(sources.map((source) => refusals.tell({ source, reason: 'no such', isStranger: true, trace: 't' })))
  await tries(['generic'])
  expect(asked).toBe(1)
  await tries(['generic', 'a', 'b', 'c'])
  // Whether alerts came from there, and the notice.
  expect(asked).toBe(3)
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'test')
  expect(told().map(({ title }) => title)).toContain('Alerts of generic are refused')
})

test('a database that is away costs the notice, and nothing is thrown', async () => {
  const { db } = w.bot
  const broken = { ...w.bot, db: { ...db, query: () => Promise.reject(new Error('away')) } } as unknown as typeof w.bot
  await new Refusals(broken).tell({ source: 'generic', reason: 'title is missing', isStranger: false, trace: 't' })
  await new Refusals(broken).tell({ source: 'generic', reason: 'no token', isStranger: true, trace: 't' })
})
