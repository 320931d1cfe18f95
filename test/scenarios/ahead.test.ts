// Many steps that fall due together are decided before their instant. Nobody may be paged for that earlier, twice, or in spite of what
// happened in between.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Ahead } from '../../src/flow/ahead.ts'
import { decideDue } from '../../src/flow/escalate.ts'
import { respond } from '../../src/flow/respond.ts'
import { addOverride } from '../../src/store/overrides.ts'
import { minute, type World, world } from './world.ts'

const count = 320

describe('many second steps that fall due at the same instant', () => {
  let w: World
  let due: Date
  beforeEach(async () => {
    w = await world()
    const alerts = Array.from({ length: count }, (_, i) => ({ title: 'Down', service: `s${i}`, severity: 'critical' }))
    await w.deliver('generic', { alerts })
    due = new Date(w.clock.now().getTime() + 5 * minute)
    w.clock.set(new Date(due.getTime() - 1_500))
  })
  afterEach(() => w.stop())

  async function prepared(): Promise<Ahead> {
    const ahead = new Ahead(w.bot)
    while (await ahead.prepare());
    return ahead
  }

  /** How often each person was paged by the second step, and for how many incidents. */
  async function paged() {
    const { rows } = await w.bot.db.query<{ person: string; pages: number; incidents: number }>(
      `select person, count(*)::int as pages, count(distinct incident)::int as incidents from pages
        where step = 1 group by person order by person`,
    )
    return rows
  }

  /** As the due loop does: what PostgreSQL has refused is locked for a moment more, and passed over until then. */
  async function decided() {
    while ((await decideDue(w.bot)).more);
    return paged()
  }

  it('are decided ahead, written at that instant and not before, and leave nothing to decide', async () => {
    const ahead = await prepared()
    expect(ahead.waiting).toBe(2)
    await ahead.write()
    expect(await paged()).toEqual([])
    w.clock.set(due)
    await ahead.write()
    expect(await paged()).toEqual([{ person: 'linus', pages: count, incidents: count }])
    expect(await decideDue(w.bot)).toEqual({ decided: 0, more: false })
    const { timeline, pages } = await w.view(7)
    expect(timeline.findLast(({ fact }) => fact.kind === 'people_paged')?.at).toEqual(due)
    expect(pages.find(({ step }) => step === 1)).toMatchObject({ dueAt: due, status: 'due' })
  })

  it('page nobody for an incident that somebody has acknowledged in between', async () => {
    const ahead = await prepared()
    await respond(w.bot, 5, { kind: 'acknowledge', by: 'ada' })
    w.clock.set(due)
    await ahead.write()
    await expect.poll(decided).toEqual([{ person: 'linus', pages: count - 1, incidents: count - 1 }])
    expect((await w.view(5)).pages.filter(({ step }) => step === 1)).toEqual([])
  })

  it('page whoever has taken the pager in between', async () => {
    const ahead = await prepared()
    const now = w.clock.now()
    const until = new Date(due.getTime() + minute)
    const taken = {
      schedule: 'secondary',
      person: 'grace',
      replaces: null,
      from: now,
      until,
      madeBy: 'grace',
      madeAt: now,
    }
    await addOverride(w.bot.db, taken)
    w.clock.set(due)
    await ahead.write()
    expect(ahead.waiting).toBe(0)
    await w.decide()
    expect(await paged()).toEqual([{ person: 'grace', pages: count, incidents: count }])
  })

  it('are written once by two replicas that both prepared them', async () => {
    const both = [await prepared(), await prepared()]
    w.clock.set(due)
    await Promise.all(both.map((ahead) => ahead.write()))
    await expect.poll(decided).toEqual([{ person: 'linus', pages: count, incidents: count }])
  })

  it('are decided when they are due where one of them cannot be decided at all', async () => {
    await w.bot.db.query(
      `update incidents set terms = jsonb_set(terms, '{severities,P1,policy}', 'null'), terms_key = null where number = 9`,
    )
    const ahead = await prepared()
    w.clock.set(due)
    await ahead.write()
    await expect.poll(decided).toEqual([{ person: 'linus', pages: count - 1, incidents: count - 1 }])
  })

  it('are forgotten when their instant passes before they are decided', async () => {
    const ahead = new Ahead(w.bot)
    await ahead.prepare()
    w.clock.set(due)
    expect(await ahead.prepare()).toBe(false)
    await ahead.write()
    await w.decide()
    expect(await paged()).toEqual([{ person: 'linus', pages: count, incidents: count }])
  })

  it('are decided anew when their instant is long over: the machine slept', async () => {
    const ahead = await prepared()
    w.clock.set(new Date(due.getTime() + 1_001))
    await ahead.write()
    expect(await paged()).toEqual([])
    await w.decide()
    expect(await paged()).toEqual([{ person: 'linus', pages: count, incidents: count }])
  })

  it('wait for nobody who has locked one of them', async () => {
    const ahead = await prepared()
    w.clock.set(due)
    await w.bot.db.tx(async (q) => {
      await q.query('select from incidents where number = 3 for update')
      await ahead.write()
      await expect.poll(decided).toEqual([{ person: 'linus', pages: count - 1, incidents: count - 1 }])
    })
    await expect.poll(decided).toEqual([{ person: 'linus', pages: count, incidents: count }])
  })

  it('are not looked at earlier than two seconds ahead', async () => {
    w.clock.set(new Date(due.getTime() - 2_001))
    expect((await prepared()).waiting).toBe(0)
  })
})

it('a few steps that fall due together are decided when they are', async () => {
  const w = await world()
  await w.deliver('generic', {
    alerts: Array.from({ length: 20 }, (_, i) => ({ title: 'Down', service: `s${i}`, severity: 'critical' })),
  })
  w.clock.advance(5 * minute - 1_000)
  const ahead = new Ahead(w.bot)
  expect(await ahead.prepare()).toBe(false)
  await w.stop()
})
