// What people are told about the pager comes in the order in which it happened, whatever failed on the way.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TransientError } from '../../src/errors.ts'
import { type Night, night } from './night.ts'

let w: Night
beforeEach(async () => {
  w = await night()
})
afterEach(() => w.stop())

test('whoever takes the pager and loses it again while the chat is away reads last who has it', async () => {
  const start = w.clock.now().getTime()
  const after = (seconds: number) => w.at(new Date(start + seconds * 1_000).toISOString())
  w.chat.refused.set('@U-LINUS', new TransientError('no connection'))
  await w.chat.say('U-LINUS', 'oncall take primary 4h')
  // Each try waits longer for the next.
  for (const second of [1, 2, 4, 8]) await after(second)
  await w.chat.say('U-GRACE', 'oncall take primary 4h')
  w.chat.refused.clear()
  for (let second = 9; second < 40; second++) await after(second)
  expect(w.told('@U-LINUS')).toEqual(['You have the pager of primary', 'Grace Hopper has the pager of primary'])
})

test('whoever cannot be told one thing, by a platform that works, is told of the pager all the same', async () => {
  const start = w.clock.now().getTime()
  const wait = async (from: number, until: number) => {
    for (let second = from; second < until; second += 5) await w.at(new Date(start + second * 1_000).toISOString())
  }
  const post = w.chat.post.bind(w.chat)
  w.chat.post = async (one) => {
    if (one.key.endsWith('/incoming') && 'account' in one.to && one.to.account === 'U-LINUS')
      throw new TransientError('status 500')
    return post(one)
  }
  await w.chat.say('U-LINUS', 'oncall take primary 4h')
  await wait(1, 11)
  await w.chat.say('U-GRACE', 'oncall take primary 4h')
  await wait(11, 240)
  expect(w.told('@U-LINUS')).toEqual([])
  await wait(240, 420)
  expect(w.told('@U-LINUS')).toEqual(['Grace Hopper has the pager of primary'])
})
