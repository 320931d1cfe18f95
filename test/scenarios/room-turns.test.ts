// A room is told in turns: by one process at a time, in order, and nothing that happens during a turn is missed.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Post, Sheet } from '../../src/chat/platform.ts'
import { giveBackDeliveries } from '../../src/store/deliveries.ts'
import { Holder } from '../../src/worker/presence.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { place, queueOf, turn } from './turns.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

it('hears what happened while it was being told', async () => {
  await w.fire()
  await w.decide()
  const post = w.chat.post.bind(w.chat)
  w.chat.post = async (request) => {
    w.chat.post = post
    await w.chat.say('U-LINUS', 'incident note in the meantime 1')
    return post(request)
  }
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident note 1 afterwards')
  await w.pass(0)
  expect(JSON.stringify(w.chat.in('inc-1-checkout').map((one) => one.message))).toContain('afterwards')
})

it('is told by one of several processes that look at the same moment', async () => {
  await w.fire()
  await w.decide()
  const found = await Promise.all(['a', 'b', 'c'].map((name) => queueOf(w, name).claim(10)))
  const claimed = found.flatMap((one) => one.claimed)
  expect(claimed).toHaveLength(1)
  await Promise.all(claimed.map((work) => work(place)))
  await w.pass(0)
  expect(new Set(w.chat.sent.map((one) => one.key)).size).toBe(w.chat.sent.length)
})

it('is told on by another process where a dead one stopped, and nothing twice', async () => {
  await w.fire()
  await w.decide()
  const post = w.chat.post.bind(w.chat)
  let posts = 0
  // The second message goes out, and its sender dies before it knows.
  w.chat.post = (request) => {
    posts++
    return posts < 2 ? post(request) : post(request).then(() => new Promise<never>(() => {}))
  }
  for (const work of (await queueOf(w, 'dead').claim(10)).claimed) void work(place)
  await expect.poll(() => w.chat.sent.length).toBeGreaterThan(1)
  w.chat.post = post
  await giveBackDeliveries(w.bot.db, ['dead'], w.clock.now())
  await w.pass(0)
  expect(new Set(w.chat.sent.map((one) => one.key)).size).toBe(w.chat.sent.length)
  expect(w.chat.in('#incidents')).toHaveLength(1)
})

/** A room that a process has claimed stands aside until the others, who are before it, are `over`. */
async function standingAside() {
  const traffic = new Traffic()
  const others = await Promise.all(Array.from({ length: 12 }, () => traffic.stepAside()))
  const queue = queueOf(w, 'slow', { traffic })
  const turns = (await queue.claim(10)).claimed.map((work) => work(place))
  await expect.poll(() => traffic.waiting).toBe(1)
  return async () => {
    for (const over of others) over()
    await Promise.all(turns)
  }
}
const card = () => w.chat.in('inc-1-checkout').find((one) => one.key === 'inc-1/card')?.message.text

it('is left as it is by a process that was stopped while it stood aside, and that another took it over from', async () => {
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  const goOn = await standingAside()
  w.clock.advance(30_000)
  await giveBackDeliveries(w.bot.db, ['slow'], w.clock.now())
  await w.chat.say('U-LINUS', 'incident resolve 1')
  await w.pass(0)
  await goOn()
  expect(card()).toContain('Resolved')
})

it('is told as things are by then when its turn was long in coming', async () => {
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  const goOn = await standingAside()
  w.clock.advance(30_000)
  await w.chat.say('U-LINUS', 'incident resolve 1')
  await goOn()
  expect(card()).toContain('Resolved')
})

it('is told by whoever took it over alone, while they do, and not by the process that stood still too', async () => {
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  const goOn = await standingAside()
  w.clock.advance(30_000)
  await giveBackDeliveries(w.bot.db, ['slow'], w.clock.now())
  const post = w.chat.post.bind(w.chat)
  const asked: string[] = []
  let answer = () => {}
  w.chat.post = async (request) => {
    asked.push(request.key)
    if (asked.length === 1) await new Promise<void>((resolve) => (answer = resolve))
    return post(request)
  }
  const turns = (await queueOf(w, 'quick').claim(10)).claimed.map((work) => work(place))
  await expect.poll(() => asked.length).toBe(1)
  await goOn()
  expect(asked).toHaveLength(1)
  answer()
  await Promise.all(turns)
  expect(new Set(asked).size).toBe(asked.length)
})

it('asks for itself alone when its turn was long in coming, however many rooms its process tells', async () => {
  await w.fire()
  await w.fire({ service: 'search' })
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  const goOn = await standingAside()
  await w.bot.db.query("update deliveries set holder = 'slow'")
  w.clock.advance(30_000)
  const query = w.bot.db.query.bind(w.bot.db)
  const held: unknown[] = []
  w.bot.db.query = (async (asked: never, values?: unknown[]) => {
    const answer = await query(asked, values)
    if (/^\s*select.*\bfrom deliveries\b/s.test(asked)) held.push(answer.rows.length)
    return answer
  }) as typeof w.bot.db.query
  await goOn()
  expect(held).toEqual([1])
})

it('is nobody’s work when it could not be read, so that it is given back', async () => {
  await w.fire()
  await w.decide()
  const { query } = w.bot.db
  const holder = new Holder('one')
  w.bot.db.query = (async (asked: { name?: string }, values?: unknown[]) => {
    if (asked.name === 'delivery_views') throw new Error('the connection broke')
    return query(asked as never, values as never)
  }) as never
  const queue = queueOf(w, 'one', { holder })
  await expect(queue.claim(10)).rejects.toThrow('the connection broke')
  w.bot.db.query = query
  expect(holder.atWork.size).toBe(0)
})

it('is told anew when what a turn told could not be written down, and nothing counts as told', async () => {
  let isAway = true
  const sheet = (): Sheet => {
    const said: Post[] = []
    return {
      post: async (post) => {
        said.push(post)
        return { channel: 'channel' in post.to ? post.to.channel : post.to.account, id: post.key }
      },
      update: (ref, message) => w.chat.update(ref, message),
      written: async () => {
        if (isAway) throw new Error('the database is away')
        for (const post of said.splice(0)) await w.chat.post(post)
      },
    }
  }
  Object.assign(w.chat, { sheet })
  await w.fire()
  await w.decide()
  await turn(w)
  const ledger = await w.bot.db.query(`select from messages where key = 'inc-1/card'`)
  expect([w.chat.in('inc-1-checkout').length, ledger.rowCount]).toEqual([0, 0])
  isAway = false
  await w.pass(minute)
  const keys = w.chat.sent.map((one) => one.key)
  expect(keys.filter((key) => key === 'inc-1/card')).toHaveLength(1)
  expect(new Set(keys).size).toBe(keys.length)
})
