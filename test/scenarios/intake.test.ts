// Accepting alerts while the database is slow or away: what cannot be written is refused, so that the sender keeps it.

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { Alert } from '../../src/core/alert.ts'
import { TransientError } from '../../src/errors.ts'
import { Intake } from '../../src/flow/intake.ts'
import { connect } from '../../src/store/db.ts'
import { type World, world } from './world.ts'

async function opened(): Promise<World> {
  const w = await world()
  onTestFinished(() => w.stop())
  return w
}

function alertNamed(fingerprint: string): Alert {
  const labels = { alertname: 'Down', service: 'checkout', severity: 'critical' }
  const at = new Date('2026-03-02T09:00:00Z')
  return {
    ...{ source: 'generic', fingerprint, status: 'firing', labels },
    ...{ annotations: {}, startsAt: at, endsAt: null, generatorUrl: null },
  }
}

it('refuses alerts beyond what may wait, and writes all that it did not refuse', async () => {
  const w = await opened()
  const results: Promise<string>[] = []
  await w.bot.db.tx(async (q) => {
    await q.query('lock table alerts in access exclusive mode')
    for (let i = 0; i < 30; i++) {
      const alerts = Array.from({ length: 1_000 }, () => alertNamed(`a-${i}`))
      const outcome = w.intake.accept({ alerts }, 'trace').then(
        () => 'written',
        (error) => (error instanceof TransientError ? 'refused' : String(error)),
      )
      results.push(outcome)
    }
  })
  const outcomes = await Promise.all(results)
  expect(outcomes).not.toContain('undefined')
  const written = outcomes.filter((one) => one === 'written').length
  expect(outcomes.filter((one) => one === 'refused')).toHaveLength(30 - written)
  expect(written).toBe(21)
  expect((await w.view()).alerts).toHaveLength(written)
})

it('tells all who wait at once when the database is away, instead of trying for each of them', async () => {
  const w = await opened()
  let connections = 0
  const dead = createServer((socket) => {
    connections++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => dead.once('listening', resolve))
  const db = connect(`postgres://nobody@127.0.0.1:${(dead.address() as AddressInfo).port}/none`)
  onTestFinished(async () => {
    await db.end()
    dead.close()
  })
  const intake = new Intake({ ...w.bot, db })
  const asked = Array.from({ length: 60 }, (_, i) => intake.accept({ alerts: [alertNamed(`a-${i}`)] }, 'trace'))
  const outcomes = await Promise.allSettled(asked)
  expect(outcomes.every((one) => one.status === 'rejected' && one.reason instanceof TransientError)).toBe(true)
  expect(connections).toBeLessThan(6)
})
