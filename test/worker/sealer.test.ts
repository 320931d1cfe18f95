// The loop that seals: it works by itself, beside others, gives way while there is no calm, and goes on after a failure.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyTimeline } from '../../src/flow/verify.ts'
import { startSealer } from '../../src/worker/sealer.ts'
import { type World, world } from '../scenarios/world.ts'

let w: World
beforeEach(async () => {
  w = await world()
  await w.fire()
  await w.settle()
})
afterEach(() => w.stop())

const verified = () => verifyTimeline(w.bot, { incident: null, against: null })

test('two replicas seal what is written within seconds, once', async () => {
  const sealers = [1, 2].map(() => startSealer(w.bot, async () => {}))
  try {
    await expect.poll(async () => (await verified()).waiting).toBe(0)
    await w.chat.say('U-ADA', 'incident note 1 it is the cache')
    await expect.poll(async () => (await verified()).waiting).toBe(0)
    expect((await verified()).damages).toEqual([])
  } finally {
    await Promise.all(sealers.map(({ stop }) => stop()))
  }
})

test('it waits for calm, and a database that fails is asked again', async () => {
  let calm = () => {}
  const rush = new Promise<void>((resolve) => {
    calm = resolve
  })
  const { tx } = w.bot.db
  let failures = 1
  w.bot.db.tx = (work) => (failures-- > 0 ? Promise.reject(new Error('away')) : tx(work))
  const sealer = startSealer(w.bot, () => rush)
  try {
    expect((await verified().catch(() => null))?.sealed ?? 0).toBe(0)
    failures = 1
    calm()
    await expect.poll(async () => (await verified()).waiting).toBe(0)
    expect((await verified()).sealed).toBeGreaterThan(0)
  } finally {
    await sealer.stop()
  }
})

test('it gives way while alerts are being written', async () => {
  const seen: number[] = []
  const isBusy = () => seen.length < 2
  const sealer = startSealer(
    w.bot,
    async () => {
      seen.push((await verified()).sealed)
    },
    isBusy,
  )
  try {
    await expect.poll(async () => (await verified()).waiting).toBe(0)
    expect(seen.slice(0, 2)).toEqual([0, 0])
  } finally {
    await sealer.stop()
  }
})
