// Pages that a chat refuses as if for good, though it may only be ill: when the policy goes on without them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { chatPager } from '../../src/pagers/chat.ts'
import { giveBackPages } from '../../src/store/pages.ts'
import { pageQueue } from '../../src/worker/pages.ts'
import { Holder } from '../../src/worker/presence.ts'
import { Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { minute, team, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const refuse = (person: string, what = 'the token') =>
  w.chat.refused.set(person, new TransientError(`it refused ${what}`, { isRefusal: true }))
const pagesOf = async () =>
  (await w.view()).pages.map((page) => `${page.person} ${page.key.split('/')[1]} ${page.status}`)
const failures = async () => (await w.view()).timeline.filter(({ fact }) => fact.kind === 'page_failed').length
const turn = async () => {
  await w.attemptJobs()
  await w.decide()
}

describe('a page that is refused as if for good', () => {
  it('waits a moment for a chat that was ill for a moment before, and has taken a page since', async () => {
    refuse('@U-ADA')
    await w.fire()
    await turn()
    w.chat.refused.clear()
    await w.pass(4 * minute)
    refuse('@U-LINUS')
    w.clock.advance(minute)
    await w.decide()
    await turn()
    w.chat.refused.clear()
    await turn()
    await turn()
    expect(await pagesOf()).toEqual(['ada r1s0 sent', 'linus r1s1 sent'])
  })

  it('does not wait for longer than its own moment, though the chat takes the pages of others', async () => {
    refuse('@U-ADA')
    await w.fire()
    await turn()
    w.clock.advance(1_000)
    await w.chat.say('U-GRACE', 'incident page 1 linus')
    await turn()
    w.clock.advance(3_000)
    await turn()
    expect(await pagesOf()).toEqual(['ada r1s0 due', 'linus r1m1 sent', 'linus r1s1 due'])
  })

  it('waits a moment for each reason: it was refused for another before', async () => {
    refuse('@U-ADA')
    await w.fire()
    await turn()
    w.clock.advance(4_000)
    refuse('@U-ADA', 'the channel')
    await turn()
    await turn()
    expect(await pagesOf()).toEqual(['ada r1s0 due'])
  })

  it('hurries the policy also where the others of its step are refused as well', async () => {
    await w.stop()
    w = await world({ yaml: team.replace('page: "schedule:primary"', 'page: ["person:ada", "person:grace"]') })
    refuse('@U-ADA')
    refuse('@U-GRACE')
    await w.fire()
    await turn()
    w.clock.advance(4_000)
    await turn()
    expect(await pagesOf()).toEqual(['ada r1s0 due', 'grace r1s0 due', 'linus r1s1 due'])
  })

  it('is not told by a process that another took it over from', async () => {
    await w.fire()
    await w.decide()
    const how = { width: new Width(1, 1), traffic: new Traffic() }
    const { claimed } = await pageQueue(w.bot, chatPager(w.bot, w.chat), new Holder('here'), how).claim(10)
    await giveBackPages(w.bot.db, ['here'], w.clock.now())
    refuse('@U-ADA')
    for (const work of claimed) await work({ leave: () => {} })
    expect([claimed.length, await failures()]).toEqual([1, 0])
  })
})

describe('a page that calls again whoever let the incident lapse, and cannot be delivered,', () => {
  beforeEach(async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.pass(26 * minute)
  })

  const lastPages = async () => (await pagesOf()).slice(-2)

  it('hurries the policy', async () => {
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.pass(4 * minute)
    expect(await lastPages()).toEqual(['ada r1r1800 failed', 'linus r1s1 sent'])
  })

  it('does not hurry it when the next step was taken meanwhile', async () => {
    w.chat.refused.set('@U-ADA', new TransientError('it does not answer'))
    for (const minutes of [4, 5]) {
      w.clock.advance(minutes * minute)
      await w.decide()
      await w.attemptJobs()
    }
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await turn()
    await turn()
    expect(await lastPages()).toEqual(['ada r1r1800 failed', 'linus r1s1 sent'])
  })
})
