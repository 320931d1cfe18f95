// Accepting alerts while the database is slow or away: what cannot be written is refused, so that the sender keeps it.
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { othersTurn } from '../../src/clock.ts'
import type { Alert } from '../../src/core/alert.ts'
import { TransientError } from '../../src/errors.ts'
import { Intake } from '../../src/flow/intake.ts'
import { respond } from '../../src/flow/respond.ts'
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

it('logs every request by its trace: at once on a usual day, many in one line when they come without a pause', async () => {
  const w = await opened()
  const lines: { traces: string[]; alerts: number }[] = []
  const log = Object.create(w.bot.log, {
    info: { value: (about: (typeof lines)[0], text: string) => void (text === 'alerts accepted' && lines.push(about)) },
  })
  const intake = new Intake({ ...w.bot, log })
  const send = (trace: string) => intake.accept({ alerts: [alertNamed(trace)] }, trace)
  // The last says nothing new.
  for (const trace of ['first', 'second', 'second']) {
    await send(trace)
    await othersTurn()
  }
  expect(lines).toEqual([
    { traces: ['first'], alerts: 1 },
    { traces: ['second'], alerts: 1 },
  ])
  const many = Array.from({ length: 300 }, (_, i) => `many-${i}`)
  await Promise.all(many.map(send))
  await othersTurn()
  expect(lines.slice(2).flatMap(({ traces }) => traces)).toEqual(many)
  expect(lines.slice(2).reduce((sum, { alerts }) => sum + alerts, 0)).toBe(300)
  expect(lines.length).toBeLessThan(6)
  // Written in pieces, and one request all the same.
  await intake.accept({ alerts: Array.from({ length: 3_000 }, (_, i) => alertNamed(`flood-${i}`)) }, 'flood')
  await othersTurn()
  expect(lines.at(-1)).toEqual({ traces: ['flood'], alerts: 3_000 })
})

it('reopens what a person resolved since it was last written, though it is remembered as open', async () => {
  const w = await opened()
  await w.fire({ title: 'A', labels: { instance: 'a', alertname: 'Down' } })
  await w.fire({ title: 'B', labels: { instance: 'b', alertname: 'Down' } })
  await respond(w.bot, 1, { kind: 'resolve', by: 'ada' })
  await w.fire({ title: 'C', labels: { instance: 'c', alertname: 'Down' } })
  const { incident, timeline, alerts } = await w.view()
  expect(incident.status).toBe('open')
  expect(timeline.filter((one) => one.fact.kind === 'incident_reopened')).toHaveLength(1)
  expect(alerts).toHaveLength(3)
})

it('two replicas that take turns with one incident know of each other’s alerts', async () => {
  const w = await opened()
  const [one, two] = [new Intake(w.bot), new Intake(w.bot)]
  const alert = (name: string, status: 'firing' | 'resolved'): Alert => ({
    ...alertNamed(name),
    ...{ status, endsAt: status === 'resolved' ? new Date('2026-03-02T09:00:00Z') : null },
  })
  await one.accept({ alerts: [alert('a', 'firing')] }, 'trace')
  await two.accept({ alerts: [alert('b', 'firing')] }, 'trace')
  await one.accept({ alerts: [alert('c', 'firing'), alert('a', 'resolved')] }, 'trace')
  await two.accept({ alerts: [alert('b', 'resolved')] }, 'trace')
  expect((await w.view()).incident.quietUntil).toBeNull()
  await one.accept({ alerts: [alert('c', 'resolved')] }, 'trace')
  const { incident, timeline } = await w.view()
  expect(incident.quietUntil).not.toBeNull()
  const kinds = timeline.map((entry) => entry.fact.kind)
  expect(kinds.filter((kind) => kind === 'alert_fired')).toHaveLength(3)
  expect(kinds.filter((kind) => kind === 'alert_cleared')).toHaveLength(3)
  expect(kinds.filter((kind) => kind === 'alerts_all_clear')).toHaveLength(1)
})

it('writes an alert that comes while thousands of another delivery are written before the last of those', async () => {
  const w = await opened()
  const thousands = Array.from({ length: 4_000 }, (_, i) => alertNamed(`flood-${i}`))
  const other = { ...alertNamed('other'), labels: { alertname: 'Full', service: 'disks', severity: 'critical' } }
  const order: string[] = []
  const accept = (alerts: Alert[], name: string) =>
    w.intake.accept({ alerts }, name).then(() => order.push(`${name} written`))
  await Promise.all([accept(thousands, 'flood'), accept([other], 'other')])
  expect(order).toEqual(['other written', 'flood written'])
  const { rows } = await w.bot.db.query(
    'select incident, count(*)::int as count from alerts group by incident order by 1',
  )
  expect(rows.map(({ count }) => count)).toEqual([4_000, 1])
})

it('counts the rest of a delivery that is being written among what waits', async () => {
  const w = await opened()
  const thousands = (name: string) => Array.from({ length: 9_000 }, (_, i) => alertNamed(`${name}-${i}`))
  const outcomes = await Promise.allSettled(
    ['one', 'two', 'three', 'four'].map((name) => w.intake.accept({ alerts: thousands(name) }, name)),
  )
  // A thousand of the first are written already when the others come.
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
  await expect(w.intake.accept({ alerts: thousands('five') }, 'five')).resolves.toBeUndefined()
})

it('does not let the end of an alert overtake its beginning in a delivery that is written in pieces', async () => {
  const w = await opened()
  const thousands = Array.from({ length: 3_000 }, (_, i) => alertNamed(`flood-${i}`))
  const ended = { ...alertNamed('flood-2999'), status: 'resolved' as const, endsAt: new Date('2026-03-02T09:01:00Z') }
  const again = { ...alertNamed('flood-2999'), startsAt: new Date('2026-03-02T09:02:00Z') }
  const endedAgain = { ...ended, startsAt: again.startsAt, endsAt: new Date('2026-03-02T09:03:00Z') }
  const order: string[] = []
  await Promise.all(
    [
      thousands,
      [ended],
      [again, alertNamed('new')],
      [{ ...alertNamed('new'), ...endedAgain, fingerprint: 'new' }, endedAgain],
    ].map((alerts, i) => w.intake.accept({ alerts }, `${i}`).then(() => order.push(`${i}`))),
  )
  expect(order).toEqual(['0', '1', '2', '3'])
  const { rows } = await w.bot.db.query(`select count(*)::int as count from alerts where status = 'firing'`)
  expect(rows).toEqual([{ count: 2_999 }])
})

it('an incident whose thousand alerts clear in a delivery that brings others is never without any', async () => {
  const w = await opened()
  const thousand = (name: string) => Array.from({ length: 1_000 }, (_, i) => alertNamed(`${name}-${i}`))
  await w.intake.accept({ alerts: thousand('old') }, 'before')
  const endsAt = new Date('2026-03-02T09:01:00Z')
  const cleared = thousand('old').map((alert) => ({ ...alert, status: 'resolved' as const, endsAt }))
  await w.intake.accept({ alerts: [...cleared, ...thousand('new')] }, 'after')
  const kinds = (await w.view()).timeline.map(({ fact }) => fact.kind)
  expect(kinds.filter((kind) => kind === 'alert_cleared')).toHaveLength(1_000)
  expect(kinds).not.toContain('alerts_all_clear')
})
