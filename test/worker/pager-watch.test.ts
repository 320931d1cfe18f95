// A way to people that is away shows in /health before the night in which it is needed.
import { expect, it } from 'vitest'
import type { Bot } from '../../src/bot.ts'
import { makeLog } from '../../src/log.ts'
import type { Pager } from '../../src/pagers/pager.ts'
import { startPagerWatch } from '../../src/worker/pager-watch.ts'

it('tells how each pager is that can be asked, and leaves the others alone', async () => {
  let problem: string | null = 'connection refused'
  const asked: Pick<Pager, 'name' | 'check'> = {
    name: 'email',
    check: async () => {
      if (problem !== null) throw new Error(problem)
    },
  }
  const pagers = [asked, { name: 'webhook:phone', check: null }] as Pager[]
  const bot = { pagers, log: makeLog({ level: 'silent', file: null }) } as Bot
  const told: string[] = []
  let heard = () => {}
  const next = () =>
    new Promise<void>((resolve) => {
      heard = resolve
    })
  const first = next()
  const watch = startPagerWatch(bot, (name) => (state) => {
    told.push(`${name}: ${state ?? 'well'}`)
    heard()
  })
  await first
  problem = null
  const second = next()
  watch.wake()
  await second
  await watch.stop()
  expect(told).toEqual(['email: connection refused', 'email: well'])
})
