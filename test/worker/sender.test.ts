// How often a queue is looked through: at once when it was quiet, and not for each piece by itself in a storm.
import { expect, it, onTestFinished } from 'vitest'
import { type Queue, startSender, Width, type Work } from '../../src/worker/sender.ts'

function setting(width: number, pace: number) {
  const due: Work[] = []
  const looks: number[] = []
  const queue: Queue = {
    claim: async (limit) => {
      looks.push(performance.now())
      return { claimed: due.splice(0, limit), next: null }
    },
  }
  const circumstances = { now: () => new Date(), failed: () => {}, calm: async () => {}, pace }
  const sender = startSender(queue, new Width(width, width), circumstances)
  onTestFinished(() => sender.stop())
  return { due, looks, sender }
}

it('looks at once when woken after a while, and then not before its pace', async () => {
  const began = performance.now()
  const { looks, sender } = setting(8, 100)
  while (looks.length < 4) {
    sender.wake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  // From the beginning, and not from one to the next: a look whose process had no processor for a moment is noted late.
  for (const [i, look] of looks.entries()) expect(look - began).toBeGreaterThanOrEqual(i * 99)
})

it('fills a place that becomes free at once, whatever its pace', async () => {
  const { due, looks, sender } = setting(1, 60_000)
  let done = 0
  // Found at the first look, which leaves no place.
  due.push(...Array.from({ length: 5 }, (): Work => async () => ++done > 9))
  sender.wake()
  await expect.poll(() => done).toBe(5)
  expect(looks.length).toBeGreaterThanOrEqual(5)
})

it('has a place again for each that was kept and not needed, and for each whose work is done', async () => {
  const { looks, sender } = setting(2, 60_000)
  await expect.poll(() => looks.length).toBe(1)
  for (let i = 0; i < 10; i++) {
    const place = sender.reserve()
    expect(place).not.toBeNull()
    place?.(null)
  }
  let finish = () => {}
  const working = new Promise<void>((resolve) => {
    finish = resolve
  })
  for (let i = 0; i < 2; i++) sender.reserve()?.(() => working.then(() => false))
  expect(sender.reserve()).toBeNull()
  finish()
  await expect.poll(() => sender.reserve()).not.toBeNull()
})
