// Who goes first: what can wait hears as soon as nothing else is under way.
import { expect, it } from 'vitest'
import { Traffic } from '../../src/worker/traffic.ts'

it('is quiet as soon as the last piece of work is over, long before the time is', async () => {
  const traffic = new Traffic()
  const urgent = traffic.begin()
  const aside = await traffic.stepAside()
  let isQuiet = false
  const quiet = traffic.quiet(3_600_000).then(() => {
    isQuiet = true
  })
  urgent()
  await Promise.resolve()
  expect(isQuiet).toBe(false)
  aside()
  await quiet
  expect(isQuiet).toBe(true)
})
