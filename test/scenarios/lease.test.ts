// An acknowledgement is a lease: its holder is asked in time, and paged again when they do not say that they are still on it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { respond } from '../../src/flow/respond.ts'
import { minute, team, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const pagesOf = async () => (await w.view()).pages.map((page) => `${page.key.split('/')[1]} ${page.person}`)
const factsOf = async () => (await w.view()).timeline.map((entry) => entry.fact)
const room = 'inc-1-checkout'

async function acknowledged(): Promise<void> {
  await w.fire()
  await w.pass(0)
  await w.chat.press('U-ADA', '@U-ADA', 'Acknowledge')
  await w.settle()
}

describe('the acknowledgement of a P1', () => {
  it('is asked about after 25 minutes, by direct message and in the room, with one button', async () => {
    await acknowledged()
    await w.pass(25 * minute - 1)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    await w.pass(1)
    const asked = w.chat.in('@U-ADA').at(-1)?.message
    expect(asked?.title).toBe('Still on it? · P1 · Checkout is down')
    expect(asked?.text).toMatch(/You have this\. Are you still on it\?\*\* Say so by \*\*10:30\*\*/)
    expect(asked?.buttons?.map((button) => button.label)).toEqual(['Still on it'])
    const said = w.chat.in(room).find((one) => one.message.title === 'Still on it, Ada Lovelace?')?.message
    expect(said?.mentions).toEqual(['ada'])
    expect(said?.buttons?.map((button) => button.label)).toEqual(['Still on it'])
  })

  it('begins anew with one press, and is asked about again', async () => {
    await acknowledged()
    await w.pass(26 * minute)
    await w.chat.press('U-ADA', '@U-ADA', 'Still on it')
    await w.pass(24 * minute)
    expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' })
    expect(await pagesOf()).toEqual(['r1s0 ada', 'r1a1500 ada'])
    const asked = w.chat.in('@U-ADA').at(-1)?.message
    expect([asked?.text?.split('\n')[0], asked?.buttons]).toEqual([
      '**You have this.** You are asked again before 10:56.',
      [],
    ])
    await w.pass(minute)
    expect(await pagesOf()).toContain('r1a3060 ada')
  })

  it('is not asked about by a page that is still on its way when its holder shows up', async () => {
    await acknowledged()
    w.clock.advance(25 * minute)
    await w.decide()
    await w.chat.say('U-ADA', 'incident note 1 found it')
    await w.settle()
    expect((await w.view()).pages.map(({ key, status }) => `${key.split('/')[1]} ${status}`)).toEqual([
      'r1s0 sent',
      'r1a1500 cancelled',
    ])
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
  })

  it('pressed twice says so once', async () => {
    await acknowledged()
    await w.pass(26 * minute)
    await w.chat.press('U-ADA', '@U-ADA', 'Still on it')
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.settle()
    expect((await factsOf()).filter((fact) => fact.kind === 'acknowledgement_renewed')).toHaveLength(1)
  })

  it.each([
    ['a note', 'incident note 1 --note "found it"'],
    ['a changed severity', 'incident sev 1 P1 --because x'],
    ['asking for somebody', 'incident page 1 linus'],
    ['taking the lead', 'incident lead 1 ada'],
  ])('is renewed without a word by %s of its holder', async (_what, command) => {
    await acknowledged()
    await w.pass(20 * minute)
    await w.chat.say('U-ADA', command.replace('sev 1 P1', 'sev 1 P2'))
    await w.pass(10 * minute)
    expect((await factsOf()).map((fact) => fact.kind)).not.toContain('acknowledgement_questioned')
    expect((await w.view()).incident.status).toBe('acknowledged')
  })

  it('is not renewed by what others do', async () => {
    await acknowledged()
    await w.pass(20 * minute)
    await w.chat.say('U-GRACE', 'incident note 1 --note "looking too"')
    await w.pass(5 * minute)
    expect((await factsOf()).map((fact) => fact.kind)).toContain('acknowledgement_questioned')
  })
})

describe('an acknowledgement that nobody renews', () => {
  it('lapses: the same person is paged again, and after the time of the step the policy goes on from where it stood', async () => {
    await acknowledged()
    await w.pass(30 * minute - 1)
    expect((await w.view()).incident.status).toBe('acknowledged')
    await w.pass(1)
    expect((await w.view()).incident.status).toBe('open')
    const again = w.chat.in('@U-ADA').at(-1)?.message
    expect(again?.text).toMatch(
      /You had it and did not say that you are still on it: say so now\. .*Linus at \*\*10:35\*\*/,
    )
    expect(again?.buttons?.map((button) => button.label)).toContain('Acknowledge')
    expect(w.chat.titles(room)).toContain('Nobody has this any more')
    await w.pass(5 * minute - 1)
    expect(w.chat.in('@U-LINUS')).toHaveLength(0)
    await w.pass(1)
    expect(await pagesOf()).toEqual(['r1s0 ada', 'r1a1500 ada', 'r1r1800 ada', 'r1s1 linus'])
  })

  it('goes on at its own pace when its holder turns out to be out of reach only after others were paged', async () => {
    await acknowledged()
    await w.pass(26 * minute)
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    w.clock.advance(4 * minute)
    await w.decide()
    await w.attemptJobs()
    expect((await w.view()).incident.status).toBe('open')
    w.clock.advance(5 * minute)
    await w.decide()
    expect(await pagesOf()).toContain('r1s1 linus')
    const before = (await w.view()).incident.position?.dueAt
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.settle()
    expect((await factsOf()).map((fact) => fact.kind)).toContain('page_failed')
    expect((await w.view()).incident.position?.dueAt).toEqual(before)
  })

  it('goes on with the last resort where the policy had come to it', async () => {
    await w.fire()
    await w.pass(41 * minute)
    await w.chat.say('U-GRACE', 'incident ack 1')
    await w.pass(30 * minute)
    expect((await w.view()).incident).toMatchObject({ status: 'open', position: { at: 'last resort', times: 2 } })
    const calls = () => w.chat.in('#incidents').filter((one) => one.message.mentions === 'channel').length
    const before = calls()
    await w.pass(10 * minute - 1)
    expect(calls()).toBe(before)
    await w.pass(1)
    expect(calls()).toBe(before + 1)
  })

  it('ends with a new answer by anybody', async () => {
    await acknowledged()
    await w.pass(31 * minute)
    await w.chat.say('U-LINUS', 'incident ack 1')
    await w.pass(20 * minute)
    expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'linus' })
    expect(await pagesOf()).toEqual(['r1s0 ada', 'r1a1500 ada', 'r1r1800 ada'])
  })

  it('is asked about first, however long the bot was away', async () => {
    await acknowledged()
    w.clock.set(new Date(w.clock.now().getTime() + 3 * 60 * minute))
    await w.decide()
    await w.settle()
    expect((await w.view()).incident.status).toBe('acknowledged')
    await w.pass(5 * minute - 1)
    expect((await w.view()).incident.status).toBe('acknowledged')
    await w.pass(1)
    expect((await w.view()).incident.status).toBe('open')
  })

  it('of a program, which nobody can page, says only that it ends', async () => {
    await w.fire()
    await w.pass(0)
    await respond(w.bot, 1, { kind: 'acknowledge', by: 'deploy-robot' })
    await w.pass(25 * minute)
    const said = w.chat.in(room).at(-1)?.message
    expect(said?.title).toBe('Still on it, deploy-robot?')
    expect(said?.text).toBe('Without a word from them this is open again at **10:30**.')
  })

  it('is decided once, by whichever replica comes first', async () => {
    await acknowledged()
    w.clock.set(new Date(w.clock.now().getTime() + 25 * minute))
    await Promise.all([w.decide(), w.decide(), w.decide()])
    await w.settle()
    expect((await factsOf()).filter((fact) => fact.kind === 'acknowledgement_questioned')).toHaveLength(1)
    expect(await pagesOf()).toEqual(['r1s0 ada', 'r1a1500 ada'])
  })

  it('disturbs nobody while all alerts are clear', async () => {
    await acknowledged()
    await w.pass(24 * minute)
    await w.clear()
    await w.pass(6 * minute)
    expect((await w.view()).incident.status).toBe('resolved')
    expect(await pagesOf()).toEqual(['r1s0 ada'])
  })
})

it('what a version without leases left behind does not end a later answer', async () => {
  await w.fire()
  await w.pass(10 * minute)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.bot.db.query(`update incidents set lease_until = opened_at + interval '1 min', lease_ask_at = null`)
  await w.pass(3 * 60 * minute)
  expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', lease: null })
})

describe('somebody else', () => {
  it('is told who has it, and takes it over with one press', async () => {
    await acknowledged()
    await w.pass(20 * minute)
    const refusal = await w.chat.say('U-LINUS', 'incident ack 1')
    expect(refusal?.message.title).toBe('Ada Lovelace already has #1')
    expect(refusal?.message.buttons?.map((button) => button.label)).toEqual(['Take over'])
    await w.chat.say('U-LINUS', refusal?.message.buttons?.[0]?.command ?? '', room)
    await w.settle()
    expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'linus' })
    expect(w.chat.titles(room)).toContain('Linus has this now')
    expect(w.chat.in('@U-ADA')[0]?.message.text).toContain('**Linus has this.**')
    // The lease is Linus's own, and Ada is not asked any more.
    await w.pass(24 * minute)
    expect(await pagesOf()).toEqual(['r1s0 ada'])
    await w.pass(minute)
    expect(await pagesOf()).toEqual(['r1s0 ada', 'r1a2700 linus'])
  })

  it('takes nothing from a third person who was faster', async () => {
    await acknowledged()
    const stale = (await w.chat.say('U-LINUS', 'incident ack 1'))?.message.buttons?.[0]?.command ?? ''
    await w.chat.say('U-GRACE', 'incident ack 1 --take-over')
    const refusal = await w.chat.say('U-LINUS', stale)
    expect(refusal?.message.title).toBe('Grace Hopper already has #1')
    expect((await w.view()).incident).toMatchObject({ acknowledgedBy: 'grace' })
  })
})

it('a P3 is held until the end, and so is what is configured that way', async () => {
  await w.fire({ severity: 'info' })
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(3 * 24 * 60 * minute)
  expect((await w.view()).incident.status).toBe('acknowledged')
  const never = await world({
    yaml: team.replace('{ policy: default, clocks', '{ policy: default, ack_lease: never, clocks'),
  })
  await never.fire()
  await never.pass(0)
  await never.chat.say('U-ADA', 'incident ack 1')
  await never.pass(3 * 60 * minute)
  expect((await never.view()).incident.status).toBe('acknowledged')
  expect((await never.chat.say('U-ADA', 'incident ack 1'))?.message.title).toBe('You already have #1')
  await never.stop()
})
