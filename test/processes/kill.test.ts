// kill -9 at any moment and a start after it: nothing accepted is lost, nobody is paged twice.
import { expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from '../database.ts'
import { SlackStandIn } from '../slack/stand-in.ts'
import { configFile, startTocsin } from './tocsin.ts'

const team = `
people: { ada: { name: Ada, slack: U0ADA }, bob: { name: Bob, slack: U0BOB } }
schedules: { primary: { rotation: { people: [ada], every: week, starts: 2026-01-05, handover: "Mon 09:00" } } }
policies: { default: { steps: [{ page: "schedule:primary", wait: 1h }] } }
sources: { generic: { token: secret } }
`

async function setting() {
  const slack = await SlackStandIn.start()
  const database = await freshDatabase()
  onTestFinished(async () => {
    await slack.stop()
    await database.drop()
  })
  const env = {
    DATABASE_URL: database.url,
    TOCSIN_CONFIG: configFile(team),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'warn',
  }
  return { slack, database, env }
}

async function fire(url: string, name: string): Promise<boolean> {
  const body = JSON.stringify({ title: `${name} is down`, service: name, severity: 'critical' })
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' }
  const answer = await fetch(`${url}/alerts/generic`, { method: 'POST', headers, body }).catch(() => null)
  return answer?.status === 202
}

it('keeps an alert that was answered, and pages once, when the process is killed in the moment of the answer', async () => {
  const { slack, env } = await setting()
  const first = await startTocsin(env)
  expect(await fire(first.url, 'checkout')).toBe(true)
  await first.kill()
  const second = await startTocsin(env)
  await slack.until(() => slack.messages('U0ADA').length > 0 && slack.messages('inc-1-checkout').length >= 2, 20_000)
  expect(slack.messages('U0ADA')).toHaveLength(1)
  expect(await second.stop()).toBe(0)
}, 60_000)

it('loses and doubles no page over many kills at random moments', async () => {
  const { slack, database, env } = await setting()
  const accepted: string[] = []
  for (let round = 0; round < 8; round++) {
    const tocsin = await startTocsin(env)
    for (let i = 0; i < 3; i++) {
      const name = `service-${round}-${i}`
      if (await fire(tocsin.url, name)) accepted.push(name)
    }
    // The moment is chosen by work done, not by a clock: after a random number of calls to Slack.
    const calls = slack.calls().length + Math.floor(Math.random() * 40)
    await Promise.race([slack.until(() => slack.calls().length >= calls, 30_000), quiet(database.db)])
    await tocsin.kill()
  }
  const last = await startTocsin(env)
  await slack.until(() => slack.messages('U0ADA').length >= accepted.length, 60_000)
  await quiet(database.db)
  const { rows } = await database.db.query<{ service: string }>('select service from incidents')
  expect(rows.map((row) => row.service)).toEqual(expect.arrayContaining(accepted))
  const titles = slack.messages('U0ADA').map((message) => message.text)
  expect(new Set(titles).size).toBe(titles.length)
  expect(titles).toHaveLength(rows.length)
  expect(await last.stop()).toBe(0)
}, 180_000)

/** Resolves when no page and no job waits any more. */
async function quiet(db: Awaited<ReturnType<typeof freshDatabase>>['db']): Promise<void> {
  for (;;) {
    const { rows } = await db.query<{ busy: boolean }>(
      `select exists (select from graphile_worker._private_jobs where attempts < max_attempts)
           or exists (select from pages where status in ('due', 'sending'))
           or exists (select from incidents where due_at <= $1) as busy`,
      [new Date()],
    )
    if (!rows[0]?.busy) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}
