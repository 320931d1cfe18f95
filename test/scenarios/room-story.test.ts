// What the room is told as an incident goes to and fro, and what its clocks make of that.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

it('takes the buttons off everybody’s page once somebody has it', async () => {
  await w.fire()
  await w.pass(5 * minute)
  await w.chat.press('U-LINUS', '@U-LINUS', 'Acknowledge')
  await w.pass(0)
  for (const channel of ['@U-ADA', '@U-LINUS']) {
    const page = w.chat.in(channel)[0]?.message
    expect(page?.buttons?.map((button) => button.label) ?? [], channel).not.toContain('Acknowledge')
    expect(JSON.stringify(page), channel).toContain(channel === '@U-LINUS' ? 'You have this' : 'Linus has this')
  }
})

it('tells the room that an alert came back before the incident could resolve itself', async () => {
  await w.fire()
  await w.clear()
  await w.pass(minute)
  await w.fire()
  await w.pass(0)
  expect(w.chat.titles('inc-1-checkout')).toContain('Firing again: Checkout is down')
})

it('keeps the severity a person gave when the same alert opens it again', async () => {
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident sev 1 P2 only the test shop')
  await w.clear()
  await w.pass(6 * minute)
  await w.fire()
  await w.pass(0)
  expect((await w.view()).incident).toMatchObject({ status: 'open', severity: 'P2' })
})

it('counts response times from the last opening when a worse alert joins a reopened incident', async () => {
  await w.fire({ severity: 'warning', labels: { alertname: 'Down', instance: 'a' } })
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.pass(14 * minute)
  await w.fire({ severity: 'warning', labels: { alertname: 'Down', instance: 'a' } })
  await w.pass(5 * minute)
  await w.fire({ severity: 'critical', labels: { alertname: 'Down', instance: 'b' } })
  await w.pass(0)
  const { incident, clocks } = await w.view()
  expect(incident).toMatchObject({ status: 'open', severity: 'P1' })
  expect(clocks.find((clock) => clock.name === 'respond')).toMatchObject({ status: 'running' })
})

it('wants the answer to a worse alert from when it joined, though somebody had the incident for an hour', async () => {
  await w.fire({ severity: 'warning', labels: { alertname: 'Down', instance: 'a' } })
  await w.pass(2 * minute)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(70 * minute)
  const joined = w.clock.now().getTime()
  await w.fire({ severity: 'critical', labels: { alertname: 'Down', instance: 'b' } })
  await w.pass(2 * minute)
  const { incident, clocks, timeline } = await w.view()
  expect(incident).toMatchObject({ status: 'open', severity: 'P1' })
  const running = clocks.find(({ name, status }) => name === 'respond' && status === 'running')
  expect(running?.dueAt.getTime()).toBe(joined + 15 * minute)
  expect(timeline.some(({ fact }) => fact.kind === 'clock_breached')).toBe(false)
})

it('wants the answer to a worse alert from when it joined, also where the severity was lowered before', async () => {
  await w.fire({ labels: { alertname: 'Down', instance: 'a' } })
  await w.pass(10 * minute)
  await w.chat.say('U-ADA', 'incident sev 1 P4 a false alarm')
  await w.pass(20 * minute)
  await w.fire({ labels: { alertname: 'Down', instance: 'b' } })
  await w.pass(2 * minute)
  const { incident, timeline } = await w.view()
  expect(incident).toMatchObject({ status: 'open', severity: 'P1' })
  expect(timeline.some(({ fact }) => fact.kind === 'clock_breached')).toBe(false)
})

it('neither gives a promise more time nor takes a breach back when the severity goes to and fro', async () => {
  const respond = async () => (await w.view()).clocks.filter(({ name }) => name === 'respond').at(-1)
  await w.fire({ severity: 'warning', labels: { alertname: 'Down', instance: 'a' } })
  const opened = w.clock.now().getTime()
  await w.pass(50 * minute)
  await w.chat.say('U-ADA', 'incident sev 1 P1')
  expect((await respond())?.dueAt.getTime()).toBe(opened + 60 * minute)
  await w.chat.say('U-ADA', 'incident sev 1 P2')
  await w.pass(5 * minute)
  await w.chat.say('U-ADA', 'incident sev 1 P1')
  const due = (await w.view()).clocks.filter(({ name, status }) => name === 'respond' && status === 'running')
  expect(due.every(({ dueAt }) => dueAt.getTime() <= opened + 65 * minute)).toBe(true)
  await w.pass(15 * minute)
  const { timeline } = await w.view()
  expect(timeline.filter(({ fact }) => fact.kind === 'clock_breached')).toHaveLength(1)
})

it('writes down once that a topic cannot be set', async () => {
  w.chat.rooms.setTopic = async () => {
    throw new PermanentError('missing_scope')
  }
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.chat.say('U-ADA', 'incident sev 1 P2')
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.pass(0)
  const degraded = (await w.view()).timeline.filter((entry) => entry.fact.kind === 'room_degraded')
  expect(degraded).toHaveLength(1)
})

it('names the room of an incident without a service after what is wrong', async () => {
  await w.chat.say('U-ADA', 'incident new P1 Customers cannot log in')
  await w.pass(0)
  expect((await w.view()).rooms[0]?.channel).toBe('inc-1-customers-cannot-log-in')
})
