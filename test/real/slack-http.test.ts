// Slack in signed HTTP mode, whole bot: what people do arrives at /slack/events of the bot's own server.
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../database.ts'
import { configFile, startTocsin } from '../processes/tocsin.ts'
import { signed } from '../slack/stand-in/delivery.ts'
import { SlackStandIn } from '../slack/stand-in.ts'
import { nightConfig } from './watch.ts'

test('over signed HTTP a slash command opens an incident, a button acknowledges it, and nobody else is obeyed', async () => {
  const slack = await SlackStandIn.start()
  const database = await freshDatabase()
  onTestFinished(async () => {
    await slack.stop()
    await database.drop()
  })
  const tocsin = await startTocsin({
    TOCSIN_CONFIG: configFile(nightConfig('slack: U0ADA', 'slack: U0BOB')),
    DATABASE_URL: database.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'error',
  })
  slack.requestUrl = `${tocsin.url}/slack/events`
  expect(slack.calls('apps.connections.open')).toEqual([])

  const said = await slack.say(
    'U0BOB',
    '/incident new Checkout is down <!channel> --severity P1 --service checkout',
    'incidents',
  )
  expect((await said.answered()).text).toContain('#1')
  const room = 'inc-1-checkout'
  await slack.until(() => slack.messages('U0ADA').length > 0 && slack.messages(room).length >= 2)
  const [page] = slack.messages('U0ADA')
  if (page === undefined) throw new Error('no page')
  expect(page.text).toContain('Checkout is down &lt;!channel&gt;')

  // A request that Slack did not sign changes nothing.
  const [card] = slack.messages(room)
  const body = new URLSearchParams({ command: '/incident', text: 'resolve 1', team_id: 'T0ACME', user_id: 'U0BOB' })
  const forged = { method: 'POST', body: body.toString(), headers: signed('a guess', body.toString(), new Date()) }
  expect((await fetch(slack.requestUrl, forged)).status).toBe(401)
  const old = signed(slack.signingSecret, body.toString(), new Date(Date.now() - 10 * 60_000))
  expect((await fetch(slack.requestUrl, { ...forged, headers: old })).status).toBe(401)

  // One that Slack did sign, sent three times, opens one incident more.
  const second = `${body.toString().replace('resolve+1', 'new+Search+is+slow+--severity+P3')}&user_name=bob&channel_id=C1`
  const copies = { method: 'POST', body: second, headers: signed(slack.signingSecret, second, new Date()) }
  for (let i = 0; i < 3; i++) expect((await fetch(slack.requestUrl, copies)).status).toBe(200)

  await slack.press('U0ADA', { channel: page.channel, id: page.ts }, 'Acknowledge')
  await slack.until(() => slack.messages(room)[0]?.text.includes('Ada Lovelace has this') ?? false)
  expect(slack.messages(room)[0]?.ts).toBe(card?.ts)
  const answer = await fetch(`${tocsin.url}/api/v1/incidents/1`)
  expect(await answer.json()).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada', severity: 'P1' })
  const titles = async () => {
    const all = (await (await fetch(`${tocsin.url}/api/v1/incidents`)).json()) as { incidents: { title: string }[] }
    return all.incidents.map(({ title }) => title)
  }
  await expect.poll(titles).toEqual(['Search is slow', 'Checkout is down <!channel>'])
  expect(await tocsin.stop()).toBe(0)
}, 240_000)
