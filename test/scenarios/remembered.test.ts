// What intake remembers of alerts instead of asking the database: it may be out of date, and must never be believed then.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Intake } from '../../src/flow/intake.ts'
import { respond } from '../../src/flow/respond.ts'
import { sources } from '../../src/sources/index.ts'
import { failOver, failOverInParts } from './failover.ts'
import { minute, type World, world } from './world.ts'

let w: World
let other: Intake
/** Whose alerts the other replica gets. */
let service: string
beforeEach(async () => {
  service = 'checkout'
  w = await world()
  other = new Intake(w.bot)
})
afterEach(() => w.stop())

const down = (instance: string) => ({ title: instance, labels: { alertname: 'Down', instance } })

async function toOther(status: 'firing' | 'resolved', ...instances: string[]): Promise<void> {
  const body = { alerts: instances.map((one) => ({ service, severity: 'critical', status, ...down(one) })) }
  const { alerts } = sources.generic?.parse(body, w.clock.now()) ?? { alerts: [] }
  await other.accept({ alerts }, 'trace')
}

async function counted(kind: string): Promise<number> {
  return (await w.view()).timeline.filter(({ fact }) => fact.kind === kind).length
}

/** What the database was asked, by the names of its statements. */
function asked(): string[] {
  const names: string[] = []
  const { line } = w.bot.db
  const { query } = line
  line.query = (statement, values) => {
    if (typeof statement === 'object') names.push(statement.name ?? '')
    return query(statement, values)
  }
  return names
}

it('an alert that joins costs one statement, and one that says nothing new one that writes nothing', async () => {
  await w.fire(down('a'))
  const names = asked()
  await w.fire(down('b'))
  expect(names.splice(0)).toEqual(['tell_joins'])
  await w.fire(down('b'))
  expect(names).toEqual(['make_sure'])
  expect(await counted('alert_fired')).toBe(2)
})

it('a repeat reopens what a person resolved while the alert was firing', async () => {
  await w.fire(down('a'))
  await w.fire(down('a'))
  await respond(w.bot, 1, { kind: 'resolve', by: 'ada' })
  await w.fire(down('a'))
  expect((await w.view()).incident.status).toBe('open')
  expect(await counted('incident_reopened')).toBe(1)
})

it('an alert that was lost with the server it was written to is written when it is said again', async () => {
  await w.fire(down('a'))
  await w.fire(down('b'))
  // The incident has the version that is remembered: after a failover they are given out again.
  await failOver(w.bot.db, `delete from alerts where labels ->> 'instance' = 'b'`)
  await w.fire(down('b'))
  expect((await w.view()).alerts.map(({ labels }) => labels.instance).sort()).toEqual(['a', 'b'])
})

it('an alert that was lost with a server that others had left before is written when it is said again', async () => {
  const { db } = w.bot
  await w.fire(down('a'))
  await failOverInParts(db, async () => {
    await w.fire(down('b'))
    await db.query(`delete from alerts where labels ->> 'instance' = 'b'`)
  })
  await w.fire(down('b'))
  expect((await w.view()).alerts.map(({ labels }) => labels.instance).sort()).toEqual(['a', 'b'])
})

it('an alert that another replica cleared fires again', async () => {
  await w.fire(down('a'))
  await w.fire(down('b'))
  await toOther('resolved', 'a', 'b')
  expect((await w.view()).incident.quietUntil).not.toBeNull()
  await w.fire(down('a'))
  const { incident, alerts } = await w.view()
  expect(incident.quietUntil).toBeNull()
  expect(alerts.map(({ status }) => status).sort()).toEqual(['firing', 'resolved'])
  expect(await counted('alerts_fire_again')).toBe(1)
})

it('an alert that another replica brought is no new one, and its end is heard', async () => {
  await w.fire(down('a'))
  await toOther('firing', 'b')
  await w.fire(down('b'))
  expect(await counted('alert_fired')).toBe(2)
  await toOther('firing', 'c')
  await w.clear(down('c'))
  expect(await counted('alert_cleared')).toBe(1)
  await w.clear(down('a'))
  await w.clear(down('b'))
  await w.pass(10 * minute)
  expect((await w.view()).incident.status).toBe('resolved')
})

it('an alert that another replica brings between two looks at the database is no new one', async () => {
  await w.fire(down('a'))
  await toOther('firing', 'b')
  // It was taken for new, and was not: from now on what is not remembered is looked up.
  await w.fire(down('b'))
  service = 'payments'
  await toOther('firing', 'c')
  const { line } = w.bot.db
  const { query } = line
  line.query = async (statement, values) => {
    if (typeof statement === 'object' && statement.name === 'joinable') {
      line.query = query
      await toOther('firing', 'd')
    }
    return query(statement, values)
  }
  await w.fire({ service, ...down('d') })
  const fired = (await w.view(2)).timeline.filter(({ fact }) => fact.kind === 'alert_fired')
  expect(fired.map(({ text }) => text)).toHaveLength(2)
})

it('an alert that comes back to a later incident is known from the one before', async () => {
  await w.fire(down('a'))
  await w.clear(down('a'))
  await w.pass(60 * minute)
  await w.fire(down('a'))
  await w.fire(down('a'))
  expect((await w.view(2)).alerts).toHaveLength(1)
  expect((await w.view(2)).timeline.filter(({ fact }) => fact.kind === 'alert_fired')).toHaveLength(1)
})

it('an alert that was in an earlier incident ends the one it is in now, for whoever remembers nothing', async () => {
  await w.fire(down('a'))
  await w.clear(down('a'))
  await w.pass(60 * minute)
  await w.fire(down('a'))
  await toOther('firing', 'a')
  await toOther('resolved', 'a')
  await w.pass(10 * minute)
  const { incident, timeline } = await w.view(2)
  expect(incident.status).toBe('resolved')
  expect(timeline.filter(({ fact }) => fact.kind === 'alert_fired')).toHaveLength(1)
})

it('an alert that fired on in an incident that a person ended counts in the one it joins', async () => {
  await w.fire(down('a'))
  await respond(w.bot, 1, { kind: 'resolve', by: 'ada' })
  await w.pass(16 * minute)
  await w.fire(down('b'))
  await w.fire(down('a'))
  expect((await w.view(2)).alerts).toHaveLength(2)
  await w.clear(down('b'))
  expect((await w.view(2)).incident.quietUntil).toBeNull()
  await w.clear(down('a'))
  expect((await w.view(2)).incident.quietUntil).not.toBeNull()
})

it('what clears after a person ended the incident leaves it ended, and waits for nothing', async () => {
  await w.fire(down('a'))
  await respond(w.bot, 1, { kind: 'resolve', by: 'ada' })
  await w.clear(down('a'))
  expect(await counted('alert_cleared')).toBe(1)
  expect([await counted('alerts_all_clear'), (await w.view()).incident.quietUntil]).toEqual([0, null])
})

it('the same alert many times at once, from many senders, is one', async () => {
  await w.fire(down('a'))
  await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? w.fire(down('b')) : toOther('firing', 'b'))))
  expect((await w.view()).alerts).toHaveLength(2)
  expect(await counted('alert_fired')).toBe(2)
})
