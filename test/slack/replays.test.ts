// A request of Slack that comes once more, sent by somebody who saw it, or by Slack itself over Socket Mode: answered like the
// first, and run once.
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { HearOnce } from '../../src/chat/once.ts'
import { hearOnce } from '../../src/store/heard-requests.ts'
import { freshDatabase } from '../database.ts'
import { type Harness, harness } from './harness.ts'
import { signed } from './stand-in/delivery.ts'

const command = 'command=%2Fincident&text=ack+1&team_id=T0ACME&user_id=U0ADA&user_name=ada&channel_id=C1&trigger_id=1'
const button = `payload=${encodeURIComponent(
  JSON.stringify({
    type: 'block_actions',
    team: { id: 'T0ACME' },
    user: { id: 'U0ADA', username: 'ada', team_id: 'T0ACME' },
    channel: { id: 'C1' },
    actions: [{ type: 'button', action_id: 'tocsin:0', value: 'incident ack 1', action_ts: '1' }],
  }),
)}`

async function replica(hear: HearOnce): Promise<Harness> {
  const bot = await harness('http', {}, { hearOnce: hear })
  await bot.start()
  return bot
}

async function send({ slack }: Harness, body: string, headers: Record<string, string>): Promise<[number, string]> {
  const response = await fetch(slack.requestUrl ?? '', { method: 'POST', body, headers })
  return [response.status, await response.text()]
}

async function database(): Promise<HearOnce> {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  return (...request) => hearOnce(db, ...request)
}

type Bot = Pick<Harness, 'log'>

/**
 * Whoever is not answered by the database within a second is obeyed all the same: that is another test. A scene in which a busy machine
 * brought that about is played again.
 */
async function whileTheDatabaseAnswers(scene: (seen: <T extends Bot>(bot: T) => T) => Promise<void>): Promise<void> {
  const isInDoubt = ({ msg }: { msg: string }) => /cannot (tell whether|write down that)/.test(msg)
  for (let left = 5; ; left--) {
    const bots: Bot[] = []
    const seen = <T extends Bot>(bot: T) => {
      bots.push(bot)
      return bot
    }
    try {
      return await scene(seen)
    } catch (error) {
      if (left === 1 || !bots.some(({ log }) => log.some(isInDoubt))) throw error
    }
  }
}

test.each([
  ['a command', command],
  ['a button', button],
])('%s that is sent again within its five minutes is answered like the first and runs once', async (_, body) => {
  await whileTheDatabaseAnswers(async (seen) => {
    const hear = await database()
    const [one, another] = [seen(await replica(hear)), seen(await replica(hear))]
    const headers = signed(one.slack.signingSecret, body, new Date(Date.now() - 60_000))
    expect(await send(one, body, headers)).toEqual([200, ''])
    await one.slack.until(() => one.said.length === 1)
    const again = await Promise.all([one, another, one].map((to) => send(to, body, headers)))
    expect(again).toEqual(again.map(() => [200, '']))
    // What is added to the header counts for nothing, neither in the signature nor here.
    const dressed = { ...headers, 'x-slack-signature': `${headers['x-slack-signature']}=x` }
    expect(await send(another, body, dressed)).toEqual([200, ''])
    const refused = (bot: Harness) => bot.log.filter(({ msg }) => msg.includes('came a second time')).length
    await another.slack.until(() => refused(another) === 2)
    await one.slack.until(() => refused(one) === 2)
    expect([one.said.length, another.said.length]).toEqual([1, 0])
  })
})

test('the same words said again are another request, and run', async () => {
  const bot = await replica(await database())
  const at = new Date()
  for (const body of [command, `${command}2`]) await send(bot, body, signed(bot.slack.signingSecret, body, at))
  await send(bot, command, signed(bot.slack.signingSecret, command, new Date(at.getTime() - 1_000)))
  await bot.slack.until(() => bot.said.length === 3)
})

test('a press that Slack says again, and whose first hearer died in the middle, is not passed over: its person is told to look', async () => {
  await whileTheDatabaseAnswers(async (seen) => {
    const { slack, said, start } = seen(await harness('socket', {}, { hearOnce: await database(), answeredWithin: 0 }))
    let finish = () => {}
    await start(() => new Promise((resolve) => (finish = () => resolve(null))))
    const asked = await slack.say('U0ADA', '/incident ack 1', 'incidents')
    await slack.repeat()
    expect((await asked.answered()).text).toContain('it may be done, or not')
    expect(said).toHaveLength(1)
    finish()
  })
})

test('a press that Slack says again although it was answered is answered once', async () => {
  await whileTheDatabaseAnswers(async (seen) => {
    const hear = await database()
    let written = 0
    const hearOnce: HearOnce = (...request) => hear(...request).finally(() => written++)
    const { slack, platform, said, start } = seen(await harness('socket', {}, { hearOnce }))
    await start(async () => ({ visibility: 'private', message: { title: 'You have it', tone: 'good' } }))
    await (await slack.say('U0ADA', '/incident ack 1', 'incidents')).answered()
    // That it was heard, and that it was answered.
    while (written < 2) await new Promise((resolve) => setImmediate(resolve))
    await slack.repeat()
    await platform.stop()
    expect([said.length, slack.ephemerals('U0ADA').length]).toEqual([1, 1])
  })
})

test('over Socket Mode, what Slack says again is acknowledged again and runs once, until its person says it again', async () => {
  await whileTheDatabaseAnswers(async (seen) => {
    const { slack, said, log, start } = seen(await harness('socket', {}, { hearOnce: await database() }))
    await start()
    await slack.say('U0ADA', '/incident new P1 Checkout is down', 'incidents')
    await slack.until(() => said.length === 1)
    await slack.repeat()
    await slack.until(() => log.some(({ msg }) => msg.includes('came a second time')))
    expect(said).toHaveLength(1)
    // The same words, said by the person once more.
    await slack.say('U0ADA', '/incident new P1 Checkout is down', 'incidents')
    await slack.until(() => said.length === 2)
  })
})

test('a database that is away, or does not answer, keeps nobody from being obeyed, and Slack from its answer', async () => {
  const away = await replica(async () => {
    throw new Error('no connection')
  })
  const hanging = await replica(() => new Promise(() => {}))
  for (const bot of [away, hanging]) {
    expect(await send(bot, command, signed(bot.slack.signingSecret, command, new Date()))).toEqual([200, ''])
    await bot.slack.until(() => bot.said.length === 1)
    expect(bot.log.some(({ msg }) => msg.includes('it is run'))).toBe(true)
  }
})

test('of copies that come at the same moment one is the first, and what is over is forgotten', async () => {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  const at = (second: number) => new Date(second * 1_000)
  const hear = (name: number, now: number) => hearOnce(db, Uint8Array.of(name), at(now + 360), at(now))
  const heard = await Promise.all(Array.from({ length: 8 }, () => hear(1, 0)))
  expect(heard.filter((first) => first)).toHaveLength(1)
  expect(await hear(1, 300)).toBe(false)
  expect(await hear(2, 361)).toBe(true)
  const { rows } = await db.query('select request from heard_requests')
  expect(rows).toHaveLength(1)
})

test('strangers cannot fill the log: what Slack did not sign is told once a minute, and who goes away in the middle not at all', async () => {
  const bot = await replica(async () => true)
  for (let i = 0; i < 3; i++) expect((await send(bot, command, {}))[0]).toBe(401)
  const { port, hostname } = new URL(bot.slack.requestUrl ?? '')
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx', () =>
        socket.end(),
      )
    })
    socket.resume()
    socket.on('close', () => resolve())
  })
  const told = bot.log.filter(({ level }) => level >= 40).map(({ msg }) => msg)
  expect(told).toEqual([expect.stringContaining('did not sign')])
})
