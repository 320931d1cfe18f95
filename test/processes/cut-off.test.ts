// The network to the database away for half a minute, without a word to anybody, for the only replica and for one of two. It
// takes as long as it takes: with TOCSIN_REAL=1, as in .ci/run.
import { describe, expect } from 'vitest'
import { it } from '../beside.ts'
import { fire, quiet, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'
import { lies } from './truth.ts'
import { wireTo } from './wire.ts'

describe.runIf(process.env.TOCSIN_REAL === '1')('a bot that is cut off from its database', () => {
  it('loses nothing while the network to the database is away for half a minute, and is late by no more than that', async () => {
    const { slack, database, env } = await setting()
    const wire = await wireTo(database.url)
    const tocsin = await startTocsin({ ...env, DATABASE_URL: wire.url })
    const accepted = await insist(tocsin.url, 'before')
    await slack.until(() => slack.messages('U0ADA').length === 1)
    wire.swallow()
    const during = insist(tocsin.url, 'during')
    await new Promise((resolve) => setTimeout(resolve, 30_000))
    wire.heal()
    const healed = performance.now()
    accepted.push(...(await during))
    await slack.until(() => slack.messages('U0ADA').length === 2)
    expect(performance.now() - healed).toBeLessThan(30_000)
    await Promise.race([quiet(database), tooLate(60_000)])
    expect(await lies(slack, database, accepted)).toEqual([])
    expect(await tocsin.stop()).toBe(0)
  }, 150_000)

  it('takes over from a replica that is cut off from the database without a word, and nothing is doubled when that is back', async () => {
    const { slack, database, env } = await setting()
    const wire = await wireTo(database.url)
    const lost = await startTocsin({ ...env, DATABASE_URL: wire.url })
    slack.trouble('conversations.open', { kind: 'hang' })
    expect(await fire(lost.url, 'checkout')).toBe(true)
    await slack.until(() => slack.calls('conversations.open').length > 0)
    wire.swallow()
    const survivor = await startTocsin(env)
    await slack.until(() => slack.messages('U0ADA').length === 1)
    wire.heal()
    expect(await fire(lost.url, 'search')).toBe(true)
    await Promise.race([quiet(database), tooLate(60_000)])
    expect(await lies(slack, database, ['checkout', 'search'])).toEqual([])
    await Promise.all([lost.stop(), survivor.stop()])
  }, 150_000)
})

/** As monitoring does: again until it is taken. */
async function insist(url: string, service: string): Promise<string[]> {
  while (!(await fire(url, service))) await new Promise((resolve) => setTimeout(resolve, 100))
  return [service]
}

function tooLate(milliseconds: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`work was left after ${milliseconds / 1000} s`)), milliseconds).unref()
  })
}
