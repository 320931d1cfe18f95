// A chat platform or a database that was away: what is told when it is back, and what meanwhile.
import { expect, it, vi } from 'vitest'
import { makeDispatch } from '../../src/chat/dispatch.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { connect } from '../../src/store/db.ts'
import { DatabaseAway } from '../../src/store/problems.ts'
import { minute, world } from './world.ts'

it('tells the room what happened during an outage in order, and of each clock only its latest word', async () => {
  const w = await world()
  await w.fire()
  await w.pass(0)
  const told = w.chat.in('inc-1-checkout').length
  // Every post fails for a while, so that its job is put back behind later ones.
  for (let i = 0; i < 9; i++) {
    w.chat.failures.push({ when: 'before', error: new TransientError('503'), to: 'inc-1-checkout' })
  }
  await w.bot.db.query(`update incidents set position = jsonb_set(position, '{dueAt}', '"2030-01-01T00:00:00Z"')`)
  w.clock.advance(16 * minute)
  await w.chat.say('U-LINUS', 'incident note one', 'inc-1-checkout')
  await w.chat.say('U-LINUS', 'incident note two', 'inc-1-checkout')
  await w.chat.say('U-LINUS', 'incident note three', 'inc-1-checkout')
  await w.pass(0)
  const since = w.chat
    .in('inc-1-checkout')
    .slice(told)
    .map((one) => one.message.text ?? one.message.title)
  const notes = since.filter((text) => /one|two|three/.test(text))
  expect(notes.map((text) => /one|two|three/.exec(text)?.[0])).toEqual(['one', 'two', 'three'])
  await w.stop()
})

it('invites and sets the topic again when the platform could not do it the first time', async () => {
  const w = await world()
  const { setTopic, invite } = w.chat.rooms
  const fail = (times: number, work: (a: string, b: string) => Promise<undefined>) => async (a: string, b: string) => {
    if (times-- > 0) throw new TransientError('429', { retryAfter: 1_000 })
    return work(a, b)
  }
  w.chat.rooms.setTopic = fail(2, setTopic)
  w.chat.rooms.invite = fail(2, invite)
  await w.fire()
  await w.pass(0)
  expect(w.chat.invited).toEqual(['U-ADA → inc-1-checkout'])
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(0)
  expect(w.chat.topics.get('inc-1-checkout')).toContain('Ada')
  await w.stop()
})

it('goes on with the story when one of its messages is refused for good', async () => {
  const w = await world()
  await w.fire()
  await w.pass(0)
  const post = w.chat.post.bind(w.chat)
  w.chat.post = (request) => {
    if (JSON.stringify(request.message).includes('unspeakable')) throw new PermanentError('invalid_blocks')
    return post(request)
  }
  await w.chat.say('U-LINUS', 'incident note unspeakable', 'inc-1-checkout')
  await w.chat.say('U-LINUS', 'incident note rolled back', 'inc-1-checkout')
  await w.pass(0)
  const told = w.chat.in('inc-1-checkout').map((one) => JSON.stringify(one.message))
  expect(told.some((text) => text.includes('rolled back'))).toBe(true)
  await w.stop()
})

it('says that the database is away, and not that the bot does not know what is wrong', async () => {
  const w = await world()
  const away = connect('postgres://tocsin@127.0.0.1:1/tocsin')
  const said = { platform: 'slack', account: 'U-ADA', accountName: 'ada', channel: 'x', text: 'incident list' }
  const reply = await makeDispatch({ ...w.bot, db: away })(said)
  expect(reply?.message.title).toMatch(/^The database does not answer, so nothing can be done now\./)
  await away.end()
  await w.stop()
})

it.each([
  ['a database that is away as what passes', new DatabaseAway('the database is shutting down'), false],
  ['what may be a bug as what nobody foresaw', new TypeError('x is not a function'), true],
])('logs %s, of pages and of rooms', async (_what, error, isUnforeseen) => {
  const w = await world()
  const told = vi.spyOn(w.bot.log, 'error')
  for (const to of ['@U-ADA', 'inc-1-checkout']) w.chat.failures.push({ when: 'before', error, to })
  await w.fire()
  await w.pass(0)
  const sentences = told.mock.calls.map(([, sentence]) => String(sentence))
  expect(sentences.filter((one) => one.includes('nobody foresaw'))).toHaveLength(isUnforeseen ? 2 : 0)
  expect(w.chat.in('@U-ADA')).toHaveLength(1)
  await w.stop()
})

it('does not say that nothing was done when the database went away behind what was', async () => {
  const w = await world()
  await w.fire()
  const { db } = w.bot
  const tx = db.tx.bind(db)
  db.tx = async (work) => {
    await tx(work)
    throw new Error('Connection terminated unexpectedly')
  }
  const say = (text: string, bot = w.bot) =>
    makeDispatch(bot)({ platform: 'slack', account: 'U-ADA', accountName: 'ada', channel: 'x', text })
  const reply = await say('incident ack 1')
  expect(reply?.message.title).toMatch(/^That went wrong in the middle: it may be done, or not\. .*Look before you say/)
  expect((await w.view()).incident.status).toBe('acknowledged')
  const query = db.query.bind(db)
  db.tx = async (work) => {
    await tx(work)
    db.query = () => Promise.reject(new Error('Connection terminated unexpectedly'))
    throw new Error('Connection terminated unexpectedly')
  }
  const last = await say('incident resolve 1')
  expect(last?.message.title).toMatch(/^The database went away in the middle of this: it may be done, or not\./)
  Object.assign(db, { tx, query })
  expect((await w.view()).incident.status).toBe('resolved')
  await w.stop()
})
