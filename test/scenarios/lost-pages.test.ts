// Ways in which a page could be lost, doubled or sent when nobody needs it any more.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { postOnce } from '../../src/flow/ledger.ts'
import { minute, type World, world } from './world.ts'

describe('a page', () => {
  let w: World
  beforeEach(async () => {
    // Ahead of the real clock, which the queue goes by: what is put back waits until it is let go.
    w = await world({ start: '2036-03-03T09:00:00Z' })
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
    expect(await pagesOf()).toEqual(['ada r1s0 sending'])
    await w.chat.say('U-LINUS', 'incident ack 1')
    w.chat.refused.clear()
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(0)
    expect(await pagesOf()).toEqual(['ada r1s0 cancelled'])
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
    expect(await pagesOf()).toEqual(['ada r1s0 sending', 'linus r1s1 due'])
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.pass(9 * minute)
    expect(await pagesOf()).toEqual(['ada r1s0 failed', 'linus r1s1 sent'])
  })

  it('to somebody who is no longer configured falls to the next step at once', async () => {
    await w.fire()
    await w.decide()
    delete w.bot.config.people.ada
    await w.pass(0)
    expect(await pagesOf()).toEqual(['ada r1s0 failed', 'linus r1s1 sent'])
  })

  it('whose job is lost is sent all the same, and one that waits its turn is left alone', async () => {
    await w.fire()
    await w.decide()
    w.clock.advance(2 * minute)
    expect(await w.audit()).toBe(0)
    await w.bot.db.query("delete from graphile_worker._private_jobs where key like '%:page_person:%'")
    expect(await w.audit()).toBe(1)
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await w.audit()).toBe(0)
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
    await w.fire()
    delete w.bot.config.schedules.primary
    await w.pass(0)
    expect(await pagesOf()).toEqual(['linus r1s1 sent'])
  })
})

it('a picture that is refused does not double the message above it', async () => {
  const w = await world()
  const picture = { name: 'latency.png', alt: 'Latency', png: new Uint8Array([1]) }
  const post = () =>
    postOnce(w.bot, w.chat, 'inc-1/e9', { channel: '#incidents' }, { title: 'Latency', tone: 'info', picture })
  w.chat.failures.push({ when: 'after', error: new TransientError('429', { retryAfter: 1_000 }) })
  await expect(post()).rejects.toThrow('429')
  await post()
  expect(w.chat.in('#incidents')).toHaveLength(1)
  await w.stop()
})

it('a page is sent although the process crashed in the middle of it time and again', async () => {
  const w = await world()
  await w.fire()
  await w.decide()
  await w.bot.db.query("update graphile_worker._private_jobs set attempts = 25 where key like '%:page_person:%'")
  await w.pass(0)
  expect(w.chat.in('@U-ADA')).toHaveLength(1)
  await w.stop()
})
