// While all alerts are clear nobody more is woken, unless somebody asks for it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TransientError } from '../../src/errors.ts'
import { audit } from '../../src/worker/auditor.ts'
import { RecordingChat } from './recording-chat.ts'
import { minute, team, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

it('wakes nobody more while all alerts are clear, and goes on at once when one comes back', async () => {
  await w.fire()
  await w.pass(minute)
  await w.clear()
  await w.pass(4.5 * minute)
  expect(w.chat.in('@U-LINUS')).toHaveLength(0)
  await w.fire()
  await w.pass(0)
  expect(w.chat.in('@U-LINUS')).toHaveLength(1)
})

it('pages the next step for whoever escalates while all alerts are clear, and then no longer ends by itself', async () => {
  await w.fire()
  await w.pass(minute)
  await w.clear()
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident escalate 1')
  await w.pass(0)
  expect(w.chat.in('@U-LINUS')).toHaveLength(1)
  await w.pass(6 * minute)
  expect((await w.view()).incident.status).toBe('open')
})

it('sends what somebody asks for while all alerts are clear, and what was due before and could not be sent', async () => {
  w.chat.refused.set('@U-ADA', new TransientError('it does not answer'))
  await w.fire()
  await w.decide()
  await w.attemptJobs()
  w.clock.advance(1_000)
  await w.clear()
  w.clock.advance(1_000)
  await w.chat.say('U-GRACE', 'incident page 1 linus')
  w.chat.refused.clear()
  await w.attemptJobs()
  expect(['@U-ADA', '@U-LINUS'].map((who) => w.chat.in(who).length)).toEqual([1, 1])
})

describe('a page that quiet hours held back, and that falls due while all alerts are clear,', () => {
  const people = team.replace('slack: U-ADA }', 'slack: U-ADA, quiet: { from: "22:00", until: "07:00" } }')
  const heard = () => w.chat.in('@U-ADA').length

  /** From four minutes before they end in Berlin. */
  beforeEach(async () => {
    await w.stop()
    const always = 'severities:\n  P3: { paging: always, policy: default }\n'
    w = await world({ yaml: people.replace('severities:\n', always), start: '2026-03-03T05:56:00Z' })
    await w.fire({ severity: 'info' })
    await w.pass(minute)
    await w.clear({ severity: 'info' })
    expect(heard()).toBe(0)
  })

  /** What waits is looked at now and again. */
  const attempt = async (minutes: number) => {
    w.clock.advance(minutes * minute)
    await w.decide()
    await w.attemptJobs()
  }

  it('wakes nobody, and is missed by no audit, until they have been clear for so long that the incident is over', async () => {
    await attempt(3.5)
    await attempt(1)
    expect(heard()).toBe(0)
    expect((await audit(w.bot)).unsent).toBe(0)
    await attempt(1)
    await w.pass(minute)
    expect((await w.view()).incident.status).toBe('resolved')
    expect(heard()).toBe(0)
    expect((await w.view()).pages.map(({ status }) => status)).not.toContain('due')
  })

  it('goes out at once when one of them comes back', async () => {
    await attempt(3.5)
    expect(heard()).toBe(0)
    await w.fire({ severity: 'info' })
    await w.pass(0)
    expect(heard()).toBe(1)
  })

  it('is tried again after a second when chat fails for a moment then, however often it was looked at before', async () => {
    await attempt(3.5)
    for (let look = 0; look < 10; look++) await attempt(1 / 30)
    await w.fire({ severity: 'info' })
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    const waits = async () => {
      await w.attemptJobs()
      const { rows } = await w.bot.db.query<{ try_at: Date }>('select try_at from pages')
      return rows.map(({ try_at }) => try_at.getTime() - w.clock.now().getTime())
    }
    expect(await waits()).toEqual([1_000])
    w.clock.advance(1_000)
    expect(await waits()).toEqual([2_000])
  })
})

it('another way that was to wait for an answer is not taken while all alerts are clear, but at once when one comes back', async () => {
  await w.stop()
  const ways = 'slack: U-ADA, reach: [slack, console after 3m] }'
  w = await world({ yaml: team.replace('slack: U-ADA }', ways) })
  w.bot.platforms.push(new RecordingChat('console'))
  w.bot.channels.console = { incidents: 'incidents', alerts: 'alerts' }
  const taken = async () => (await w.view()).pages.map(({ channel, status }) => `${channel} ${status}`)
  await w.fire()
  await w.pass(2 * minute)
  await w.clear()
  w.clock.advance(2 * minute)
  await w.attemptJobs()
  expect(await taken()).toEqual(['slack sent', 'console due'])
  await w.fire()
  await w.pass(0)
  expect(await taken()).toEqual(['slack sent', 'console sent'])
})

it('a page that waits because all alerts are clear does not hang: once it may go out, it has its own way for as long as any', async () => {
  await w.stop()
  const ways = 'slack: U-ADA, reach: [slack, console after 3m] }'
  const soon = team.replace('P1: { policy: default,', 'P1: { policy: default, reroute_after: 30s,')
  w = await world({ yaml: soon.replace('slack: U-ADA }', ways) })
  w.bot.platforms.push(new RecordingChat('console'))
  w.bot.channels.console = { incidents: 'incidents', alerts: 'alerts' }
  await w.fire()
  await w.pass(2 * minute)
  await w.clear()
  w.clock.advance(2 * minute)
  await w.attemptJobs()
  await w.decide()
  const { rows } = await w.bot.db.query(`select reroute_at from pages where channel = 'console'`)
  expect(rows).toEqual([{ reroute_at: new Date(w.clock.now().getTime() + minute / 2) }])
})
