// What two replicas do at once: each test holds an incident's lock until both wait for it, so that the order is certain.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Intake } from '../../src/flow/intake.ts'
import { sources } from '../../src/sources/index.ts'
import { minute, type World, world } from './world.ts'

describe('two replicas', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  /** Delivers the same to two replicas, which both have read what is known before either may write. */
  async function toBoth(body: Record<string, unknown>): Promise<void> {
    const replicas = [new Intake(w.bot), new Intake(w.bot)]
    const { db } = w.bot
    let both: Promise<unknown> = Promise.resolve()
    await db.tx(async (q) => {
      await q.query('select from incidents where number = 1 for update')
      const { alerts } = sources.generic?.parse({ service: 'checkout', ...body }, w.clock.now()) ?? { alerts: [] }
      both = Promise.all(replicas.map((replica) => replica.accept({ alerts }, 'trace')))
      for (let waiting = 0; waiting < 2; ) {
        const { rows } = await db.query<{ waiting: number }>(
          `select count(distinct pid)::int as waiting from pg_locks where not granted and pid in (
             select pid from pg_stat_activity where datname = current_database())`,
        )
        waiting = rows[0]?.waiting ?? 0
      }
    })
    await both
  }

  it('that are told of the same recovery count it once: what still fires keeps the incident open', async () => {
    await w.fire({ title: 'A', labels: { alertname: 'Down', instance: 'a' } })
    await w.fire({ title: 'B', labels: { alertname: 'Down', instance: 'b' } })
    await w.pass(0)
    await toBoth({ title: 'A', status: 'resolved', severity: 'critical', labels: { alertname: 'Down', instance: 'a' } })
    const { incident, timeline } = await w.view()
    expect(timeline.filter((e) => e.fact.kind === 'alert_cleared')).toHaveLength(1)
    expect(incident.quietUntil).toBeNull()
    await w.pass(10 * minute)
    expect((await w.view()).incident.status).toBe('open')
  })

  it('that are told of the same new alert of an open incident write it once', async () => {
    await w.fire({ title: 'A', labels: { alertname: 'Down', instance: 'a' } })
    await w.pass(0)
    await toBoth({ title: 'B', status: 'firing', severity: 'critical', labels: { alertname: 'Down', instance: 'b' } })
    const { alerts, timeline } = await w.view()
    expect(alerts).toHaveLength(2)
    expect(timeline.filter((e) => e.fact.kind === 'alert_fired')).toHaveLength(2)
  })

  it('that open and clear the same incidents in opposite order lose no alert and open none twice', async () => {
    const services = Array.from({ length: 8 }, (_, i) => `service-${i}`)
    const replicas = [new Intake(w.bot), new Intake(w.bot), new Intake(w.bot)]
    const alerts = (status: string, order: string[]) =>
      order.flatMap((service) => sources.generic?.parse({ title: 'Down', service, status }, w.clock.now()).alerts ?? [])
    for (const status of ['firing', 'resolved', 'firing', 'resolved']) {
      const orders = [services, [...services].reverse(), [...services.slice(4), ...services.slice(0, 4)]]
      await Promise.all(replicas.map((r, i) => r.accept({ alerts: alerts(status, orders[i] ?? services) }, 'trace')))
    }
    const { rows } = await w.bot.db.query<{ service: string }>('select service from incidents')
    expect(rows.map((row) => row.service).sort()).toEqual(services)
    await w.pass(10 * minute)
    const open = await w.bot.db.query("select from incidents where status <> 'resolved'")
    expect(open.rowCount).toBe(0)
  })
})
