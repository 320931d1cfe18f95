// The connections the bot lives on: none of them may be lost to something that went wrong.
import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connect, type Queryable } from '../../src/store/db.ts'
import { freshDatabase } from '../database.ts'

test('connections that are made ready are all given back, also when the database has no room for every one of them', async () => {
  const { url, db, drop } = await freshDatabase()
  const role = `few_${new URL(url).pathname.slice(1)}`
  await db.query(`create role ${role} login password 'few' connection limit 3`)
  const own = new URL(url)
  Object.assign(own, { username: role, password: 'few' })
  const few = connect(own.href)
  onTestFinished(async () => {
    await few.end()
    await db.query(`drop role ${role}`)
    await drop()
  })
  const ask = async (q: Queryable) => void (await q.query('select 1'))
  await expect(few.warm(ask, ask)).rejects.toThrow(/too many connections/)
  await db.query(`alter role ${role} connection limit 50`)
  // As many as there are, side by side.
  const lines = 4
  let there = 0
  let go = () => {}
  const all = new Promise<void>((resolve) => {
    go = resolve
  })
  await Promise.all(
    Array.from({ length: lines }, () =>
      few.line.tx(async (q) => {
        await q.query('select 1')
        if (++there === lines) go()
        await all
      }),
    ),
  )
  expect(there).toBe(lines)
})

test('a statement that somebody was faster than does not cost the connection, with all that was planned on it', async () => {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  const connection = async () => (await db.line.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  const before = await connection()
  await expect(db.line.query('select refuse_stale_write(1)')).rejects.toMatchObject({ code: '40001' })
  expect(await connection()).toBe(before)
})

test('a connection that broke is not lent out again', async () => {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  await expect(db.line.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow()
  expect((await db.line.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

/** What a client ends with, and what a server that is stopped says instead of an answer: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const goodbye = 'X'.charCodeAt(0)
const fields = 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'
const goingAway = new Uint8Array([...Buffer.from('E'), 0, 0, 0, 4 + fields.length, ...Buffer.from(fields)])

test('a connection that the database ends first, while it is being ended, is no break that anybody is told of', async () => {
  const { url, drop } = await freshDatabase()
  const { hostname, port } = new URL(url)
  const ended: Promise<unknown>[] = []
  const server = createServer((near) => {
    const far = dial({ host: hostname, port: Number(port) })
    for (const one of [near, far]) one.on('error', () => {})
    near.on('data', (said: Uint8Array) => void (said[0] === goodbye ? near.end(goingAway) : far.write(said)))
    near.on('close', () => far.destroy())
    ended.push(once(near, 'close'))
    // Not its end: the answer to the goodbye comes after it.
    far.pipe(near, { end: false })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await drop()
  })
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  const told: Error[] = []
  const db = connect(through.href, { onError: (error) => told.push(error) })
  await Promise.all([db.query('select 1'), db.line.query('select 1')])
  await db.end()
  await Promise.all(ended)
  expect(ended).toHaveLength(2)
  expect(told).toEqual([])
})
