// What people say on Slack reaches the bot through Bolt in both modes, is acknowledged in time, and only obeyed for people
// of the workspace.
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../src/chat/platform.ts'
import { harness, post } from './harness.ts'
import { signed } from './stand-in/delivery.ts'

const privately = (title: string): Reply => ({ visibility: 'private', message: { title, tone: 'info' } })

/** Of an acknowledgement with words for the person; over HTTP it is text. */
function wordsOf(acknowledged: unknown): unknown {
  const body = typeof acknowledged === 'string' ? (JSON.parse(acknowledged) as unknown) : acknowledged
  return (body as { text?: string } | undefined)?.text
}

describe.each(['socket', 'http'] as const)('in %s mode', (mode) => {
  test('a slash command is run as typed and answered to the person alone', async () => {
    const { slack, said, start } = await harness(mode)
    await start(async () => privately('Done <&>'))
    const asked = await slack.say('U0ADA', '/incident note 12 a < b & c, see @U0BOB', 'incidents')
    expect(await asked.answered()).toMatchObject({ ephemeralFor: 'U0ADA', text: '🔵 Done &lt;&amp;&gt;' })
    expect(said).toEqual([
      {
        platform: 'slack',
        account: 'U0ADA',
        accountName: 'ada',
        channel: slack.channel('incidents').id,
        text: 'incident note 12 a < b & c, see @U0BOB',
      },
    ])
    expect(slack.messages('incidents')).toEqual([])
  })

  test('a pressed button says its command and leaves its message alone', async () => {
    const { slack, platform, said, start } = await harness(mode)
    await start(async () => privately('You have it'))
    const buttons = [{ label: 'Acknowledge', command: 'incident ack 12 --seen 0.1' }]
    const ref = await platform.post(post({ buttons }))
    const before = structuredClone(slack.messages('incidents'))
    const pressed = await slack.press('U0BOB', ref, 'Acknowledge')
    expect(await pressed.answered()).toMatchObject({ ephemeralFor: 'U0BOB' })
    expect(said).toMatchObject([
      { account: 'U0BOB', accountName: 'bob', channel: ref.channel, text: buttons[0]?.command },
    ])
    expect(slack.messages('incidents')).toEqual(before)
  })

  test('Slack is not told that a press is taken before it is done: a process that dies then would leave nobody knowing', async () => {
    const { slack, platform, said, start } = await harness(mode)
    const order: string[] = []
    let finish = () => {}
    const isDone = new Promise<void>((resolve) => (finish = resolve))
    await start(() => isDone.then(() => order.push('done')).then(() => null))
    const ref = await platform.post(post({ buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }] }))
    const pressed = slack.press('U0BOB', ref, 'Acknowledge').then(() => order.push('told'))
    await slack.until(() => said.length === 1)
    // Time for an answer that goes out before.
    await new Promise((resolve) => setTimeout(resolve, 200))
    finish()
    await pressed
    expect(order).toEqual(['done', 'told'])
  })

  test('Slack is not told that a press is taken before its person has the answer: of a process that dies in between, nobody would hear', async () => {
    const { slack, platform, start } = await harness(mode)
    await start(async () => privately('Somebody else has it'))
    const ref = await platform.post(post({ buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }] }))
    let isAnswered = false
    // A machine that stands still for a second and a half has Slack told before that.
    for (let presses = 1; presses <= 5 && !isAnswered; presses++) {
      const pressed = await slack.press('U0BOB', ref, 'Acknowledge')
      isAnswered = slack.ephemerals('U0BOB').length === presses
      await pressed.answered()
    }
    expect(isAnswered).toBe(true)
  })

  test('Slack is answered in time while the command still runs, and its person told that the answer comes, or what to do if none does', async () => {
    const { slack, said, start } = await harness(mode)
    let finish: (reply: Reply | null) => void = () => {}
    await start(() => new Promise((resolve) => (finish = resolve)))
    const asked = await slack.say('U0ADA', '/slo', 'incidents')
    expect(String(wordsOf(asked.acknowledged))).toContain('look whether it was done before you say it again')
    await slack.until(() => said.length === 1)
    finish({ visibility: 'channel', message: { title: 'SLOs', tone: 'neutral' } })
    expect((await asked.answered()).ephemeralFor).toBeNull()
    // What the room shows has no answer, but where one was announced.
    const noted = await slack.say('U0ADA', '/incident note Looking', 'incidents')
    finish(null)
    expect((await noted.answered()).text).toContain('Done')
  })

  test('whoever pressed what takes long reads so first, and the answer after it', async () => {
    const { slack, platform, start } = await harness(mode)
    let finish: (reply: Reply) => void = () => {}
    await start(() => new Promise((resolve) => (finish = resolve)))
    const ref = await platform.post(post({ buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }] }))
    const pressed = await slack.press('U0BOB', ref, 'Acknowledge')
    expect((await pressed.answered()).text).toContain('look whether it was done')
    finish(privately('You have it'))
    await platform.stop()
    expect(slack.ephemerals('U0BOB').map(({ text }) => text)).toEqual([expect.anything(), '🔵 You have it'])
  })

  test('that an answer comes is not said after it, though Slack is slow to take that', async () => {
    const { slack, platform, start } = await harness(mode)
    let finish: (reply: Reply) => void = () => {}
    await start(() => new Promise((resolve) => (finish = resolve)))
    const ref = await platform.post(post({ buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }] }))
    const until = () => {
      finish(privately('You have it'))
      // Time for an answer that goes out before.
      return new Promise((resolve) => setTimeout(resolve, 200))
    }
    slack.trouble('response_url', { kind: 'late', until })
    await slack.press('U0BOB', ref, 'Acknowledge')
    await slack.until(() => slack.ephemerals('U0BOB').length === 2)
    expect(slack.ephemerals('U0BOB').map(({ text }) => text)).toEqual([expect.anything(), '🔵 You have it'])
  })

  test('people of other workspaces and bots are refused privately', async () => {
    const { slack, platform, said, log, start } = await harness(mode)
    await start()
    slack.workspace.addPerson({ id: 'U0EVE', name: 'eve', team: 'T0OTHER' })
    const ref = await platform.post(post({ buttons: [{ label: 'Resolve', command: 'incident resolve 12' }] }))
    const tries = [
      await slack.press('U0EVE', ref, 'Resolve'),
      await slack.say('U0EVE', '/incident resolve 12', 'incidents'),
      await slack.say(slack.workspace.botUserId, '/incident resolve 12', 'incidents'),
    ]
    for (const tried of tries) {
      const answer = await tried.answered()
      expect(answer.ephemeralFor).not.toBeNull()
      expect(answer.text).toContain('only the people of its own workspace')
    }
    expect(said).toEqual([])
    expect(log.filter((line) => line.msg.includes('stranger'))).toHaveLength(3)
  })
})

test('a reply that its own address does not take reaches the person another way', async () => {
  const { slack, start } = await harness()
  await start(async () => privately('Done'))
  slack.trouble('response_url', { kind: 'status', status: 500 })
  await slack.say('U0ADA', '/incident list', 'incidents')
  await slack.until(() => slack.ephemerals('U0ADA').length === 1)
})

test('a reply from a channel that the bot is not in comes as a direct message when its own address fails', async () => {
  const { slack, start } = await harness()
  await start(async () => privately('Done'))
  slack.workspace.addChannel({ name: 'elsewhere', members: new Set(['U0ADA']) })
  slack.trouble('response_url', { kind: 'status', status: 500 })
  await slack.say('U0ADA', '/incident list', 'elsewhere')
  await slack.until(() => slack.messages('U0ADA').length === 1)
})

test('the picture of a reply goes where the reply is seen: below it, or into the direct messages', async () => {
  const { slack, start } = await harness()
  const picture = { name: 'slo.png', alt: 'Error budget', png: Uint8Array.of(1, 2) }
  let visibility: Reply['visibility'] = 'private'
  await start(async () => ({ visibility, message: { title: 'SLOs', tone: 'info', picture } }))
  const asked = await slack.say('U0ADA', '/slo', 'incidents')
  expect(JSON.stringify((await asked.answered()).blocks)).toContain('in your direct messages')
  await slack.until(() => slack.messages('U0ADA').some((m) => m.files[0]?.title === 'Error budget'))
  visibility = 'channel'
  await slack.say('U0ADA', '/slo', 'incidents')
  await slack.until(() => slack.messages('incidents').length === 2)
  expect(slack.messages('incidents').map((m) => m.files.length)).toEqual([0, 1])
})

describe('over HTTP', () => {
  const body = 'command=%2Fincident&text=list&team_id=T0ACME&user_id=U0ADA&user_name=ada&channel_id=C1'

  test.each([
    ['another secret', (_: string) => signed('guessed', body, new Date())],
    ['no signature', (_: string) => ({ 'content-type': 'application/x-www-form-urlencoded' })],
    ['a signature of another body', (secret: string) => signed(secret, `${body}x`, new Date())],
    ['a signature from ten minutes ago', (secret: string) => signed(secret, body, new Date(Date.now() - 600_000))],
  ])('a request with %s is refused and not run', async (_, headers) => {
    const { slack, said, log, start } = await harness('http')
    await start()
    const response = await fetch(slack.requestUrl!, { method: 'POST', body, headers: headers(slack.signingSecret) })
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('')
    expect(said).toEqual([])
    expect(log.some((line) => line.msg.includes('SLACK_SIGNING_SECRET'))).toBe(true)
  })

  const form = (more: string) => `command=%2Fincident&text=list&channel_id=C1&${more}`
  const button = (team: object, user: object) =>
    `payload=${encodeURIComponent(
      JSON.stringify({
        ...{ type: 'block_actions', team, channel: { id: 'C1' }, user: { id: 'U0ADA', name: 'ada', ...user } },
        actions: [{ type: 'button', action_id: 'tocsin:1', value: 'incident ack 1', action_ts: '1' }],
      }),
    )}`

  test.each([
    ['names no workspace', form('user_id=U0ADA')],
    ['is a bot’s', form('user_id=U0ADA&team_id=T0ACME&bot_id=B1')],
    ['is Slackbot’s', form('user_id=USLACKBOT&team_id=T0ACME')],
    ['is a press in another workspace', button({ id: 'T0OTHER' }, { team_id: 'T0ACME' })],
    ['is a press of a bot', button({ id: 'T0ACME' }, { is_bot: true })],
  ])('what %s is not obeyed, though Slack signed it', async (_, text) => {
    const { slack, said, log, start } = await harness('http')
    await start()
    await fetch(slack.requestUrl!, {
      method: 'POST',
      body: text,
      headers: signed(slack.signingSecret, text, new Date()),
    })
    await slack.until(() => log.some(({ msg }) => msg.includes('a stranger spoke')))
    expect(said).toEqual([])
  })

  test('signed nonsense, too much of it, and a request before the start are told apart', async () => {
    const { slack, start } = await harness('http')
    const send = async (text: string, type = 'application/json') => {
      const headers = { ...signed(slack.signingSecret, text, new Date()), 'content-type': type }
      return await fetch(slack.requestUrl!, { method: 'POST', body: text, headers })
    }
    expect((await send(body, 'application/x-www-form-urlencoded')).status).toBe(503)
    await start()
    expect((await send('ssl_check=1', 'application/x-www-form-urlencoded')).status).toBe(200)
    expect((await send('{')).status).toBe(400)
    expect((await send('[]')).status).toBe(400)
    expect((await send('x'.repeat(1_100_000))).status).toBe(413)
    expect((await send('{"type":"nothing we know"}')).status).toBe(404)
    expect(await (await send('{"type":"url_verification","challenge":"c"}')).json()).toEqual({ challenge: 'c' })
  })
})

test('without an app token and without a signing secret there is no platform', async () => {
  const { slack } = await harness()
  const { slackPlatform } = await import('../../src/chat/slack/platform.ts')
  const { systemClock } = await import('../../src/clock.ts')
  const { makeLog } = await import('../../src/log.ts')
  const config = { ...slack.config(), appToken: null, signingSecret: null }
  const log = makeLog({ level: 'silent', file: null })
  expect(() => slackPlatform(config, { log, clock: systemClock, hearOnce: async () => true })).toThrow(
    'SLACK_APP_TOKEN',
  )
})
