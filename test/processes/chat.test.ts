// Slack in trouble for ten minutes of a fast clock (with TOCSIN_REAL=1; for one otherwise), in each way in which a chat can be.
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { it } from '../beside.ts'
import type { FreshDatabase } from '../database.ts'
import type { Trouble } from '../slack/stand-in.ts'
import { timeFlies } from './fast.ts'
import { fire, quiet, setting, team } from './setting.ts'
import { configFile, startTocsin } from './tocsin.ts'
import { lies } from './truth.ts'

const factor = 30
const minutes = process.env.TOCSIN_REAL === '1' ? 10 : 1
/** Milliseconds of the fast clock. A page is never left alone for longer once the chat is well again. */
const longestWait = 30_000
/** Milliseconds that the program waits for an answer of Slack. */
const patience = 10_000
/** Milliseconds that a busy machine may need for all the rest. */
const busy = 10_000

/** Cy lives in the console, and is called together with Ada. */
const both = team
  .replace('people: {', 'people: { cy: {},')
  .replace('page: "schedule:primary"', 'page: ["schedule:primary", "person:cy"]')

const troubles: [string, Trouble][] = [
  ['answers 429', { kind: 'rate limit', retryAfter: 20 }],
  ['answers 500', { kind: 'status', status: 500 }],
  ['never answers', { kind: 'hang' }],
  ['takes what it is told and drops the connection', { kind: 'accept then drop' }],
]
for (const [how, trouble] of troubles)
  it(`says everything once and soon after Slack, which ${how}, is well again; and the console waits for nothing`, async () => {
    const { slack, database, env } = await setting()
    const clock = { factor, since: Date.now() }
    const now = () => new Date(clock.since + (Date.now() - clock.since) * factor)
    await timeFlies(database, clock)
    const tocsin = await startTocsin({ ...env, TOCSIN_CONFIG: configFile(both) }, { clock })
    const services: string[] = []
    const alert = async () => {
      services.push(`service-${services.length}`)
      expect(await fire(tocsin.url, services.at(-1) ?? '')).toBe(true)
    }
    await alert()
    await slack.until(() => slack.messages('U0ADA').length === 1)
    slack.trouble('*', trouble, Number.POSITIVE_INFINITY)
    const until = now().getTime() + minutes * 60_000
    while (now().getTime() < until) {
      await alert()
      await pause((minutes * 60_000) / factor / 6)
    }
    const late = await lateness(database, services.length)
    // Where it waits for Slack, each of them is as late as an answer may be.
    expect((late[Math.floor(late.length / 2)] ?? Number.NaN) / factor).toBeLessThan(patience / 2)
    expect((late.at(-1) ?? Number.NaN) / factor).toBeLessThan(3 * busy)
    slack.calm()
    await slack.until(() => slack.messages('U0ADA').length >= services.length, patience + longestWait / factor + busy)
    await quiet(database, now)
    expect(await lies(slack, database, services)).toEqual([])
    await tocsin.kill()
  }, 120_000)

/** Milliseconds of the fast clock by which the pages in the console were late, the least first, once there are so many of them. */
async function lateness({ db }: FreshDatabase, pages: number): Promise<number[]> {
  for (;;) {
    const { rows } = await db.query<{ late: number }>(
      `select extract(epoch from sent_at - due_at)::float8 * 1000 as late from pages where person = 'cy' and status = 'sent' order by 1`,
    )
    if (rows.length >= pages) return rows.map((row) => row.late)
    await pause(100)
  }
}
