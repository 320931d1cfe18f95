// Nobody answers: then everybody hears of it, whatever the severity and however few people are configured.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { RecordingChat } from './recording-chat.ts'
import { minute, team, type World, world } from './world.ts'

const nobody = `
team: Checkout
zone: Europe/Berlin
sources: { generic: { token: secret } }
`

async function opened(yaml?: string): Promise<World> {
  const w = await world(yaml === undefined ? {} : { yaml })
  onTestFinished(() => w.stop())
  return w
}

const calls = (w: World) =>
  w.chat.in('#incidents').filter((one) => one.message.mentions === 'channel' || one.key.endsWith('/everybody')).length

it('a team without people is called in the incidents channel at once, and again until somebody has it', async () => {
  const w = await opened(nobody)
  await w.fire()
  await w.pass(0)
  expect(calls(w)).toBe(1)
  await w.pass(10 * minute)
  expect(calls(w)).toBe(2)
  await w.chat.press('U-ADA', '#incidents', 'Acknowledge')
  await w.pass(24 * minute)
  expect(calls(w)).toBe(2)
})

it('a call for everybody that rang nobody is told once, and goes on', async () => {
  const w = await opened(nobody)
  w.chat.unheard = 'Slack let it notify nobody'
  await w.fire()
  await w.pass(0)
  await w.pass(10 * minute)
  expect(calls(w)).toBe(2)
  const told = (await w.view()).timeline.flatMap(({ fact }) => (fact.kind === 'room_degraded' ? [fact] : []))
  expect(told).toEqual([
    { kind: 'room_degraded', platform: 'slack', what: 'call everybody', reason: 'Slack let it notify nobody' },
  ])
})

it('a call for everybody that was answered says who has it, and no longer than they do', async () => {
  const w = await opened()
  await w.fire()
  await w.pass(50 * minute)
  const called = () => w.chat.in('#incidents').filter((one) => one.key.endsWith('/everybody'))
  expect(called().map((one) => one.message.buttons?.map((button) => button.label))).toEqual(
    called().map(() => ['Acknowledge']),
  )
  expect(called().length).toBeGreaterThan(1)
  await w.chat.press('U-ADA', '#incidents', 'Acknowledge')
  await w.pass(minute)
  for (const { message } of called()) {
    expect(message.buttons).toEqual([])
    expect(message.mentions).toBeUndefined()
    expect(`${message.title} ${message.text}`).toContain('Ada Lovelace has this')
    expect(message.title).not.toContain('NOBODY')
  }
  // She says nothing more, and has it no longer: whoever reads the channel must not believe that she does.
  await w.pass(36 * minute)
  expect((await w.view()).incident.status).toBe('open')
  for (const { message } of called()) {
    expect(`${message.title} ${message.text}`).toMatch(/nobody has this/i)
    expect(message.buttons?.map((button) => button.label)).toEqual(['Acknowledge'])
  }
})

it('a P3 that nobody answers is called in the incidents channel although it has no room', async () => {
  const w = await opened()
  await w.fire({ severity: 'info' })
  await w.pass(8 * 24 * 60 * minute)
  expect((await w.view()).timeline.map((e) => e.fact.kind)).toContain('last_resort_reached')
  expect(calls(w)).toBeGreaterThan(0)
  expect((await w.view()).rooms).toEqual([])
})

it('a stand-in for a room is called once, not twice', async () => {
  const { PermanentError } = await import('../../src/errors.ts')
  const w = await opened(nobody)
  w.chat.refuseRooms = new PermanentError('missing_scope')
  await w.fire()
  await w.pass(10 * minute)
  const heard = w.chat.in('#incidents').filter((one) => one.message.mentions === 'channel')
  expect(heard.filter((one) => one.key.endsWith('/everybody')).length).toBeLessThan(heard.length)
  await w.pass(10 * minute)
  expect(calls(w)).toBe(heard.length + 1)
})

it.each([
  ['fails again and again', null],
  ['is wanted later', 60_000],
])('is called in time where opening the room %s', async (_, retryAfter) => {
  const w = await opened(nobody)
  w.chat.refuseRooms = new TransientError('no channels now', { retryAfter })
  await w.fire()
  await w.attemptJobs()
  expect(calls(w)).toBe(1)
  w.clock.advance(10 * minute)
  await w.decide()
  await w.attemptJobs()
  expect(calls(w)).toBe(2)
  w.chat.refuseRooms = null
  await w.pass(0)
  expect(w.chat.titles('inc-1-checkout')[0]).toMatch(/^NOBODY HAS THIS/)
})

it('is called before a room is tried again that could not be opened: that may take its time', async () => {
  const w = await opened(nobody)
  const before: number[] = []
  w.chat.rooms.open = async () => {
    before.push(calls(w))
    throw new TransientError('it does not answer')
  }
  await w.fire()
  await w.attemptJobs()
  w.clock.advance(10 * minute)
  await w.decide()
  await w.attemptJobs()
  expect(calls(w)).toBe(2)
  w.clock.advance(minute / 4)
  await w.attemptJobs()
  expect(before).toEqual([0, 2])
})

it('is called once by what stands in for a room that cannot be opened for an hour', async () => {
  const w = await opened(nobody)
  w.chat.refuseRooms = new TransientError('no channels now', { retryAfter: 60_000 })
  await w.fire()
  await w.attemptJobs()
  w.chat.refuseRooms = new TransientError('no channels for an hour', { retryAfter: 60 * minute })
  await w.pass(0)
  expect(calls(w)).toBe(1)
  expect((await w.view()).timeline.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('could not open a room, so #incidents stands in for it: no channels for an hour'),
  )
})

it('is not called late by what somebody has answered, once nobody has it any more', async () => {
  const w = await opened()
  w.chat.refused.set('#incidents', new TransientError('it does not answer'))
  await w.fire()
  const wait = async (...minutes: number[]) => {
    for (const one of minutes) {
      w.clock.advance(one * minute)
      await w.decide()
      await w.attemptJobs()
    }
  }
  await wait(0, 5, 10, 5, 10)
  expect((await w.view()).timeline.map(({ fact }) => fact.kind)).toContain('last_resort_reached')
  await w.chat.say('U-ADA', 'incident ack 1')
  await wait(25, 5)
  expect((await w.view()).incident.status).toBe('open')
  w.chat.refused.clear()
  await wait(0)
  expect(calls(w)).toBe(0)
})

it('calls every channel on every platform, and the duty manager over every way there is', async () => {
  const yaml = team.replace('slack: U-GRACE', 'slack: U-GRACE, discord: "42"')
  const w = await opened(yaml)
  const discord = new RecordingChat('discord')
  w.bot.platforms.push(discord)
  w.bot.channels.discord = { incidents: '#vorfaelle', alerts: '#alarme' }
  await w.fire()
  await w.pass(30 * minute)
  const loud = (chat: RecordingChat, channel: string) =>
    chat.in(channel).filter((one) => one.message.mentions === 'channel').length
  expect([loud(w.chat, '#incidents'), loud(discord, '#vorfaelle')]).toEqual([1, 1])
  expect([w.chat.in('@U-GRACE').length, discord.in('@42').length]).toEqual([1, 1])
  for (const [chat, channel] of [
    [w.chat, 'inc-1-checkout'],
    [discord, 'inc-1-checkout'],
  ] as const)
    expect(chat.in(channel)[0]?.message.title).toMatch(/^NOBODY HAS THIS · /)
})

it('calls the duty manager also over a way that their own rules keep for another severity', async () => {
  const rules = 'reach: { P1: [slack, webhook:phone after 5m], default: slack }'
  const phone = createServer((_, response) => void response.writeHead(204).end())
  await new Promise<void>((resolve) => phone.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void phone.close())
  const url = `http://127.0.0.1:${(phone.address() as AddressInfo).port}/call`
  const people = team.replace('slack: U-GRACE', `slack: U-GRACE, ${rules}`)
  const w = await opened(`${people}webhooks: { phone: { url: "${url}" } }\n`)
  await w.fire({ severity: 'warning' })
  await w.pass(4 * 60 * minute)
  const called = (await w.view()).pages.filter(({ key }) => /r\d+l1\/grace/.test(key)).map(({ channel }) => channel)
  expect(called.sort()).toEqual(['slack', 'webhook:phone'])
})

it('calls the channel when the duty manager cannot be reached at all', async () => {
  const { PermanentError } = await import('../../src/errors.ts')
  const w = await opened()
  w.chat.refused.set('@U-GRACE', new PermanentError('account_inactive'))
  await w.fire()
  await w.pass(40 * minute)
  expect(calls(w)).toBe(2)
  expect((await w.view()).pages.filter((page) => page.person === 'grace').map((page) => page.status)).toEqual([
    'failed',
    'failed',
  ])
})

it('the duty manager is brought into the room, where the runbook and everything said so far are', async () => {
  const w = await opened(`
people: { ada: { slack: U-ADA }, linus: { slack: U-LINUS } }
policies: { default: { rounds: 1, steps: [{ page: "person:ada", wait: 5m }], last_resort: { people: [linus], every: 5m } } }
sources: { generic: { token: secret } }
`)
  await w.fire()
  await w.pass(20 * minute)
  expect(w.chat.invited).toEqual(['U-ADA → inc-1-checkout', 'U-LINUS → inc-1-checkout'])
})

it('pages of a last resort that nobody can receive make it come no sooner', async () => {
  const w = await opened()
  for (const account of ['U-ADA', 'U-GRACE', 'U-LINUS'])
    w.chat.refused.set(`@${account}`, new PermanentError('cannot_dm_bot'))
  await w.fire()
  await w.pass(0)
  const times = async () =>
    (await w.view()).timeline.flatMap(({ fact }) => (fact.kind === 'last_resort_reached' ? [fact.times] : []))
  expect(await times()).toEqual([1])
  await w.pass(9 * minute)
  expect(await times()).toEqual([1])
  await w.pass(minute)
  expect(await times()).toEqual([1, 2])
})

it('somebody who is asked for and cannot be paged makes the policy go on no sooner', async () => {
  const w = await opened()
  await w.fire()
  await w.pass(0)
  w.chat.refused.set('@U-GRACE', new PermanentError('cannot_dm_bot'))
  await w.chat.say('U-LINUS', 'incident page 1 grace')
  await w.pass(4 * minute)
  const { timeline } = await w.view()
  expect(timeline.some(({ fact }) => fact.kind === 'page_failed' && fact.person === 'grace')).toBe(true)
  const paged = timeline.flatMap(({ fact }) => (fact.kind === 'people_paged' ? [`${fact.people} ${fact.because}`] : []))
  expect(paged).toEqual(['ada policy', 'grace person'])
})
