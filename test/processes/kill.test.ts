// kill -9 in the moment of the answer, and a start after it: nothing accepted is lost, nobody is paged twice.
import { expect, it } from 'vitest'
import { fire, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'

it('keeps an alert that was answered, and pages once, when the process is killed in the moment of the answer', async () => {
  const { slack, env } = await setting()
  const first = await startTocsin(env)
  expect(await fire(first.url, 'checkout')).toBe(true)
  await first.kill()
  const second = await startTocsin(env)
  await slack.until(() => slack.messages('U0ADA').length > 0 && slack.messages('inc-1-checkout').length >= 2)
  expect(slack.messages('U0ADA')).toHaveLength(1)
  expect(await second.stop()).toBe(0)
}, 120_000)
