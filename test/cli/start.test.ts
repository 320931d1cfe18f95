// The bot as a process: started, used from the command line, stopped by signals.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { cli, type Started, startCli } from './cli.ts'

let database: FreshDatabase
let bot: Started | null = null
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  bot?.process.kill('SIGKILL')
  await bot?.ended
  bot = null
  await database.drop()
})

test('start, alert, incidents, recover, stop: the whole evening from the command line', async () => {
  bot = await startCli({ DATABASE_URL: database.url, PORT: '0' })
  expect(bot.text()).toMatch(/Next: open http/)
  const to = ['--url', bot.url]
  expect((await cli(['incidents', ...to])).out).toBe('No incidents.\n')

  const night = await cli(['simulate', '--at', '03:00', ...to])
  expect(night.out).toMatch(/^Simulation[\s\S]*until somebody acknowledges\.\n$/)

  const sent = await cli(['alert', ...to])
  expect(sent.out).toMatch(/is firing[\s\S]*Incident 1 .* is open[\s\S]*incidents\/1/)
  expect(JSON.parse((await cli(['alert', '--json', ...to])).out)).toMatchObject({ accepted: 1, incident: 1 })
  expect(JSON.parse((await cli(['alert', '--name', 'DiskFull', '--json', ...to])).out)).toMatchObject({ incident: 2 })
  expect((await cli(['incidents', '--status', 'open', ...to])).out).toMatch(/^#2 .*\n#1 .*\n$/)
  expect((await cli(['alert', '--recover', ...to])).out).toMatch(/is resolved[\s\S]*quiet period/)
  expect((await cli(['incidents', '--status', 'bogus', ...to])).err).toMatch(/status: must be one of/)

  bot.process.kill('SIGTERM')
  expect(await bot.ended).toBe(0)
  expect(bot.text()).toMatch(/Stopping[\s\S]*Stopped/)
})

test('with --json the start says one line a program can read', async () => {
  bot = await startCli({ DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'silent' }, ['start', '--json'])
  expect(JSON.parse(bot.text().split('\n')[0] ?? '')).toMatchObject({ url: bot.url })
  expect((await fetch(`${bot.url}/ready`)).status).toBe(200)
})

test('a port that is taken is named, with another one to choose', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const start = startCli({ DATABASE_URL: database.url, PORT: String(port) })
  await expect(start).rejects.toThrow(new RegExp(`ended with 1:[\\s\\S]*port ${port} .* PORT=${port + 1}`))
  taken.close()
})

test('a database that lets nobody in is named, without its password', async () => {
  const wrong = new URL(database.url)
  wrong.password = 'not-the-password'
  const start = startCli({ DATABASE_URL: wrong.href, PORT: '0' })
  await expect(start).rejects.toThrow(/ended with 1:[\s\S]*does not let us in[\s\S]*DATABASE_URL/)
  await expect(start).rejects.not.toThrow(/not-the-password/)
})
