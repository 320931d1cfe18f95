// Pages that are tried again, and those that were not tried yet: neither kind keeps the other from going out.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TransientError } from '../../src/errors.ts'
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

  it('is not kept waiting by those of others that are tried again and again, because their way hangs for them', async () => {
    const queue = pageQueueOf(w, new Holder('one'), new Width(2, 2))
    const post = w.chat.post.bind(w.chat)
    w.chat.post = () => Promise.reject(new TransientError('the mailbox does not answer'))
    await w.fire({ service: 'a' })
    await w.fire({ service: 'b' })
    await w.decide()
    for (const work of (await queue.claim(2)).claimed) await work(place)
    w.clock.advance(minute)
    let giveUp = (_: Error) => {}
    w.chat.post = () => new Promise((_, reject) => (giveUp = reject))
    const again = (await queue.claim(2)).claimed.map((work) => work(place))
    expect(again).toHaveLength(1)
    w.chat.post = post
    await w.fire({ service: 'c' })
    await w.decide()
    for (const work of (await queue.claim(1)).claimed) await work(place)
    expect(w.chat.in('@U-ADA').map((one) => one.key)).toEqual([expect.stringContaining('inc-3/')])
    giveUp(new TransientError('the mailbox does not answer'))
    await Promise.all(again)
  })

  it('that failed for a moment is sent among those of a storm that never ends, not after it', async () => {
    const queue = pageQueueOf(w, new Holder('one'), new Width(2, 2))
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    await w.fire({ service: 'first' })
    await w.decide()
    for (const work of (await queue.claim(1)).claimed) await work(place)
    w.chat.refused.clear()
    w.clock.advance(minute)
    for (const service of ['a', 'b', 'c']) {
      await w.fire({ service })
      await w.decide()
    }
    for (const work of (await queue.claim(1)).claimed) expect(await work(place)).toBe(true)
    expect(w.chat.in('@U-ADA').map((one) => one.key)).toEqual([expect.stringContaining('inc-1/')])
  })

  it('that was looked for after a failover, and put off, is not looked for again: a storm would use up all looks', async () => {
    const queue = pageQueueOf(w)
    await queue.claim(1)
    await w.fire()
    await w.decide()
    await failOver(w.bot.db)
    const error = new TransientError('slow down', { retryAfter: 1_000, isAbsent: true })
    w.chat.failures.push({ when: 'before', error })
    for (const work of (await queue.claim(1)).claimed) await work(place)
    w.chat.refuseLooks = new TransientError('too many looks', { retryAfter: 30_000 })
    w.clock.advance(2_000)
    for (const work of (await queue.claim(1)).claimed) await work(place)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
  })
})
