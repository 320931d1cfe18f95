// What is claimed, and when to look again: one statement answers both.
import { expect, it } from 'vitest'
import { claimDeliveries, endDelivery } from '../../src/store/deliveries.ts'
import { claimPages } from '../../src/store/pages.ts'
import { freshDatabase } from '../database.ts'

const now = new Date('2026-03-02T03:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

it('rooms: the first of those that are not due yet, nothing once all are claimed or there are as many as wanted', async () => {
  const { db } = await freshDatabase()
  const claim = (limit: number, at = now) => claimDeliveries(db, { platform: 'slack', holder: 'here', now: at, limit })
  expect(await claim(4)).toEqual({ claimed: [], next: null })
  await db.query(
    `insert into deliveries (platform, incident, wake_at, urgency)
     values ('slack', 1, $1, 4), ('slack', 2, $1, 3), ('slack', 3, $2, 4), ('slack', 4, $3, 4), ('console', 5, $2, 4)`,
    [now, later(2), later(9)],
  )
  const first = await claim(1)
  expect(first).toMatchObject({ claimed: [{ incident: 1, attempts: 0 }], next: null })
  const second = await claim(4)
  expect(second).toMatchObject({ claimed: [{ incident: 2 }], next: later(2) })
  expect(await claim(4)).toEqual({ claimed: [], next: later(2) })
  expect((await claim(4, later(9))).claimed).toHaveLength(2)
  expect(await claim(4, later(9))).toEqual({ claimed: [], next: null })
})

it('rooms: one that is due but being looked at by somebody else is to be looked for again at once', async () => {
  const { db } = await freshDatabase()
  await db.query(`insert into deliveries (platform, incident, wake_at, urgency) values ('slack', 1, $1, 4)`, [now])
  await db.tx(async (q) => {
    await q.query('select from deliveries for share')
    const found = await claimDeliveries(db, { platform: 'slack', holder: 'here', now: later(1), limit: 4 })
    expect(found).toEqual({ claimed: [], next: now })
  })
})

it('rooms: what is to be told later waits for the pause between two edits, and news do not', async () => {
  const { db } = await freshDatabase()
  const end = {
    endedAt: now,
    platform: 'slack',
    incident: 1,
    holder: 'here',
    posted: [],
    unsent: [],
    refused: [],
    topic: null,
  }
  const waitsFor = async (
    wakeAt: Date | null,
    how: { failed: false; wakeAt: Date | null } | { failed: true; wakeAt: Date },
  ) => {
    await db.query(
      `insert into deliveries (platform, incident, wake_at, urgency, holder) values ('slack', 1, $1, 4, 'here')
       on conflict (platform, incident) do update set wake_at = excluded.wake_at, holder = 'here'`,
      [wakeAt],
    )
    return endDelivery(db, { ...end, ...how })
  }
  expect(await waitsFor(later(1), { failed: false, wakeAt: later(2) })).toEqual(later(2))
  expect(await waitsFor(now, { failed: false, wakeAt: later(2) })).toEqual(now)
  expect(await waitsFor(later(1), { failed: false, wakeAt: null })).toEqual(later(1))
  expect(await waitsFor(null, { failed: false, wakeAt: later(2) })).toEqual(later(2))
  expect(await waitsFor(now, { failed: true, wakeAt: later(30) })).toEqual(later(30))
  expect(await waitsFor(null, { failed: false, wakeAt: null })).toBeNull()
})

it('pages: the first of those that are not due yet', async () => {
  const { db } = await freshDatabase()
  const claim = (limit: number) => claimPages(db, { channel: 'slack', holder: 'here', now, limit })
  expect(await claim(4)).toEqual({ claimed: [], next: null })
  await db.tx(async (q) => {
    // Without their incidents, which say nothing here.
    await q.query('set local session_replication_role = replica')
    await q.query(
      `insert into pages (key, incident, person, channel, step, round, status, due_at, try_at, urgency)
       select 'inc-' || i || '/r1s0/ada/slack', i, 'ada', 'slack', 0, 1, 'due', at, at, 4
         from unnest(array[1, 2, 3], array[$1, $1, $2]::timestamptz[]) as p (i, at)`,
      [now, later(30)],
    )
  })
  expect(await claim(1)).toMatchObject({
    claimed: [{ page: { incident: 1, status: 'sending' }, attempt: 1 }],
    next: null,
  })
  expect(await claim(4)).toMatchObject({ claimed: [{ page: { incident: 2 }, resumed: false }], next: later(30) })
  expect(await claim(4)).toEqual({ claimed: [], next: later(30) })
})
