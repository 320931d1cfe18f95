// The digest with several replicas: the alarm clock of each rings in the same moment.
import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Post } from '../../src/chat/platform.ts'
import { addJobs } from '../../src/store/changes.ts'
import { doJobs, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const ask = () =>
  addJobs(w.bot.db, [{ task: 'post_digest', platform: 'slack', week: '2026-W09', digest: '' }], w.clock.now())

const work = () => doJobs(w.bot, 1)

it('asked for again while another replica is about to post it, it comes once', async () => {
  const gate = new EventEmitter()
  const began = once(gate, 'began')
  const mayGo = once(gate, 'may go')
  const post = w.chat.post.bind(w.chat)
  let posts = 0
  w.chat.post = async (one: Post) => {
    posts += 1
    if (posts === 1) {
      gate.emit('began')
      await mayGo
    }
    return post(one)
  }
  await ask()
  const first = work()
  await began
  await ask()
  await work()
  gate.emit('may go')
  await first
  await work()
  expect(w.chat.sent.map(({ key }) => key)).toEqual(['digest/2026-W09'])
  const { rows } = await w.bot.db.query('select from graphile_worker.jobs')
  expect(rows).toEqual([])
})
