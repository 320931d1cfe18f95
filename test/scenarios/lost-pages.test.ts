// Ways in which a page could be lost, doubled or sent when nobody needs it any more.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { postOnce } from '../../src/flow/ledger.ts'
import { giveBackPages } from '../../src/store/pages.ts'
import { Holder } from '../../src/worker/presence.ts'
import { Width } from '../../src/worker/sender.ts'
import { failOver } from './failover.ts'
import { pageQueueOf, place } from './page-queue.ts'
import { minute, type World, world } from './world.ts'

describe('a page', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  const pagesOf = async () => (await w.view()).pages.map((p) => `${p.person} r${p.round}s${p.step} ${p.status}`)

  it('is sent anew when the severity comes back from one that pages nobody', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident sev 1 P4 false alarm')
    await w.pass(minute)
    await w.chat.say('U-ADA', 'incident sev 1 P1 it was not')
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(2)
    await w.chat.say('U-ADA', 'incident sev 1 P4')
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident escalate 1')
    await w.pass(0)
    expect((await w.view()).pages.every((page) => page.status === 'sent')).toBe(true)
    expect((await w.view()).pages.length).toBeGreaterThan(2)
  })

  it('that waits for a platform that is down is not sent once somebody has acknowledged', async () => {
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    await w.fire()
    await w.decide()
    await w.attemptJobs()
    expect(await pagesOf()).toEqual(['ada r1s0 due'])
    await w.chat.say('U-LINUS', 'incident ack 1')
    w.chat.refused.clear()
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(0)
    expect(await pagesOf()).toEqual(['ada r1s0 cancelled'])
  })

  it.each([
    ['ten, while a chat is away', null, [1, 2, 4, 8, 10, 10]],
    ['thirty, while a chat asks for an hour', 3_600_000, [30, 30, 30]],
  ])('is tried again after seconds, at the latest %s', async (_, retryAfter, seconds) => {
    w.chat.refused.set('@U-ADA', new TransientError('no connection', { retryAfter }))
    await w.fire()
    await w.decide()
    const waits: number[] = []
    while (waits.length < seconds.length) {
      await w.attemptJobs()
      const { rows } = await w.bot.db.query<{ try_at: Date }>(`select try_at from pages where status = 'due'`)
      waits.push(...rows.map(({ try_at }) => (try_at.getTime() - w.clock.now().getTime()) / 1_000))
      w.clock.advance((waits.at(-1) ?? 0) * 1_000)
    }
    expect(waits).toEqual(seconds)
  })

  it('that went out before its answer was lost is not sent again when somebody acknowledged meanwhile', async () => {
    w.chat.failures.push({ when: 'after', error: new TransientError('connection reset'), to: '@U-ADA' })
    await w.fire()
    await w.decide()
    await w.attemptJobs()
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    await w.chat.say('U-LINUS', 'incident ack 1')
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    // Found after all, it still said that nobody has it.
    expect(w.chat.in('@U-ADA')[0]?.message.text).not.toContain('Nobody has this yet')
    expect(w.chat.in('@U-ADA')[0]?.message.text).toContain('Linus has this')
  })

  it.each(['by a process that lived through it', 'by one that began after it', 'by one whose question had no answer'])(
    'whose record was lost in a failover is looked for %s, and not sent again',
    async (who) => {
      const former = pageQueueOf(w, new Holder('tocsin a'))
      await w.fire()
      await w.pass(0)
      expect(w.chat.in('@U-ADA')).toHaveLength(1)
      await former.claim(1)
      await failOver(
        w.bot.db,
        `update pages set status = 'due', sent_at = null, try_at = due_at, attempts = 0`,
        `delete from messages where key in (select key from pages)`,
      )
      expect(await pagesOf()).toEqual(['ada r1s0 due'])
      if (who.includes('no answer'))
        await w.bot.db.query(`create or replace function public.pg_last_wal_replay_lsn() returns pg_lsn language plpgsql
                              as $$ begin raise exception 'canceling statement due to user request'; end $$`)
      const queue = who.includes('lived') ? former : pageQueueOf(w, new Holder('tocsin b'))
      const { claimed } = await queue.claim(1)
      for (const work of claimed) await work(place)
      expect(w.chat.in('@U-ADA')).toHaveLength(1)
      expect(await pagesOf()).toEqual(['ada r1s0 sent'])
    },
  )

  it('that is due after a failover goes out also where nobody may look whether it did before', async () => {
    const queue = pageQueueOf(w, new Holder('tocsin a'))
    await queue.claim(1)
    w.chat.refuseLooks = new PermanentError('the app lacks a scope')
    await w.fire()
    await w.decide()
    await failOver(w.bot.db)
    w.chat.failures.push({ when: 'before', error: new TransientError('slow down', { retryAfter: 1_000 }) })
    for (const _ of ['sent away', 'taken']) {
      for (const work of (await queue.claim(1)).claimed) await work(place)
      w.clock.advance(minute)
    }
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
  })

  it('that a person asked for is sent although somebody acknowledged before it went out', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident page 1 linus')
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.pass(0)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
  })

  it('that fails for good after the policy has moved on does not hurry the policy', async () => {
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    await w.fire()
    await w.decide()
    await w.attemptJobs()
    w.clock.advance(5 * minute)
    await w.decide()
    expect(await pagesOf()).toEqual(['ada r1s0 due', 'linus r1s1 due'])
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.pass(9 * minute)
    expect(await pagesOf()).toEqual(['ada r1s0 failed', 'linus r1s1 sent'])
  })

  it('that is refused as if for good waits a moment for a chat that is only ill, and no other way is left out', async () => {
    w.chat.refused.set('@U-ADA', new TransientError('it refused the token', { isRefusal: true }))
    await w.fire()
    await w.decide()
    for (let attempt = 0; attempt < 2; attempt++) await w.attemptJobs()
    expect(await pagesOf()).toEqual(['ada r1s0 due'])
    expect((await w.view()).timeline.filter(({ fact }) => fact.kind === 'page_failed')).toHaveLength(1)
    w.chat.refused.clear()
    await w.pass(4 * minute)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
  })

  it('that is refused for longer than a moment hurries the policy once, and still goes out when it is taken', async () => {
    w.chat.refused.set('@U-ADA', new TransientError('it refused the token', { isRefusal: true }))
    w.chat.refused.set('@U-LINUS', new TransientError('it refused the token', { isRefusal: true }))
    await w.fire()
    await w.decide()
    await w.attemptJobs()
    w.clock.advance(4_000)
    await w.attemptJobs()
    await w.decide()
    expect(await pagesOf()).toEqual(['ada r1s0 due', 'linus r1s1 due'])
    // Known to be refused, the next waits for nothing: of the same two people twice the latest calls are left.
    for (let turn = 0; turn < 4; turn++) {
      await w.attemptJobs()
      await w.decide()
    }
    expect(await w.view()).toMatchObject({ incident: { position: { at: 'last resort', times: 1 } } })
    w.chat.refused.clear()
    await w.attemptJobs()
    const last = ['ada r2s0 sent', 'linus r2s1 sent']
    expect((await pagesOf()).filter((one) => /sent/.test(one) && !one.startsWith('grace'))).toEqual(last)
  })

  it('to somebody who is no longer configured falls to the next step at once', async () => {
    await w.fire()
    await w.decide()
    delete w.bot.config.people.ada
    await w.pass(0)
    expect(await pagesOf()).toEqual(['ada r1s0 failed', 'linus r1s1 sent'])
  })

  it('that went out before its answer was lost is told as sent although somebody acknowledged meanwhile', async () => {
    w.chat.failures.push({ when: 'after', error: new TransientError('connection reset'), to: '@U-ADA' })
    await w.fire()
    await w.decide()
    await w.attemptJobs()
    await w.chat.say('U-LINUS', 'incident ack 1')
    await w.pass(0)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
  })

  it('that was written ahead of its time goes out when its time comes', async () => {
    await w.fire()
    await w.decide()
    await w.bot.db.query("update pages set due_at = due_at + '7 min', try_at = due_at + '7 min'")
    await w.pass(5 * minute - 1)
    expect(w.chat.in('@U-ADA')).toHaveLength(0)
    await w.pass(2 * minute + 1)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
  })

  it('is not taken for one of an incident that had its number before the database was restored from a backup', async () => {
    const lost = () => w.chat.failures.push({ when: 'before', error: new TransientError('connection reset') })
    await w.fire()
    await w.pass(0)
    // All that happened since the backup is gone, and the chat still has it.
    await w.bot.db.query('truncate incidents, alerts, pages, messages cascade; alter sequence incident_numbers restart')
    w.clock.advance(minute)
    await w.fire()
    await w.decide()
    for (let i = 0; i < 4; i++) lost()
    await w.attemptJobs()
    w.chat.failures.length = 0
    await w.pass(minute)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
    expect(w.chat.in('@U-ADA').map(({ key }) => key)).toEqual(['inc-1/r1s0/ada/slack', 'inc-1/r1s0/ada/slack'])
    expect(w.chat.sent.filter(({ key }) => key === 'inc-1/card')).toHaveLength(2)
  })

  it('that a dead process had under way is looked for before it is sent: found, it is adopted', async () => {
    await w.fire()
    await w.decide()
    const dead = pageQueueOf(w, new Holder('dead'))
    const post = w.chat.post.bind(w.chat)
    w.chat.post = (request) => post(request).then(() => new Promise<never>(() => {}))
    for (const work of (await dead.claim(10)).claimed) void work(place)
    await expect.poll(() => w.chat.in('@U-ADA')).toHaveLength(1)
    w.chat.post = post
    await w.pass(0)
    expect(await pagesOf()).toEqual(['ada r1s0 sending'])
    await giveBackPages(w.bot.db, ['dead'], w.clock.now())
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
  })

  it('that may have gone out is looked for when the platform would show it, and not before', async () => {
    const error = new TransientError('connection reset', { shownAfter: 2500 })
    w.chat.failures.push({ when: 'after', error, to: '@U-ADA' })
    await w.fire()
    await w.decide()
    const queue = pageQueueOf(w, new Holder('here'))
    for (const work of (await queue.claim(10)).claimed) await work(place)
    const again = await queue.claim(10)
    expect(again).toEqual({ claimed: [], next: new Date(w.clock.now().getTime() + 2500) })
  })

  it('that a dead process had under way is left alone until what it sent last can be found', async () => {
    await w.fire()
    await w.decide()
    await pageQueueOf(w, new Holder('dead')).claim(10)
    const at = new Date(w.clock.now().getTime() + 1000)
    await giveBackPages(w.bot.db, ['dead'], at)
    expect(await pageQueueOf(w, new Holder('here')).claim(10)).toEqual({ claimed: [], next: at })
  })

  it('that a process claimed and never sent is sent by another', async () => {
    await w.fire()
    await w.decide()
    await pageQueueOf(w, new Holder('dead')).claim(10)
    await giveBackPages(w.bot.db, ['dead'], w.clock.now())
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
  })

  it('is not sent by a process that no longer holds its name', async () => {
    await w.fire()
    await w.decide()
    let isHeld = true
    const queue = pageQueueOf(w, new Holder('cut off', () => isHeld))
    const { claimed } = await queue.claim(10)
    isHeld = false
    for (const work of claimed) await work(place)
    expect([claimed.length, w.chat.in('@U-ADA').length]).toEqual([1, 0])
    // It takes no more of them: it could only give them back, without end.
    expect((await queue.claim(10)).claimed).toEqual([])
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
  })

  it('is not sent by a process that stood still since it claimed it: somebody may have answered', async () => {
    await w.fire()
    await w.decide()
    const { claimed } = await pageQueueOf(w, new Holder('stopped')).claim(10)
    await w.chat.say('U-LINUS', 'incident ack 1')
    w.clock.set(new Date(w.clock.now().getTime() + 10_001))
    for (const work of claimed) await work(place)
    await w.pass(0)
    expect([claimed.length, w.chat.in('@U-ADA').length]).toEqual([1, 0])
    expect(await pagesOf()).toEqual(['ada r1s0 cancelled'])
  })

  it('is nobody’s work when its incident could not be read, so that it is given back', async () => {
    await w.fire()
    await w.decide()
    const { query } = w.bot.db.line
    const holder = new Holder('one')
    w.bot.db.line.query = (async (asked: { name?: string }, values?: unknown[]) => {
      if (asked.name === 'telling_views') throw new Error('the connection broke')
      return query(asked as never, values as never)
    }) as never
    await expect(pageQueueOf(w, holder).claim(10)).rejects.toThrow('the connection broke')
    w.bot.db.line.query = query
    expect(holder.atWork.size).toBe(0)
  })

  it('is claimed by one of several senders that look at the same moment', async () => {
    for (let i = 0; i < 20; i++) await w.fire({ service: `service-${i}` })
    await w.decide()
    const queues = ['a', 'b', 'c', 'd'].map((name) => pageQueueOf(w, new Holder(name)))
    const claimed = await Promise.all(queues.map((queue) => queue.claim(20)))
    await Promise.all(claimed.flatMap((one) => one.claimed).map((work) => work(place)))
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(20)
    expect(new Set(w.chat.in('@U-ADA').map((one) => one.key)).size).toBe(20)
  })

  it('of a P1 goes before those of lesser ones, however long they wait', async () => {
    await w.fire({ service: 'a', severity: 'warning' })
    w.clock.advance(1_000)
    await w.fire({ service: 'b', severity: 'critical' })
    await w.decide()
    for (const work of (await pageQueueOf(w, new Holder('one')).claim(1)).claimed) await work(place)
    expect(w.chat.in('@U-ADA').map((one) => one.key)).toEqual([expect.stringContaining('inc-2/')])
  })

  it('over a platform that was taken out of the configuration reaches the person on another', async () => {
    await w.fire()
    await w.decide()
    await w.bot.db.query("update pages set channel = 'discord', key = replace(key, '/slack', '/discord')")
    w.clock.advance(2 * minute)
    expect(await w.audit()).toBe(1)
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await pagesOf()).toEqual(['ada r1s0 failed', 'ada r1s0 sent'])
  })

  it('of a schedule that is no longer configured is skipped at once', async () => {
    delete w.bot.config.schedules.primary
    await w.fire()
    await w.pass(0)
    expect(await pagesOf()).toEqual(['linus r1s1 sent'])
  })
})

it('a picture that is refused does not double the message above it', async () => {
  const w = await world()
  const picture = { name: 'latency.png', alt: 'Latency', png: new Uint8Array([1]) }
  const post = () =>
    postOnce(w.bot, w.chat, { key: 'inc-1/e9' }, { channel: '#incidents' }, { title: 'Latency', tone: 'info', picture })
  w.chat.failures.push({ when: 'after', error: new TransientError('429', { retryAfter: 1_000 }) })
  await expect(post()).rejects.toThrow('429')
  await post()
  expect(w.chat.in('#incidents')).toHaveLength(1)
  await w.stop()
})

it.each([
  ['asks to wait', new TransientError('429', { retryAfter: 1_000 }), 8],
  ['does not answer', new TransientError('connection reset'), 4],
])('a platform that %s has as many pages at a time as it can take', async (_, error, most) => {
  const w = await world()
  const width = new Width(1, 8)
  w.chat.refused.set('@U-ADA', error)
  await w.fire()
  await w.decide()
  for (const work of (await pageQueueOf(w, new Holder('one'), width).claim(10)).claimed) await work(place)
  expect(width.now).toBe(most)
  await w.stop()
})
