// kill -9 while pagers change hands: everybody is told, nobody twice, and no pager is kept twice or by nobody.
import { expect, it } from 'vitest'
import { setting } from './setting.ts'
import { configFile, startTocsin } from './tocsin.ts'

const schedules = ['one', 'two', 'three', 'four', 'five']

const hands = `
people: { ada: { name: Ada, slack: U0ADA }, bob: { name: Bob, slack: U0BOB } }
schedules:
${schedules.map((name) => `  ${name}: { rotation: { people: [ada], starts: 2024-01-01, handover: "Mon 09:00" } }`).join('\n')}
policies: { default: { steps: [{ page: "schedule:one", wait: 1h }] } }
sources: { generic: { token: secret } }
handover: { accept_within: 2s }
`

it('tells and keeps each hand-over once over many kills in the middle of it', async () => {
  const { slack, database, env } = await setting()
  const settled = { ...env, TOCSIN_CONFIG: configFile(hands) }
  const minutes = (count: number) => new Date(Date.now() + count * 60_000)
  await database.db.query(
    `insert into overrides (schedule, person, starts_at, ends_at, made_by, made_at)
     select name, 'bob', $2, $3, 'bob', $2 from unnest($1::text[]) as name`,
    [schedules, minutes(-60), minutes(60)],
  )
  // It has to have seen that Bob has them.
  const first = await startTocsin(settled)
  for (let seen = 0; seen < schedules.length; ) seen = (await database.db.query('select from pagers')).rowCount ?? 0
  await first.kill()
  // Bob's time ends, one after the other; Ada's turn comes, and she does not answer.
  for (const [index, name] of schedules.entries()) {
    await database.db.query('update overrides set ends_at = $2 where schedule = $1', [name, minutes(index / 15)])
  }
  for (let round = 0; round < 5; round++) {
    const tocsin = await startTocsin(settled)
    // The moment is chosen by work done, not by a clock.
    const posts = slack.calls('chat.postMessage').length + Math.floor(Math.random() * 4)
    await slack.until(() => slack.calls('chat.postMessage').length > posts, 6_000).catch(() => {})
    await tocsin.kill()
  }
  const last = await startTocsin(settled)
  const kept = () => slack.messages('incidents').length >= schedules.length && slack.messages('U0BOB').length >= 10
  await slack.until(kept, 90_000)
  for (let left = 1; left > 0; ) left = (await database.db.query('select from notices')).rowCount ?? 0
  const keys = (who: string) =>
    slack.messages(who).map(({ metadata }) => (metadata?.event_payload as { key: string } | undefined)?.key)
  for (const [who, each] of [
    ['U0ADA', 1],
    ['U0BOB', 2],
    ['incidents', 1],
  ] as const) {
    expect(keys(who)).toHaveLength(schedules.length * each)
    expect(new Set(keys(who)).size).toBe(schedules.length * each)
  }
  const { rows } = await database.db.query<{ person: string; count: number }>(
    `select person, count(*)::int as count from overrides where replaces = 'ada' and ends_at > $1 group by person`,
    [new Date()],
  )
  expect(rows).toEqual([{ person: 'bob', count: schedules.length }])
  expect(await last.stop()).toBe(0)
}, 240_000)
