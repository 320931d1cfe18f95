// Slack asks to wait: everybody who waits for the same thing hears of it, and pages are looked for first.
import { expect, test } from 'vitest'
import { Gate } from '../../src/chat/slack/gate.ts'
import { ManualClock } from '../../src/clock.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { harness, post } from './harness.ts'

const room = { channel: 'C0ROOM' }
const direct = { channel: 'D0ADA' }
const look = 'conversations.history'

test('what Slack asked to wait for waits, and nothing else does', () => {
  const clock = new ManualClock(new Date('2026-03-02T09:00:00Z'))
  const gate = new Gate(clock)
  gate.close('chat.update', room, 3_000)
  expect(gate.wait('chat.update', { channel: 'C0OTHER' })).toBe(3_000)
  expect(gate.wait('conversations.invite', room)).toBe(0)
  clock.advance(2_999)
  expect(gate.wait('chat.update', room)).toBe(1)
  clock.advance(1)
  expect(gate.wait('chat.update', room)).toBe(0)
})

test('messages are counted by channel: one that takes no more delays no other', () => {
  const gate = new Gate(new ManualClock(new Date('2026-03-02T09:00:00Z')))
  gate.close('chat.postMessage', room, 5_000)
  expect(gate.wait('chat.postMessage', room)).toBe(5_000)
  expect(gate.wait('chat.postMessage', direct)).toBe(0)
})

test('a page is looked for before what rooms have to look for', () => {
  const clock = new ManualClock(new Date('2026-03-02T09:00:00Z'))
  const gate = new Gate(clock)
  gate.close(look, room, 1_000)
  expect(gate.wait(look, direct)).toBe(1_000)
  clock.advance(1_000)
  expect(gate.wait(look, room)).toBeGreaterThan(0)
  expect(gate.wait(look, direct)).toBe(0)
  clock.advance(2_000)
  expect(gate.wait(look, room)).toBe(0)
})

test('what everybody reads is edited before what one person reads', () => {
  const clock = new ManualClock(new Date('2026-03-02T09:00:00Z'))
  const gate = new Gate(clock)
  gate.close('chat.update', room, 1_000)
  clock.advance(1_000)
  expect(gate.wait('chat.update', room)).toBe(0)
  expect(gate.wait('chat.update', direct)).toBe(2_000)
})

test('a longer wait that is known is not cut short by a shorter one', () => {
  const gate = new Gate(new ManualClock(new Date('2026-03-02T09:00:00Z')))
  gate.close('chat.update', room, 20_000)
  gate.close('chat.update', room, 1_000)
  expect(gate.wait('chat.update', room)).toBe(20_000)
})

test('a page is tried every half minute, however long it is to wait', () => {
  const clock = new ManualClock(new Date('2026-03-02T09:00:00Z'))
  const gate = new Gate(clock)
  gate.close('chat.postMessage', direct, 3_600_000)
  clock.advance(30_000)
  expect(gate.wait('chat.postMessage', direct)).toBe(0)
})

test('a clock that is set back keeps nobody waiting for it to come round again', () => {
  const clock = new ManualClock(new Date('2026-03-02T09:00:00Z'))
  const gate = new Gate(clock)
  gate.close('conversations.create', {}, 30_000)
  gate.close(look, direct, 30_000)
  clock.advance(-3_600_000)
  expect(gate.wait('conversations.create', {})).toBe(0)
  expect(gate.wait(look, direct)).toBe(0)
  gate.close(look, direct, 30_000)
  clock.advance(-3_600_000)
  gate.close(look, direct, 5_000)
  expect(gate.wait(look, direct)).toBe(5_000)
})

test('Slack is not asked again before it wanted to be', async () => {
  const { slack, platform } = await harness()
  slack.trouble('chat.postMessage', { kind: 'rate limit', retryAfter: 30 })
  await expect(platform.post(post({}))).rejects.toMatchObject({ retryAfter: 30_000 })
  for (const key of ['two', 'three'])
    await expect(platform.post(post({}, { key }))).rejects.toMatchObject({ name: 'TransientError' })
  expect(slack.calls('chat.postMessage')).toHaveLength(1)
  await platform.post(post({}, { to: { account: 'U0ADA' } }))
  expect(slack.messages('U0ADA')).toHaveLength(1)
})

test('a Slack that wants to be asked later, and does not say when, is asked in half a minute', async () => {
  const { slack, platform } = await harness()
  slack.trouble('chat.postMessage', { kind: 'status', status: 429 })
  await expect(platform.post(post({}))).rejects.toMatchObject({ retryAfter: 30_000 })
  await expect(platform.post(post({}))).rejects.toThrow('asks to wait 30 s')
  expect(slack.calls('chat.postMessage')).toHaveLength(1)
})

test('pages of one person that have to be looked for at the same time are looked for once, and none is doubled', async () => {
  const { slack, platform } = await harness()
  const to = { account: 'U0ADA' }
  const keys = Array.from({ length: 20 }, (_, i) => `inc-${i}/r1s0/ada/slack`)
  for (const key of keys.slice(0, 10)) await platform.post(post({}, { to, key }))
  const refs = await Promise.all(keys.map((key) => platform.post(post({}, { to, key, resumed: true }))))
  expect(slack.messages('U0ADA')).toHaveLength(20)
  expect(refs.filter((ref) => ref.isAdopted)).toHaveLength(10)
  expect(slack.calls(look)).toHaveLength(1)
})

test('whoever comes while a look is under way begins another', async () => {
  const { slack, platform } = await harness()
  const to = { account: 'U0ADA' }
  await platform.post(post({}, { to, key: 'one', resumed: true }))
  slack.trouble('chat.postMessage', { kind: 'accept then drop' })
  await expect(platform.post(post({}, { to, key: 'two' }))).rejects.toThrow(TransientError)
  await platform.post(post({}, { to, key: 'two', resumed: true }))
  expect(slack.messages('U0ADA')).toHaveLength(2)
  expect(slack.calls(look)).toHaveLength(2)
})

test('what was looked for and then refused need not be looked for again', async () => {
  const { slack, platform } = await harness()
  slack.trouble('chat.postMessage', { kind: 'rate limit', retryAfter: 3 })
  const again = platform.post(post({}, { resumed: true }))
  await expect(again).rejects.toMatchObject({ retryAfter: 3_000, isAbsent: true })
})

test('what was looked for and then refused for good is refused for good, and what was lost may be there', async () => {
  const { slack, platform } = await harness()
  slack.trouble('chat.postMessage', { kind: 'error', error: 'restricted_action' })
  await expect(platform.post(post({}, { resumed: true }))).rejects.toThrow(PermanentError)
  slack.trouble('chat.postMessage', { kind: 'drop' })
  const lost = platform.post(post({}, { resumed: true }))
  await expect(lost).rejects.toMatchObject({ retryAfter: null, isAbsent: false })
})

test('many messages of a room are found with one look', async () => {
  const { slack, platform } = await harness()
  const to = { channel: slack.channel('incidents').id }
  const keys = ['inc-1/card', 'inc-1/e1', 'inc-1/e2', 'inc-1/e3']
  const refs = new Map<string, unknown>()
  for (const key of keys.slice(0, 3)) refs.set(key, await platform.post(post({}, { to, key })))
  const marks = keys.map((key) => ({ key }))
  expect(await platform.findAll?.(to.channel, marks)).toEqual(refs)
  expect(slack.calls(look)).toHaveLength(1)
})
