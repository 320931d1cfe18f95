// A replica whose machine has the wrong time: it is told, and decides like the others.
import { expect } from 'vitest'
import { it } from '../beside.ts'
import { fire, setting, team } from './setting.ts'
import { configFile, startTocsin } from './tocsin.ts'

const minute = 60_000

/** Ada has two seconds, then Bob is paged. */
const hasty = team.replace(
  'steps: [{ page: "schedule:primary", wait: 1h }]',
  'rounds: 1, steps: [{ page: "person:ada", wait: 2s }, { page: "person:bob", wait: 1h }]',
)

for (const off of [5, -5])
  it(`a replica whose clock is ${off} minutes off says so, and pages neither early, late nor twice`, async () => {
    const { slack, database, env } = await setting()
    const setup = { ...env, TOCSIN_CONFIG: configFile(hasty) }
    const right = await startTocsin(setup)
    const wrong = await startTocsin(setup, { clock: { ahead: off * minute } })
    expect(await fire(wrong.url, 'checkout')).toBe(true)
    expect(await fire(right.url, 'search')).toBe(true)
    const got = (count: number) => slack.messages('U0ADA').length >= count && slack.messages('U0BOB').length >= count
    await slack.until(() => got(2))
    const { rows } = await database.db.query<{ waited: number; asked: number }>(
      `select extract(epoch from b.due_at - a.due_at)::float8 as waited,
            extract(epoch from current_timestamp - b.due_at)::float8 as asked
       from pages a join pages b using (incident) where a.person = 'ada' and b.person = 'bob'`,
    )
    for (const { waited, asked } of rows) {
      expect(waited).toBeGreaterThanOrEqual(2)
      // Five minutes off, and not as late as a busy machine may be.
      expect(waited).toBeLessThan(120)
      expect(Math.abs(asked)).toBeLessThan(120)
    }
    // By what an answer may have taken longer on one way than on the other.
    const seconds = '(29[5-9]|30[0-5])'
    const sentence = new RegExp(
      `this machine's clock is ${seconds} s ${off > 0 ? 'ahead of' : 'behind'} the database's`,
    )
    const health = (await (await fetch(`${wrong.url}/health`)).json()) as { status: string; checks: object }
    expect(health.status).toBe('degraded')
    expect(health.checks).toMatchObject({ clock: { ok: false, detail: expect.stringMatching(sentence) } })
    expect(wrong.output()).toMatch(sentence)
    expect(await (await fetch(`${wrong.url}/metrics`)).text()).toMatch(
      new RegExp(`^tocsin_clock_error_seconds ${off > 0 ? '' : '-'}${seconds}`, 'm'),
    )
    const other = (await (await fetch(`${right.url}/health`)).json()) as { checks: object }
    expect(other.checks).toMatchObject({ clock: { ok: true } })
    expect([slack.messages('U0ADA').length, slack.messages('U0BOB').length]).toEqual([2, 2])
    await Promise.all([right.kill(), wrong.kill()])
  }, 120_000)
