// Too few connections make pages late in a storm: whose limit it is must be said before there is one.
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/store/db.ts'
import { roomFor } from '../../src/store/room.ts'
import { freshDatabase } from '../database.ts'

test('the narrowest limit is named: of the server, the database or the role', async () => {
  const { url, db, drop } = await freshDatabase()
  const name = new URL(url).pathname.slice(1)
  const role = `narrow_${name}`
  await db.query(`create role ${role} login password 'narrow'`)
  const own = new URL(url)
  Object.assign(own, { username: role, password: 'narrow' })
  const narrow = connect(own.href, { max: 1 })
  onTestFinished(async () => {
    await narrow.end()
    await db.query(`drop role ${role}`)
    await drop()
  })
  expect((await roomFor(narrow)).by).toBe('max_connections of the server')
  await db.query(`alter database ${name} connection limit 20`)
  expect(await roomFor(narrow)).toEqual({ connections: 20, by: `the limit of the database ${name}` })
  await db.query(`alter role ${role} connection limit 14`)
  expect(await roomFor(narrow)).toEqual({ connections: 14, by: `the limit of the role ${role}` })
})
