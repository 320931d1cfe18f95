// While all alerts are clear nobody more is woken, unless somebody asks for it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { minute, type World, world } from './world.ts'

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
