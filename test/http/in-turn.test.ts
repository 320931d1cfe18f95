// Long answers are made one after another, and once for all who wait.
import { expect, test } from 'vitest'
import { InTurn } from '../../src/http/in-turn.ts'
import { now } from './bot.ts'
import { seedAlert, seedIncident } from './seed.ts'
import { withServer } from './with-server.ts'

const server = withServer()

test('all of a storm is read twice for ten people who look at once, and each sees all of it', async () => {
  const { db } = server.database
  await seedIncident(db, { number: 1, openedAt: now })
  for (let i = 0; i < 110; i++) await seedAlert(db, 1, { fingerprint: `f${i}`, labels: {}, startsAt: now })
  const look = async () => {
    const answer = await fetch(`${server.url}/console/room?incident=1&whole=1`)
    const { incident } = (await answer.json()) as { incident: { alerts: unknown[] } }
    return [answer.headers.get('content-type'), incident.alerts.length]
  }
  const seen = ['application/json; charset=utf-8', 110]
  let readings = 0
  let arrived: Promise<unknown> = Promise.resolve()
  const query = async (...asked: Parameters<typeof db.query>) => {
    if (JSON.stringify(asked).includes('from incidents i where number')) readings++
    await arrived
    return db.query(...asked)
  }
  await server.restart({}, { ...db, query } as typeof db)
  expect(await look()).toEqual(seen)
  expect(readings).toBe(1)

  let left = 10
  arrived = new Promise((resolve) => {
    server.app.server.on('request', () => --left === 0 && setImmediate(resolve))
  })
  expect(await Promise.all(Array.from({ length: 10 }, look))).toEqual(Array(10).fill(seen))
  expect(readings).toBe(1 + 2)
})

test('whoever asks while an answer is made gets one that is begun afterwards, when all others had a turn', async () => {
  const turns = new InTurn()
  let end = (_: number) => {}
  const first = new Promise<number>((resolve) => (end = resolve))
  const begun: string[] = []
  const make = (name: string, answer: unknown) => async () => {
    begun.push(name)
    return await answer
  }
  const made = [turns.json('storm', make('first', first))]
  await new Promise(setImmediate)
  made.push(turns.json('storm', make('second', 2)), turns.json('storm', make('third', 3)))
  await new Promise(setImmediate)
  expect(begun).toEqual(['first'])
  end(1)
  expect((await Promise.all(made)).map(String)).toEqual(['1', '2', '2'])
  expect(begun).toEqual(['first', 'second'])
})

test('what cannot be made is told to whoever asked, and the next is made', async () => {
  const turns = new InTurn()
  const refused = turns.json('a', async () => Promise.reject(new Error('there is no incident 7')))
  const next = turns.json('b', async () => ({ number: 8 }))
  await expect(refused).rejects.toThrow('there is no incident 7')
  expect(String(await next)).toBe('{"number":8}')
})
