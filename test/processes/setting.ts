// What a test of the real process needs: a Slack, a database, a team, and a look at whether work is left.
import { setTimeout as pause } from 'node:timers/promises'
import { atEnd } from '../beside.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { SlackStandIn } from '../slack/stand-in.ts'
import { configFile } from './tocsin.ts'

export const team = `
people: { ada: { name: Ada, slack: U0ADA }, bob: { name: Bob, slack: U0BOB } }
schedules: { primary: { rotation: { people: [ada], every: week, starts: 2024-01-01, handover: "Mon 09:00" } } }
policies: { default: { steps: [{ page: "schedule:primary", wait: 1h }] } }
sources: { generic: { token: secret } }
`

export type Setting = { slack: SlackStandIn; database: FreshDatabase; env: Record<string, string> }

/** `now`: Slack's time, when it is not ours. */
export async function setting(now: () => Date = () => new Date()): Promise<Setting> {
  const slack = await SlackStandIn.start({ now })
  const database = await freshDatabase()
  atEnd(async () => {
    await slack.stop()
    await database.drop()
  })
  return { slack, database, env: settingOf(slack, database.url) }
}

export function settingOf(slack: SlackStandIn, database: string): Record<string, string> {
  return {
    DATABASE_URL: database,
    TOCSIN_CONFIG: configFile(team),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'warn',
  }
}

/** True when the alert was accepted. */
export async function fire(url: string, name: string, status = 'firing'): Promise<boolean> {
  const body = JSON.stringify({ title: `${name} is down`, service: name, severity: 'critical', status })
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' }
  const answer = await fetch(`${url}/alerts/generic`, { method: 'POST', headers, body }).catch(() => null)
  return answer?.status === 202
}

/** What a person says in the console; false when nobody heard it. */
export async function say(url: string, as: string, text: string): Promise<boolean> {
  const body = JSON.stringify({ as, channel: 'incidents', text })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/console/say`, { method: 'POST', headers, body }).catch(() => null)
  return answer?.status === 200
}

/** Resolves when no page and no job waits any more. `now`: the time of those who work. */
export async function quiet({ db }: FreshDatabase, now = () => new Date()): Promise<void> {
  for (;;) {
    const { rows } = await db.query<{ busy: boolean }>(
      `select exists (select from graphile_worker._private_jobs where attempts < max_attempts)
           or exists (select from pages where status in ('due', 'sending'))
           or exists (select from deliveries where wake_at is not null or holder is not null)
           or exists (select from incidents where due_at <= $1) as busy`,
      [now()],
    )
    if (!rows[0]?.busy) return
    await pause(50)
  }
}
