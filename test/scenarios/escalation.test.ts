// The way of a page through the policy: whom it calls, when the next step comes, and what ends it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { nextDueAt } from '../../src/store/incidents.ts'
import { minute, type World, world } from './world.ts'

describe('escalation', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  const pagesOf = async () => (await w.view()).pages.map((p) => `${p.person} r${p.round}s${p.step} ${p.status}`)

  it('pages the person on call at once, and the next step when nobody answers', async () => {
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(w.chat.in('@U-LINUS')).toHaveLength(0)
    await w.pass(5 * minute - 1)
    expect(w.chat.in('@U-LINUS')).toHaveLength(0)
    await w.pass(1)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
  })

  it('is looked at when it is due, whatever instant was written down before', async () => {
    await w.fire()
    await w.pass(0)
    const due = await nextDueAt(w.bot.db)
    await w.bot.db.query('update incidents set due_at = $1', [w.clock.now()])
    await w.decide()
    expect(await nextDueAt(w.bot.db)).toEqual(due)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
  })

  it('stops as soon as somebody acknowledges', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.press('U-ADA', '@U-ADA', 'Acknowledge')
    await w.pass(24 * minute)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
    expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' })
  })

  it('goes through every round and then the last resort speaks, again and again', async () => {
    await w.fire()
    await w.pass(30 * minute - 1)
    expect(await pagesOf()).toEqual(['ada r1s0 sent', 'linus r1s1 sent', 'ada r2s0 sent', 'linus r2s1 sent'])
    await w.pass(1)
    const spoken = (channel: string) => w.chat.in(channel).filter((one) => one.message.mentions === 'channel').length
    expect([spoken('inc-1-checkout'), spoken('#incidents')]).toEqual([1, 1])
    expect(w.chat.in('@U-GRACE')).toHaveLength(1)
    await w.pass(20 * minute)
    expect([spoken('inc-1-checkout'), spoken('#incidents')]).toEqual([3, 3])
    expect(w.chat.in('@U-GRACE')).toHaveLength(3)
  })

  it('falls to the next step at once when nobody of a step can be reached', async () => {
    w.chat.failures.push({ when: 'before', error: new PermanentError('account_inactive'), to: '@U-ADA' })
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    expect((await w.view()).timeline.map((e) => e.fact)).toContainEqual(
      expect.objectContaining({ kind: 'page_failed', person: 'ada', reason: 'account_inactive' }),
    )
  })

  it('sends a page once when the platform took it but its answer was lost', async () => {
    w.chat.failures.push({ when: 'after', error: new TransientError('connection reset'), to: '@U-ADA' })
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await pagesOf()).toEqual(['ada r1s0 sent'])
  })

  it('sends a page after the platform refused it for a while', async () => {
    for (let i = 0; i < 3; i++)
      w.chat.failures.push({ when: 'before', error: new TransientError('429', { retryAfter: 1_000 }), to: '@U-ADA' })
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
  })

  it('pages the next step by hand, and a late press of the same button does not skip another one', async () => {
    await w.fire()
    await w.pass(0)
    const room = (await w.view()).rooms[0]?.channel ?? ''
    const stale = w.chat.in(room)[0]?.message.buttons?.find((b) => b.label === 'Escalate')?.command ?? ''
    await w.chat.say('U-ADA', stale, room)
    await w.pass(0)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    const reply = await w.chat.say('U-LINUS', stale, room)
    expect(reply?.visibility).toBe('private')
    await w.pass(0)
    expect(await pagesOf()).toHaveLength(2)
  })

  it('tells the room when half and 80 % of the time to respond are used and when it has run out', async () => {
    await w.fire()
    await w.pass(16 * minute)
    const kinds = (await w.view()).timeline.map((e) => e.fact.kind).filter((kind) => kind.startsWith('clock_'))
    expect(kinds).toEqual(['clock_warned', 'clock_warned', 'clock_breached'])
    expect((await w.view()).clocks[0]).toMatchObject({ name: 'respond', status: 'breached', stoppedAt: null })
  })
})

describe('a P3', () => {
  it('is a card among the alerts and pages nobody before business hours begin', async () => {
    const w = await world({ start: '2026-03-02T21:00:00Z' })
    await w.fire({ severity: 'info' })
    await w.pass(0)
    expect(w.chat.in('#alerts')).toHaveLength(1)
    expect(w.chat.in('#alerts')[0]?.message.buttons?.map((b) => b.label)).toContain('Acknowledge')
    await w.pass(10 * 60 * minute)
    expect(w.chat.in('@U-ADA')).toHaveLength(0)
    await w.pass(12 * 60 * minute)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    await w.stop()
  })
})
