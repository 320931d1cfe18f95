// The real program whose log cannot be written: it goes on, and says so where somebody looks.
import { expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from '../database.ts'
import { configFile, startTocsin } from './tocsin.ts'

it('starts, takes alerts and stops while the disk of its log is full, and its health says so', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const { url, stop } = await startTocsin({ DATABASE_URL: database.url, LOG_FILE: '/dev/full' })
  const alert = await fetch(`${url}/alerts/generic`, {
    method: 'POST',
    headers: { authorization: 'Bearer quickstart', 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'The disk is full', severity: 'critical' }),
  })
  expect(alert.status).toBe(202)
  const health = await fetch(`${url}/health`)
  expect(health.status).toBe(200)
  expect(await health.json()).toMatchObject({
    status: 'degraded',
    checks: { log: { ok: false, detail: expect.stringMatching(/^it cannot be written: ENOSPC/) } },
  })
  expect(await stop()).toBe(0)
})

it('notes in its log what the configuration probably does not mean: in a container nobody reads anything else', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const { output } = await startTocsin({
    DATABASE_URL: database.url,
    TOCSIN_CONFIG: configFile('people: { ada: {} }\nsources: { generic: { token: secret } }'),
  })
  const lines = output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      note: expect.stringMatching(/token of source generic can be guessed/),
    }),
  )
  expect(lines).toContainEqual(expect.objectContaining({ level: 'info', msg: 'on watch', version: '0.1.0' }))
})
