// A room whose platform refuses, asks for a pause or does not answer: what can be told is told at once, and the rest in the end.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { queueOf, turn } from './turns.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const titles = () => w.chat.titles('inc-1-checkout')
const card = () => w.chat.in('inc-1-checkout').find((one) => one.key === 'inc-1/card')?.message.text

it('that people archived or deleted is replaced by the incidents channel, with a card to press', async () => {
  await w.fire()
  await w.pass(0)
  w.chat.refused.set('inc-1-checkout', new PermanentError('is_archived', { gone: true }))
  await w.chat.say('U-LINUS', 'incident note 1 rolled back')
  await w.pass(0)
  const standIn = w.chat.in('#incidents').map((one) => JSON.stringify(one.message))
  expect(standIn.some((text) => text.includes('rolled back'))).toBe(true)
  expect(w.chat.in('#incidents').some((one) => one.key === 'inc-1/card')).toBe(true)
  const reasons = (await w.view()).timeline.filter((entry) => entry.fact.kind === 'room_degraded')
  expect(reasons).toHaveLength(1)
  await w.chat.say('U-LINUS', 'incident note 1 all is well')
  await w.pass(0)
  expect((await w.view()).timeline.filter((entry) => entry.fact.kind === 'room_degraded')).toHaveLength(1)
})

it('hears the rest although the incidents channel takes no more for a while', async () => {
  w.chat.refused.set('#incidents', new TransientError('429', { retryAfter: 30_000 }))
  await w.fire()
  await w.decide()
  await w.attemptJobs()
  expect(titles().length).toBeGreaterThan(1)
  expect(w.chat.invited).toHaveLength(1)
  w.chat.refused.clear()
  await w.pass(0)
  expect(w.chat.in('#incidents')).toHaveLength(1)
})

it('keeps its pause while the platform asks for one, whatever happens meanwhile', async () => {
  w.chat.refused.set('inc-1-checkout', new TransientError('429', { retryAfter: 20_000 }))
  await w.fire()
  await w.decide()
  await turn(w)
  await w.chat.say('U-LINUS', 'incident note 1 still here')
  expect((await queueOf(w, 'one').claim(10)).claimed).toEqual([])
  w.clock.advance(20_000)
  expect((await queueOf(w, 'one').claim(10)).claimed).toHaveLength(1)
})

it('hears at once what happens while its topic or a message has to wait, and has both in the end', async () => {
  await w.fire()
  await w.pass(10_000)
  const { update } = w.chat
  const { setTopic } = w.chat.rooms
  const card = w.chat.in('inc-1-checkout').find((one) => one.key === 'inc-1/card')
  const open = { topic: w.clock.now().getTime() + 500_000, card: w.clock.now().getTime() + 60_000 }
  const unlessClosed = (until: number) => {
    const wait = until - w.clock.now().getTime()
    if (wait > 0) throw new TransientError('429', { retryAfter: wait })
  }
  w.chat.rooms.setTopic = async (channel, topic) => {
    unlessClosed(open.topic)
    return setTopic(channel, topic)
  }
  w.chat.update = async (ref, message) => {
    if (ref.id === card?.id) unlessClosed(open.card)
    return update.call(w.chat, ref, message)
  }
  const tell = async () => {
    await w.decide()
    await turn(w)
  }
  await w.chat.say('U-ADA', 'incident ack 1')
  await tell()
  await w.chat.say('U-ADA', 'incident note 1 rolled back')
  await tell()
  expect(JSON.stringify(w.chat.in('inc-1-checkout').map(({ message }) => message))).toContain('rolled back')
  expect(w.chat.topics.get('inc-1-checkout') ?? '').not.toContain('Ada')
  w.clock.advance(61_000)
  await tell()
  expect(card?.message.text).toContain('Ada Lovelace has this')
  w.clock.advance(440_000)
  await tell()
  expect(w.chat.topics.get('inc-1-checkout')).toContain('Ada Lovelace has this')
})

it('looks once for all that an earlier turn may have left, and brings what it finds up to date', async () => {
  w.chat.failures.push({ when: 'after', error: new TransientError('connection reset'), to: 'inc-1-checkout' })
  await w.fire()
  await w.decide()
  await w.attemptJobs()
  for (const note of ['one', 'two', 'three']) await w.chat.say('U-LINUS', `incident note 1 ${note}`)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.pass(5_000)
  const room = w.chat.in('inc-1-checkout')
  expect(new Set(room.map((one) => one.key)).size).toBe(room.length)
  expect(room.find((one) => one.key === 'inc-1/card')?.message.text).toContain('Linus has this')
  expect(w.chat.looks).toBe(1)
})

it('edits the card once for what happened, however often something else has to be tried again', async () => {
  await w.fire()
  await w.pass(10_000)
  const update = w.chat.update.bind(w.chat)
  const announced = w.chat.in('#incidents').map((one) => one.id)
  w.chat.update = async (ref, message) => {
    if (announced.includes(ref.id)) throw new TransientError('429', { retryAfter: 2_000 })
    return update(ref, message)
  }
  const card = () => w.chat.in('inc-1-checkout').find((one) => one.key === 'inc-1/card')
  const before = card()?.edits ?? 0
  await w.chat.say('U-LINUS', 'incident ack 1')
  for (let second = 0; second < 90; second += 3) {
    w.clock.advance(3_000)
    await w.decide()
    await w.attemptJobs()
  }
  expect(card()?.message.text).toContain('Linus has this')
  expect((card()?.edits ?? 0) - before).toBe(1)
})

it('has its pages say who has it, although the channel where incidents are announced takes no edits for a while', async () => {
  await w.fire()
  await w.pass(10_000)
  const update = w.chat.update.bind(w.chat)
  const announced = w.chat.in('#incidents').map((one) => one.id)
  w.chat.update = async (ref, message) => {
    if (announced.includes(ref.id)) throw new TransientError('429', { retryAfter: 40_000 })
    return update(ref, message)
  }
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.decide()
  await turn(w)
  expect(w.chat.in('@U-ADA').map(({ message }) => message.text)).toEqual([expect.stringContaining('You have this')])
})

it('has its card edited later when the platform cannot do so for now', async () => {
  await w.fire()
  await w.pass(0)
  const update = w.chat.update.bind(w.chat)
  let troubles = 2
  w.chat.update = async (...edit) => {
    if (troubles-- > 0) throw new TransientError('Slack answered 503')
    return update(...edit)
  }
  await w.chat.press('U-ADA', 'inc-1-checkout', 'Acknowledge')
  await w.pass(minute)
  expect(w.chat.in('inc-1-checkout')[0]?.message.text).toContain('Ada Lovelace has this')
})

it('edits its card as soon as the platform takes it, though the topic has to wait for minutes', async () => {
  await w.fire()
  await w.pass(10_000)
  w.chat.capabilities.secondsBetweenEdits = 2
  w.chat.rooms.setTopic = async () => {
    throw new TransientError('429', { retryAfter: 500_000 })
  }
  const tell = async () => {
    await turn(w)
  }
  await w.chat.say('U-ADA', 'incident ack 1')
  await tell()
  w.clock.advance(500)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await tell()
  expect(card()).toContain('Ada Lovelace has this')
  w.clock.advance(1_500)
  await tell()
  expect(card()).toContain('Resolved')
})

it('edits its card at once after a clock was set back, and not when that has come round again', async () => {
  await w.fire()
  await w.pass(10_000)
  w.chat.capabilities.secondsBetweenEdits = 2
  await w.chat.say('U-ADA', 'incident ack 1')
  await turn(w)
  expect(card()).toContain('Ada Lovelace has this')
  w.clock.advance(-3_600_000)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await turn(w)
  expect(card()).toContain('Resolved')
})

it('asks a platform that does not answer for one thing, and not for everything that it would do there', async () => {
  await w.fire()
  await w.pass(10_000)
  let asked = 0
  const hang = async () => {
    asked++
    throw new TransientError('no answer within 10 s')
  }
  Object.assign(w.chat, { update: hang, post: hang })
  Object.assign(w.chat.rooms, { setTopic: hang, invite: hang, bookmark: hang })
  await w.chat.say('U-ADA', 'incident ack 1')
  await turn(w)
  expect(asked).toBe(1)
})

it('counts what joined while it was told, though its topic has to wait for minutes', async () => {
  await w.fire()
  await w.pass(10_000)
  w.chat.rooms.setTopic = async () => {
    await w.fire({ labels: { instance: 'b' } })
    throw new TransientError('429', { retryAfter: 500_000 })
  }
  await w.chat.say('U-ADA', 'incident ack 1')
  for (let seconds = 0; seconds < 5; seconds++) {
    await turn(w)
    w.clock.advance(1_000)
  }
  expect(JSON.stringify(w.chat.in('inc-1-checkout')[0]?.message)).toContain('2 of 2 firing')
})

it('does not try again at each turn what was refused for good', async () => {
  w.chat.refused.set('#incidents', new PermanentError('not_in_channel'))
  const tried: string[] = []
  const post = w.chat.post.bind(w.chat)
  w.chat.post = (request) => {
    tried.push(request.key)
    return post(request)
  }
  await w.fire()
  await w.pass(10_000)
  await w.chat.say('U-ADA', 'incident note 1 looking')
  await w.pass(10_000)
  expect(tried.filter((key) => key === 'inc-1/announcement')).toHaveLength(1)
})

it.each(['topic', 'edit', 'link'])('hears at once what happens although the platform answers no %s', async (what) => {
  const ill = async () => {
    throw new TransientError('it answered 500')
  }
  if (what === 'link') w.chat.rooms.bookmark = ill
  await w.fire()
  await w.decide()
  await turn(w)
  if (what === 'topic') w.chat.rooms.setTopic = ill
  if (what === 'edit') w.chat.update = ill
  await w.chat.say('U-ADA', 'incident ack 1')
  for (let second = 0; second < 60; second++) {
    w.clock.advance(1_000)
    await w.decide()
    await turn(w)
  }
  await w.chat.say('U-ADA', 'incident note 1 rolled back')
  await w.decide()
  await turn(w)
  expect(JSON.stringify(w.chat.in('inc-1-checkout').map(({ message }) => message))).toContain('rolled back')
})
