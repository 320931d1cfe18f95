// What is claimed, and when to look again: one statement answers both.
import { expect, it, onTestFinished } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { awake, claimDeliveries, endDelivery, waking } from '../../src/store/deliveries.ts'
import { addNotices, finishNotice, putBackNotice, takeNotices } from '../../src/store/notices.ts'
import { claimPages, endPages, failPage, giveBackPages, type PageEnd } from '../../src/store/pages.ts'
import { overdueTimers, postponeTimers } from '../../src/store/steps.ts'
import { freshDatabase } from '../database.ts'

const now = new Date('2026-03-02T03:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

async function fresh(): Promise<Db> {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  return db
}

/** Pages of incidents by number, which themselves say nothing here. */
async function givenPages(db: Db, given: { incident: number; at: Date; urgency: number }[]): Promise<void> {
  await db.tx(async (q) => {
    await q.query('set local session_replication_role = replica')
    for (const { incident, at, urgency } of given)
      await q.query(
        `insert into pages (key, incident, person, channel, step, round, status, due_at, try_at, urgency)
         values ($1, $2, 'ada', 'slack', 0, 1, 'due', $3, $3, $4)`,
        [keyOf(incident), incident, at, urgency],
      )
  })
}

const keyOf = (incident: number) => `inc-${incident}/r1s0/ada/slack`

it('rooms: the first of those that are not due yet, nothing once all are claimed or there are as many as wanted', async () => {
  const db = await fresh()
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
  const db = await fresh()
  await db.query(`insert into deliveries (platform, incident, wake_at, urgency) values ('slack', 1, $1, 3)`, [now])
  await db.tx(async (q) => {
    await q.query('select from deliveries for share')
    const found = await claimDeliveries(db, { platform: 'slack', holder: 'here', now: later(1), limit: 4 })
    expect(found).toEqual({ claimed: [], next: now })
  })
})

it('rooms: what is to be told later waits for the pause between two edits, and news do not', async () => {
  const db = await fresh()
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
      `insert into deliveries (platform, incident, wake_at, urgency, holder) values ('slack', 1, $1, 3, 'here')
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
  const db = await fresh()
  const claim = (limit: number) => claimPages(db, { channel: 'slack', holder: 'here', now, limit })
  expect(await claim(4)).toEqual({ claimed: [], next: null })
  await givenPages(db, [
    { incident: 1, at: now, urgency: 3 },
    { incident: 2, at: now, urgency: 3 },
    { incident: 3, at: later(30), urgency: 3 },
  ])
  expect(await claim(1)).toMatchObject({
    claimed: [{ page: { incident: 1, status: 'sending' }, attempt: 1 }],
    next: null,
  })
  expect(await claim(4)).toMatchObject({ claimed: [{ page: { incident: 2 }, resumed: false }], next: later(30) })
  expect(await claim(4)).toEqual({ claimed: [], next: later(30) })
})

it('pages and rooms: the most urgent first, however long the others have waited', async () => {
  const db = await fresh()
  await givenPages(db, [
    { incident: 1, at: later(-60), urgency: 1 },
    { incident: 2, at: now, urgency: 3 },
    { incident: 3, at: later(-1), urgency: 3 },
  ])
  const { claimed } = await claimPages(db, { channel: 'slack', holder: 'here', now, limit: 2 })
  expect(claimed.map(({ page }) => page.incident)).toEqual([3, 2])
  await db.query(
    "insert into deliveries (platform, incident, wake_at, urgency) values ('slack', 1, $1, 1), ('slack', 2, $2, 3)",
    [later(-60), now],
  )
  const rooms = await claimDeliveries(db, { platform: 'slack', holder: 'here', now, limit: 1 })
  expect(rooms.claimed.map(({ incident }) => incident)).toEqual([2])
})

it('pages: of equal urgency those that were not tried yet first, and of the others no more than there is room for', async () => {
  const db = await fresh()
  await givenPages(db, [
    { incident: 1, at: later(-60), urgency: 3 },
    { incident: 2, at: later(-59), urgency: 3 },
    { incident: 3, at: now, urgency: 3 },
    { incident: 4, at: now, urgency: 1 },
  ])
  await db.query('update pages set attempts = 1 where incident < 3')
  const claim = async (limit: number, again: number) => {
    const { claimed } = await claimPages(db, { channel: 'slack', holder: 'here', now, limit, again })
    return claimed.map(({ page }) => page.incident)
  }
  expect(await claim(1, 1)).toEqual([3])
  expect(await claim(3, 1)).toEqual([1, 4])
  expect(await claim(3, 0)).toEqual([])
  expect(await claim(3, 3)).toEqual([2])
})

it('pages: one that was tried before need not wait for all that were not, and nobody looks for one again while there is no room', async () => {
  const db = await fresh()
  const pages = [1, 2, 3, 4, 5].map((incident) => ({ incident, at: later(incident - 10), urgency: 3 }))
  await givenPages(db, pages)
  await db.query('update pages set attempts = 1 where incident < 3')
  const claim = async (limit: number, room: { again: number; ahead: number }) => {
    const { claimed, next } = await claimPages(db, { channel: 'slack', holder: 'here', now, limit, ...room })
    return { claimed: claimed.map(({ page }) => page.incident), next }
  }
  expect(await claim(1, { again: 1, ahead: 1 })).toEqual({ claimed: [1], next: null })
  expect(await claim(2, { again: 0, ahead: 0 })).toEqual({ claimed: [3, 4], next: null })
  expect(await claim(3, { again: 0, ahead: 0 })).toEqual({ claimed: [5], next: null })
  expect(await claim(3, { again: 1, ahead: 1 })).toEqual({ claimed: [2], next: null })
})

it('pages: what came of an attempt that was given back says nothing about the next one', async () => {
  const db = await fresh()
  await givenPages(db, [{ incident: 1, at: now, urgency: 3 }])
  const claim = async () => (await claimPages(db, { channel: 'slack', holder: 'here', now, limit: 4 })).claimed[0]
  const end = (
    attempt: number,
    how: { status: 'cancelled'; unsent: boolean } | { status: 'due'; tryAt: Date; unsent: boolean },
  ) =>
    endPages(db, 'here', [{ key: keyOf(1), attempt, channel: 'slack', urgency: 3, ...how } satisfies PageEnd], {
      platforms: ['slack'],
      tellAt: now,
    })
  const stands = async () => (await db.query('select status, attempts, holder from pages')).rows[0]
  const first = await claim()
  await giveBackPages(db, ['here'], now)
  expect(await claim()).toMatchObject({ attempt: 2, resumed: true })
  await end(1, { status: 'cancelled', unsent: false })
  const isFailed = (attempt: number) =>
    first && failPage(db, { page: first.page, attempt, holder: 'here', reason: 'account_inactive', unsent: true })
  expect(await isFailed(1)).toBe(false)
  expect(await stands()).toEqual({ status: 'sending', attempts: 2, holder: 'here' })
  await end(2, { status: 'due', tryAt: now, unsent: true })
  // It surely did not go out: nobody has to look for it.
  expect(await claim()).toMatchObject({ attempt: 3, resumed: false })
  expect(await isFailed(3)).toBe(true)
})

it('rooms: one that failed keeps its pause whatever happens, until it is told; and counts its failures', async () => {
  const db = await fresh()
  await db.query("insert into deliveries (platform, incident, wake_at, urgency) values ('slack', 1, $1, 3)", [now])
  const wake = (at: Date) =>
    db.query(
      waking("select 'slack' as platform, 1 as incident, $1::timestamptz as wake_at, 3 as urgency, null as holder"),
      [at],
    )
  const turn = async (how: { failed: false; wakeAt: null } | { failed: true; wakeAt: Date }, at: Date) => {
    const { claimed } = await claimDeliveries(db, { platform: 'slack', holder: 'here', now: at, limit: 1 })
    const nothing = { posted: [], unsent: [], refused: [], topic: null, endedAt: at }
    await endDelivery(db, { platform: 'slack', incident: 1, holder: 'here', ...nothing, ...how })
    return claimed[0]?.attempts
  }
  const wakesAt = async () => (await db.query<{ at: Date | null }>('select wake_at as at from deliveries')).rows[0]?.at
  expect(await turn({ failed: true, wakeAt: later(30) }, now)).toBe(0)
  await wake(later(1))
  expect(await wakesAt()).toEqual(later(30))
  expect(await turn({ failed: true, wakeAt: later(60) }, later(30))).toBe(1)
  expect(await turn({ failed: false, wakeAt: null }, later(60))).toBe(2)
  await wake(later(61))
  expect(await wakesAt()).toEqual(later(61))
  expect(await turn({ failed: false, wakeAt: null }, later(61))).toBe(0)
})

it('rooms: one needs no waking that waits already, for no later and no less urgently', async () => {
  const db = await fresh()
  await db.query(
    `insert into deliveries (platform, incident, wake_at, urgency)
     values ('slack', 1, $1, 3), ('slack', 2, $2, 3), ('slack', 3, $1, 1), ('slack', 4, null, 3)`,
    [now, later(9)],
  )
  const wanted =
    "select 'slack' as platform, i as incident, $1::timestamptz as wake_at, 3 as urgency from generate_series(1, 5) i"
  const { rows } = await db.query<{ incident: number }>(awake(wanted), [later(1)])
  expect(rows.map(({ incident }) => incident)).toEqual([1])
})

const notice = (key: string, person = 'ada') => ({
  ...{ platform: 'slack', key, person },
  about: { kind: 'refused', source: 'a', reason: 'b' } as const,
})

it('notices: what one process is telling nobody else takes, nor does it take that of others', async () => {
  const db = await fresh()
  const take = async (holder: string) =>
    (await takeNotices(db, 'slack', { holder, now, limit: 1 })).map(({ key, version }) => `${key} ${version}`)
  await addNotices(db, [notice('1'), notice('2', 'bob')], now)
  const [mine] = await take('here')
  const [theirs] = await take('there')
  expect([mine, theirs].sort()).toEqual(['1 1', '2 1'])
  expect(await take('elsewhere')).toEqual([])
  // Cut off from the database, it comes back to whoever had it; written again meanwhile, it is another.
  expect(await take('here')).toEqual([mine])
  const told = await takeNotices(db, 'slack', { holder: 'here', now, limit: 1 })
  await addNotices(db, [notice('1'), notice('2', 'bob')], later(1))
  expect(await take('elsewhere')).toEqual([])
  for (const one of told) await finishNotice(db, one)
  // What was told is not what is written by now.
  const again = await takeNotices(db, 'slack', { holder: 'elsewhere', now: later(1), limit: 4 })
  expect(again.map(({ key, version }) => `${key} ${version}`)).toEqual([mine?.replace(' 1', ' 2')])
  for (const one of again) await finishNotice(db, one)
  expect(await takeNotices(db, 'slack', { holder: 'elsewhere', now: later(9), limit: 4 })).toEqual([])
})

it('notices: a person is told nothing before what was written earlier, whoever is telling it, as long as that can be told at all', async () => {
  const db = await fresh()
  const take = (holder: string, at = now, hopeless: string[] = []) =>
    takeNotices(db, 'slack', { holder, now: at, limit: 9, hopeless })
  const keys = async (...asked: Parameters<typeof take>) => (await take(...asked)).map(({ key }) => key)
  const tell = async (key: string) => {
    await db.query(
      `insert into messages (platform, key, status, ref) values ('slack', $1, 'sent', '{"channel": "D1", "id": "1"}')`,
      [key],
    )
    await finishNotice(db, { ...notice(key), version: 1, attempts: 0 })
  }
  // As they are to be read, and not as their keys sort: 10 before 9.
  await addNotices(db, [notice('9'), notice('10'), notice('5', 'bob')], now)
  await addNotices(db, [notice('1')], now)
  const [ada, bob] = (await take('here')).sort((a, b) => b.key.localeCompare(a.key))
  expect([ada?.key, bob?.key]).toEqual(['9', '5'])
  expect(await keys('elsewhere')).toEqual([])
  await tell('5')
  // A platform that is away is waited for; what nobody knows how to tell is not.
  if (ada !== undefined) await putBackNotice(db, ada, later(120))
  expect(await keys('elsewhere', later(60))).toEqual([])
  expect(await keys('elsewhere', later(60), ['9'])).toEqual(['10'])
  await tell('10')
  expect(await keys('elsewhere', later(60), ['9'])).toEqual(['1'])
  // What is only to be edited keeps nothing waiting.
  await addNotices(db, [notice('10')], later(60))
  await tell('1')
  expect((await keys('elsewhere', later(120))).sort()).toEqual(['10', '9'])
})

it('notices: to find what is due, nothing is read of what the bot ever posted but what waits', async () => {
  const db = await fresh()
  await db.query(
    `insert into messages (platform, key, status, ref)
     select 'slack', 'page-' || i, 'sent', '{"channel": "D1", "id": "1"}' from generate_series(1, 20000) as i`,
  )
  const waiting = (name: string) => Array.from({ length: 100 }, (_, i) => notice(`${name}-${i}`, `person-${i % 20}`))
  // The planner believes of what waits now what it saw of what waited then.
  await addNotices(db, waiting('handover'), now)
  await db.query('analyze messages, notices')
  await db.query('truncate notices')
  await addNotices(db, waiting('request'), now)
  const read = await db.tx(async (q) => {
    expect(await takeNotices(q, 'slack', { holder: 'here', now, limit: 10 })).toHaveLength(10)
    const { rows } = await q.query<{ read: number }>(
      `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'messages'`,
    )
    return rows[0]?.read
  })
  expect(read).toBeLessThan(1_000)
})

it('timers: only those that are over are put off, and none that still runs', async () => {
  const db = await fresh()
  await db.tx(async (q) => {
    await q.query('set local session_replication_role = replica')
    await q.query(
      `insert into runbook_steps (incident, step, title, body, timer_from, timer_until, timer_by)
       select 1, step, 'Wait', '', $1, until, 'ada' from unnest(array[1, 2], array[$1, $2]::timestamptz[]) as s (step, until)`,
      [now, later(600)],
    )
  })
  await postponeTimers(db, 1, now, later(30))
  const { rows } = await db.query<{ until: Date }>('select timer_until as until from runbook_steps order by step')
  expect(rows.map(({ until }) => until)).toEqual([later(30), later(600)])
  expect([await overdueTimers(db, later(29), 4), await overdueTimers(db, later(30), 4)]).toEqual([[], [1]])
})
