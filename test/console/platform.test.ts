// The console as a chat platform, on a real PostgreSQL.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConsolePlatform } from '../../src/chat/console/platform.ts'
import { ManualClock } from '../../src/clock.ts'
import { PermanentError } from '../../src/errors.ts'
import { messagePicture, messages } from '../../src/store/console.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { now } from '../http/bot.ts'
import { seedIncident } from '../http/seed.ts'

let database: FreshDatabase
let platform: ConsolePlatform
let clock: ManualClock

beforeEach(async () => {
  database = await freshDatabase()
  clock = new ManualClock(now)
  platform = new ConsolePlatform({ db: database.db, clock, publicUrl: 'http://127.0.0.1:8420' })
})
afterEach(() => database.drop())

const hello = { title: 'Hello', tone: 'info' as const, text: 'world' }
const post = (over: object = {}) =>
  platform.post({ to: { channel: '#incidents' }, message: hello, key: 'k1', resumed: false, accounts: {}, ...over })

test('a post is a message in its channel, with or without the # in front', async () => {
  await post()
  await post({ to: { channel: 'incidents' }, key: 'k2' })
  expect(await messages(database.db, 'incidents', 10)).toMatchObject([
    { key: 'k1', postedAt: now, editedAt: null, author: null, message: hello },
    { key: 'k2' },
  ])
})

test('what is posted to a person is in that person’s own channel', async () => {
  await post({ to: { account: 'ada' } })
  expect(await messages(database.db, '@ada', 10)).toHaveLength(1)
})

test('the same key is one message that says what was posted last, and both posts answer the same place', async () => {
  const first = await post()
  const again = await post({ resumed: true, message: { ...hello, title: 'Other' } })
  expect(again).toEqual(first)
  expect(await messages(database.db, 'incidents', 10)).toMatchObject([{ message: { title: 'Other' } }])
})

test('an edit changes the message in place and says when', async () => {
  const ref = await post()
  clock.advance(60_000)
  await platform.update(ref, { ...hello, title: 'Bye' })
  expect(await messages(database.db, 'incidents', 10)).toMatchObject([
    { postedAt: now, editedAt: clock.now(), message: { title: 'Bye', text: 'world' } },
  ])
})

test('a picture is kept apart from the words, and stays through an edit that brings none', async () => {
  const picture = { name: 'chart.png', alt: 'Errors rise', png: new Uint8Array([1, 2, 3]) }
  const ref = await post({ message: { ...hello, picture } })
  await platform.update(ref, { ...hello, title: 'Edited' })
  const [message] = await messages(database.db, 'incidents', 10)
  expect(message?.message).toEqual({ ...hello, title: 'Edited', picture: { name: 'chart.png', alt: 'Errors rise' } })
  expect([...((await messagePicture(database.db, message?.id ?? 0)) ?? [])]).toEqual([1, 2, 3])
})

test('editing a message that is not there is for good', async () => {
  await expect(platform.update({ channel: 'incidents', id: 'never' }, hello)).rejects.toThrow(PermanentError)
})

test('a room is its name, and its link leads into the console', async () => {
  const room = await platform.rooms.open({ name: 'inc-12-checkout', topic: '', key: 'room-12' })
  expect(room).toEqual({
    channel: 'inc-12-checkout',
    name: '#inc-12-checkout',
    url: 'http://127.0.0.1:8420/rooms/inc-12-checkout',
  })
})

test('every post and edit is announced: by its incident in a room, as 0 elsewhere', async () => {
  await seedIncident(database.db, { number: 12, openedAt: now })
  const listener = await database.db.pool.connect()
  const heard: (string | undefined)[] = []
  listener.on('notification', ({ payload }) => heard.push(payload))
  await listener.query('listen tocsin_changed')
  const ref = await post({ to: { channel: 'inc-12-checkout' } })
  await platform.update(ref, hello)
  await post({ key: 'k2' })
  await post({ key: 'k2' })
  await expect.poll(() => heard).toEqual(['12', '12', '0'])
  listener.release(true)
})
