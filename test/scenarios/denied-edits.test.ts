// A card that the bot may not edit for a while, because somebody took a permission away: it is true again once the bot may.
import { expect, it, onTestFinished, vi } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { Holder } from '../../src/worker/presence.ts'
import { roomQueue } from '../../src/worker/rooms.ts'
import { Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { minute, world } from './world.ts'

it('is edited when the bot may do so again, and tried ever less often until then', async () => {
  const w = await world()
  onTestFinished(() => w.stop())
  const queue = roomQueue(w.bot, w.chat, new Holder('one'), { width: new Width(1, 1), traffic: new Traffic() })
  await w.fire()
  await w.pass(0)
  const says = () => w.chat.in('inc-1-checkout')[0]?.message.text
  const denied = new PermanentError('the bot lacks a permission', { denied: true })
  const update = vi.spyOn(w.chat, 'update').mockRejectedValue(denied)
  const run = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed++) {
      for (const work of (await queue.claim(10)).claimed) await work({ leave: () => {} })
      w.clock.advance(minute)
    }
  }
  await w.chat.press('U-ADA', 'inc-1-checkout', 'Acknowledge')
  await run(26 * 60)
  expect(update.mock.calls.length).toBeGreaterThan(10)
  expect(update.mock.calls.length).toBeLessThan(60)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await run(3)
  update.mockRestore()
  expect(says()).not.toContain('Resolved')
  await run(3)
  expect(says()).toContain('Resolved')
})
