// Our own database: a bot that cannot write to it pages nobody, and everybody hears so from the bot itself.
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { Blindness } from '../../src/flow/blindness.ts'
import { connect, type Db } from '../../src/store/db.ts'
import { holdName, placeOf } from '../../src/store/presence.ts'
import { wireTo } from '../processes/wire.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const told = () => w.chat.in('#incidents').map(({ message }) => message)

/** What a full disk answers whoever wants another page. */
async function fillDisk(): Promise<void> {
  await w.bot.db.query(`
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
  await w.bot.db.query('create trigger full_disk before insert on write_trials execute function refuse()')
}
const clearDisk = (): Promise<unknown> => w.bot.db.query('drop function refuse cascade')

async function look(blindness: Blindness, minutes = 0): Promise<void> {
  w.clock.advance(minutes * minute)
  await blindness.look()
}

test('a database that takes nothing for two minutes is told to everybody once, and the message says when it is over', async () => {
  const blindness = new Blindness(w.bot)
  await look(blindness)
  expect(blindness.problem).toBeNull()
  await fillDisk()
  await look(blindness, 1)
  expect(blindness.problem).toContain('No space left on device')
  await look(blindness, 1)
  expect(told()).toEqual([])
  await look(blindness, 1)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ title: expect.stringContaining('cannot page anybody'), mentions: 'channel' }])
  expect(told()[0]?.text).toContain('No space left on device')
  await clearDisk()
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
  await look(blindness, 1)
  expect(blindness.problem).toBeNull()
  expect(told()).toMatchObject([{ title: 'Tocsin pages again', tone: 'good' }])
  expect(told()[0]?.text).toContain('10:01 to 10:05')
  expect(told()[0]?.mentions).toBeUndefined()
})

test('a restart of the database is nobody’s business, and the trials leave nothing behind', async () => {
  const blindness = new Blindness(w.bot)
  for (const restart of [1, 2]) {
    await fillDisk()
    await look(blindness, restart)
    await clearDisk()
    await look(blindness, 1)
    await look(blindness, 1)
    expect(blindness.problem).toBeNull()
  }
  expect(told()).toEqual([])
  expect((await w.bot.db.query('select 1 from write_trials')).rowCount).toBe(0)
})

test('a full disk on which there is room for a row now and then counts as full all the time', async () => {
  const blindness = new Blindness(w.bot)
  await fillDisk()
  await look(blindness)
  await clearDisk()
  await look(blindness, 0.5)
  expect(blindness.problem).toContain('No space left')
  await fillDisk()
  await look(blindness, 0.5)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
  await clearDisk()
  await look(blindness)
  await fillDisk()
  await look(blindness, 0.5)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
  expect(told()[0]?.text).toContain('Since 10:00.')
})

test('a database that cannot be reached is told without it', async () => {
  const database = new URL(await addressOf(w.bot.db))
  const wire = await wireTo(database.href)
  const db = connect(wire.url)
  const blindness = new Blindness({ ...w.bot, db })
  wire.cut()
  await look(blindness)
  await look(blindness, 2)
  expect(told()).toMatchObject([{ title: expect.stringContaining('cannot page anybody') }])
  wire.mend()
  await look(blindness, 1)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ title: 'Tocsin pages again' }])
  await db.end()
})

test('copies that lose the same database tell it once', async () => {
  const copies = [new Blindness(w.bot), new Blindness(w.bot)]
  await fillDisk()
  for (const minutes of [0, 2]) {
    await look(copies[0] as Blindness, minutes)
    await look(copies[1] as Blindness)
  }
  expect(told()).toHaveLength(1)
})

test.each(['all copies were', 'all but one copy were'])(
  'a second time within ten minutes is told anew, once, where %s started in between',
  async (which) => {
    const before = new Blindness(w.bot)
    await look(before)
    await fillDisk()
    await look(before)
    await look(before, 2)
    expect(told()).toHaveLength(1)
    await clearDisk()
    await look(before)
    await look(before, 1)
    const started = new Blindness(w.bot)
    const copies = which.startsWith('all') ? [started, new Blindness(w.bot)] : [started, before, new Blindness(w.bot)]
    const lookAll = async (...after: number[]) => {
      for (const minutes of after) {
        w.clock.advance(minutes * minute)
        for (const copy of copies) await look(copy)
      }
    }
    const [over, anew] = [{ tone: 'good' }, { tone: 'critical', mentions: 'channel' }]
    await lookAll(0)
    await fillDisk()
    await lookAll(1, 2, 1)
    expect(told()).toMatchObject([over, anew])
    await clearDisk()
    await lookAll(0, 1)
    await fillDisk()
    await lookAll(0.5, 2, 1)
    expect(told()).toMatchObject([over, over, anew])
    // A chat may take one that has the name of an earlier one for that.
    expect(new Set(w.chat.in('#incidents').map(({ key }) => key)).size).toBe(3)
  },
)

/** Copies that are alive, in the order in which the database knows them. */
async function copiesAlive(count: number): Promise<Blindness[]> {
  const names: string[] = []
  for (let i = 0; i < count; i++) {
    const session = await w.bot.db.session({ lost: () => {} })
    onTestFinished(() => session.end())
    await holdName(session, `copy ${i}`)
    names[i] = `copy ${i}`
  }
  const places = await Promise.all(names.map((name) => placeOf(w.bot.db, name)))
  expect([...places].sort()).toEqual(names.map((_, i) => i))
  return names.toSorted((a, b) => (places[names.indexOf(a)] ?? 0) - (places[names.indexOf(b)] ?? 0)).map(alive)
}
const alive = (name: string) => new Blindness(w.bot, () => name)

test('copies that look at the same moment tell it once, although a chat does not show at once what it took', async () => {
  const copies = await copiesAlive(3)
  const { post } = w.chat
  let shownAt = 0
  w.chat.post = (given) => {
    const isShown = w.clock.now().getTime() >= shownAt
    shownAt = w.clock.now().getTime() + 3_000
    return post.call(w.chat, { ...given, resumed: given.resumed && isShown })
  }
  const lookAll = () => Promise.all(copies.map((copy) => copy.look()))
  await lookAll()
  await fillDisk()
  for (let i = 0; i < 60; i++) {
    w.clock.advance(5_000)
    await lookAll()
  }
  expect(told()).toHaveLength(1)
  await clearDisk()
  w.clock.advance(minute)
  await lookAll()
  w.clock.advance(minute)
  await lookAll()
  expect(told()).toMatchObject([{ title: 'Tocsin pages again' }])
})

test('where the copy that should tell it is gone, the next one does a minute later', async () => {
  const [, next] = (await copiesAlive(2)) as [Blindness, Blindness]
  await look(next)
  await fillDisk()
  await look(next)
  await look(next, 2)
  expect(told()).toEqual([])
  await look(next, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
})

test('nobody waits for longer than five minutes, whatever else holds locks in the same database', async () => {
  const last = (await copiesAlive(8)).at(-1) as Blindness
  await look(last)
  await fillDisk()
  await look(last)
  await look(last, 4)
  expect(told()).toEqual([])
  await look(last, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
})

test('copies that notice it on either side of ten minutes tell it once', async () => {
  const copies = await copiesAlive(2)
  for (const copy of copies) await look(copy)
  await fillDisk()
  w.clock.set(new Date('2026-03-02T09:09:50Z'))
  await look(copies[0] as Blindness)
  w.clock.set(new Date('2026-03-02T09:10:10Z'))
  await look(copies[1] as Blindness)
  for (let i = 0; i < 4; i++) {
    w.clock.advance(minute)
    for (const copy of copies) await look(copy)
  }
  expect(told()).toHaveLength(1)
})

test('where one may not look for what another copy said, it is told all the same', async () => {
  const blindness = new Blindness(w.bot)
  const { post } = w.chat
  w.chat.post = (given) =>
    given.resumed ? Promise.reject(new PermanentError('missing channels:history')) : post.call(w.chat, given)
  await fillDisk()
  await look(blindness)
  await look(blindness, 2)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
})

test('a second time within minutes is told anew', async () => {
  const blindness = new Blindness(w.bot)
  for (const time of [1, 2]) {
    await fillDisk()
    await look(blindness, 1)
    await look(blindness, 2)
    expect(told()).toHaveLength(time)
    expect(told().at(-1)).toMatchObject({ tone: 'critical' })
    await clearDisk()
    await look(blindness)
    await look(blindness, 1)
  }
})

test('a chat that is away too hears of it when it is back, and of the end', async () => {
  const blindness = new Blindness(w.bot)
  await fillDisk()
  await look(blindness)
  w.chat.failures.push({ when: 'before', error: new Error('slack is away') })
  await look(blindness, 2)
  expect(told()).toEqual([])
  await look(blindness, 1)
  expect(told()).toHaveLength(1)
  const { update } = w.chat
  w.chat.update = () => Promise.reject(new Error('slack is away'))
  await clearDisk()
  await look(blindness)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'critical' }])
  w.chat.update = update
  await look(blindness)
  expect(told()).toMatchObject([{ title: 'Tocsin pages again' }])
})

async function addressOf(db: Db): Promise<string> {
  const { connectionString } = db.pool.options
  return connectionString ?? ''
}

test('a chat that is away at the end holds up nothing: the next time is one of its own, told anew, and each message says its end', async () => {
  const blindness = new Blindness(w.bot)
  const { update } = w.chat
  await fillDisk()
  await look(blindness)
  await look(blindness, 2)
  w.chat.update = () => Promise.reject(new Error('slack is away'))
  await clearDisk()
  await look(blindness)
  await look(blindness, 1)
  expect(blindness.problem).toBeNull()
  await look(blindness, 30)
  await fillDisk()
  await look(blindness)
  expect(told()).toHaveLength(1)
  await look(blindness, 2)
  expect(told()).toMatchObject([{ tone: 'critical' }, { tone: 'critical', mentions: 'channel' }])
  expect(told()[1]?.text).toContain('Since 10:33.')
  w.chat.update = update
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'good' }, { tone: 'critical' }])
  await clearDisk()
  await look(blindness)
  await look(blindness, 1)
  expect(told()).toMatchObject([{ tone: 'good' }, { tone: 'good' }])
})
