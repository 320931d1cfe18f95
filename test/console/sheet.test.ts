// What one turn tells the console is written down together, once, in its order.
import { expect, it } from 'vitest'
import { ConsolePlatform } from '../../src/chat/console/platform.ts'
import { systemClock } from '../../src/clock.ts'
import type { Message } from '../../src/core/message.ts'
import { messagePicture, messages } from '../../src/store/console.ts'
import type { Db } from '../../src/store/db.ts'
import { freshDatabase } from '../database.ts'

const message = (title: string, more: Partial<Message> = {}): Message => ({ title, tone: 'info', ...more })
const post = (key: string, said: Message) => ({
  ...{ to: { channel: '#room' }, key, message: said, resumed: false, accounts: {} },
})
const picture = (byte: number) => ({ name: 'chart.png', alt: 'a chart', png: new Uint8Array([byte, 0, 255]) })

async function setting() {
  const { db } = await freshDatabase()
  let statements = 0
  const counted: Db = {
    ...db,
    query: (text, values) => {
      statements++
      return db.query(text, values)
    },
  }
  const platform = new ConsolePlatform({ db: counted, clock: systemClock, publicUrl: 'http://localhost' })
  const titles = async () => (await messages(db, 'room', 10)).map((one) => one.message.title)
  return { db, platform, titles, statements: () => statements }
}

it('is there when it is written, all at once and in order', async () => {
  const { platform, titles, statements } = await setting()
  const sheet = platform.sheet()
  const keys = ['card', 'announcement', 'e1', 'e2']
  for (const key of keys) expect(await sheet.post(post(key, message(key)))).toEqual({ channel: 'room', id: key })
  expect(await titles()).toEqual([])
  await sheet.written()
  expect(await titles()).toEqual(keys)
  expect(statements()).toBe(1)
  await sheet.written()
  expect(statements()).toBe(1)
})

it('is there once, whoever writes it again', async () => {
  const { platform, titles } = await setting()
  for (const sheet of [platform.sheet(), platform.sheet()]) {
    await sheet.post(post('card', message('card')))
    await sheet.written()
  }
  expect(await titles()).toEqual(['card'])
})

it('edits what was posted in the same turn, and the last edit counts', async () => {
  const { platform, titles } = await setting()
  const sheet = platform.sheet()
  const ref = await sheet.post(post('card', message('open')))
  await sheet.update(ref, message('acknowledged'), {})
  await sheet.update(ref, message('resolved'), {})
  await sheet.written()
  expect(await titles()).toEqual(['resolved'])
})

it('keeps a picture through edits, until a new one comes', async () => {
  const { db, platform } = await setting()
  const ref = await platform.post(post('chart', message('a chart', { picture: picture(7) })))
  const [posted] = await messages(db, 'room', 10)
  const bytes = async () => [...((await messagePicture(db, posted?.id ?? 0)) ?? [])]
  expect(await bytes()).toEqual([7, 0, 255])
  await platform.update(ref, message('words only'))
  expect(await bytes()).toEqual([7, 0, 255])
  expect((await messages(db, 'room', 10))[0]?.message).toMatchObject({
    title: 'words only',
    picture: { alt: 'a chart' },
  })
  await platform.update(ref, message('anew', { picture: picture(9) }))
  expect(await bytes()).toEqual([9, 0, 255])
})

it('is written again when the database was away', async () => {
  const { db, titles } = await setting()
  let isAway = true
  const query: Db['query'] = async (text, values) => {
    if (isAway) throw new Error('away')
    return db.query(text, values)
  }
  const platform = new ConsolePlatform({ db: { ...db, query }, clock: systemClock, publicUrl: 'http://localhost' })
  const sheet = platform.sheet()
  await sheet.post(post('card', message('card')))
  await expect(sheet.written()).rejects.toThrow('away')
  isAway = false
  await sheet.written()
  expect(await titles()).toEqual(['card'])
})

it('says once, and as it was said last, what is posted twice with one key', async () => {
  const { platform, titles } = await setting()
  const sheet = platform.sheet()
  await sheet.post(post('card', message('first')))
  await sheet.post(post('card', message('second')))
  await sheet.written()
  expect(await titles()).toEqual(['second'])
})
