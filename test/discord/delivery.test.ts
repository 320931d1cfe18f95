// Messages on their way to Discord: where they arrive, once, and what is said when they do not.
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Post } from '../../src/chat/platform.ts'
import type { Message } from '../../src/core/message.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { connected, type Setup, soon, unconnected } from './bot.ts'
import type { Illness } from './stand-in.ts'

const card: Message = { title: 'Error rate', tone: 'critical', text: 'Since 02:58' }

let setup: Setup
beforeEach(async () => {
  setup = await connected()
})
afterEach(() => setup.stop())

function post(change: Partial<Post> = {}) {
  return setup.platform.post({
    to: { channel: 'alerts' },
    key: 'inc-12/card',
    message: card,
    resumed: false,
    accounts: {},
    ...change,
  })
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(
    () => new Error('it worked'),
    (error: Error) => error,
  )
}

describe('a message', () => {
  test('goes to a channel by its name, with or without #, or by its id', async () => {
    const alerts = setup.discord.channel('alerts')
    const refs = [
      await post({ key: '1' }),
      await post({ key: '2', to: { channel: '#alerts' } }),
      await post({ key: '3', to: { channel: alerts.id } }),
    ]
    expect(refs.map((ref) => ref.channel)).toEqual([alerts.id, alerts.id, alerts.id])
    expect(alerts.messages.map((message) => message.id)).toEqual(refs.map((ref) => ref.id))
  })

  test('goes to a person directly, calling whom it names', async () => {
    const ada = setup.discord.person('ada')
    await post({ to: { account: ada.id }, message: { ...card, mentions: ['ada'] }, accounts: { ada: ada.id } })
    expect(setup.discord.direct(ada).messages).toMatchObject([
      { content: `<@${ada.id}> **Error rate**`, mentions: [ada.id] },
    ])
  })

  test('opens direct messages with a person once, however many pages come together', async () => {
    const ada = setup.discord.person('ada')
    const opened = () => setup.discord.requests.filter((one) => one === 'POST /users/@me/channels').length
    setup.discord.fallIll('POST', /^\/users\/@me\/channels$/, { how: 'rate limit', retryAfter: 0.1 })
    const pages = () => Promise.allSettled(['1', '2', '3'].map((key) => post({ key, to: { account: ada.id } })))
    expect((await pages()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(opened()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await pages()
    expect(setup.discord.direct(ada).messages).toHaveLength(3)
    expect(opened()).toBe(2)
  })

  test('brings its picture along', async () => {
    const alerts = setup.discord.channel('alerts')
    const png = new Uint8Array([137, 80, 78, 71, 13, 10])
    await post({ message: { ...card, picture: { name: 'chart.png', alt: 'Error rate', png } } })
    expect(alerts.messages[0]?.attachments).toMatchObject([
      { filename: 'chart.png', description: 'Error rate', bytes: png },
    ])
  })

  test('brings its picture along when the library that Slack needs was loaded first, and sends for all others', async () => {
    const before = getGlobalDispatcher()
    setGlobalDispatcher(new Agent())
    onTestFinished(() => setGlobalDispatcher(before))
    const alerts = setup.discord.channel('alerts')
    const png = new Uint8Array([137, 80, 78, 71, 13, 10])
    await post({ message: { ...card, picture: { name: 'chart.png', alt: 'Fehlerrate über 5 %', png } } })
    expect(alerts.messages[0]?.attachments).toMatchObject([
      { filename: 'chart.png', description: 'Fehlerrate über 5 %', bytes: png },
    ])
  })

  test('is edited in place, and keeps its picture when the edit brings none', async () => {
    const alerts = setup.discord.channel('alerts')
    const ref = await post({ message: { ...card, picture: { name: 'a.png', alt: 'a', png: new Uint8Array([1]) } } })
    await setup.platform.update(ref, { title: 'Ada has this', tone: 'warning' }, {})
    expect(alerts.messages).toMatchObject([
      { edited: 1, embeds: [{ title: 'Ada has this' }], attachments: [{ filename: 'a.png' }] },
    ])
  })

  test('with an address that Discord holds to be harmful goes out, and leads nowhere', async () => {
    const alerts = setup.discord.channel('alerts')
    const harmful = {
      how: 'refuse',
      status: 400,
      code: 240000,
      message: 'Message blocked by harmful links filter',
    } as const
    const message: Message = {
      ...card,
      text: 'Asked for https://malware.example.org/x',
      mentions: 'channel',
      fields: [{ label: 'Console', value: '[here](http://127.0.0.1:8420)' }],
      buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }],
    }
    setup.discord.fallIll('POST', /messages$/, harmful)
    const ref = await post({ message })
    setup.discord.fallIll('PATCH', /messages/, harmful)
    await setup.platform.update(ref, { ...message, title: 'Ada has this' }, {})
    expect(alerts.messages).toHaveLength(1)
    expect(JSON.stringify(alerts.messages[0]?.embeds)).toContain('Asked for hxxps://malware.example.org/x')
    expect(JSON.stringify(alerts.messages)).not.toMatch(/https?:/)
    expect(alerts.messages).toMatchObject([{ edited: 1, rows: [[{ custom_id: 'incident ack 12' }]] }])
  })

  test('that had to be cut is in the log', async () => {
    setup.discord.channel('alerts')
    await post({ message: { ...card, text: 'x'.repeat(9000) } })
    expect(setup.log).toContainEqual(
      expect.objectContaining({ level: 50, key: 'inc-12/card', cuts: [expect.stringContaining('of text')] }),
    )
  })
})

describe('what goes wrong for a while', () => {
  test.each<[string, Illness, RegExp]>([
    ['a server error', { how: 'error', status: 502 }, /answered 502/],
    ['an answer that is none', { how: 'not json' }, /not JSON/],
    ['a broken connection', { how: 'drop' }, /could not post a message: /],
    [
      'an overload',
      { how: 'refuse', status: 503, code: 130000, message: 'API resource is currently overloaded' },
      /503/,
    ],
  ])('%s is worth another try', async (_, illness, reason) => {
    setup.discord.channel('alerts')
    setup.discord.fallIll('POST', /messages$/, illness)
    const error = await failure(post())
    expect(error).toBeInstanceOf(TransientError)
    expect(error.message).toMatch(reason)
    expect(setup.discord.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  })

  test('a rate limit says when, and is not waited for', async () => {
    setup.discord.channel('alerts')
    setup.discord.fallIll('POST', /messages$/, { how: 'rate limit', retryAfter: 42 })
    const before = performance.now()
    const error = await failure(post())
    expect(error).toBeInstanceOf(TransientError)
    expect((error as TransientError).retryAfter).toBeGreaterThanOrEqual(42_000)
    expect(performance.now() - before).toBeLessThan(30_000)
  })

  test('a Discord that is not there is worth another try', async () => {
    await soon(() => expect(setup.discord.commands).not.toEqual([]))
    await setup.discord.stop()
    const error = await failure(post())
    expect(error).toBeInstanceOf(TransientError)
    // A connection that was kept alive may be the first to notice.
    expect(error.message).toMatch(/ECONNREFUSED|closed|ECONNRESET/)
  })
})

describe('a channel that Discord does not know', () => {
  const unknown = { how: 'refuse', status: 404, code: 10003, message: 'Unknown Channel' } as const

  test('is there all the same when Discord lists it: it is worth another try', async () => {
    const alerts = setup.discord.channel('alerts')
    setup.discord.fallIll('POST', /messages$/, unknown, 2)
    expect(await failure(post())).toMatchObject({ isRefusal: true })
    expect(await failure(post({ to: { channel: alerts.id } }))).toMatchObject({ isRefusal: true })
    expect(await post({ to: { channel: alerts.id } })).toMatchObject({ channel: alerts.id })
  })

  test('is gone when Discord does not list it, either', async () => {
    const { world } = setup.discord
    const room = setup.discord.channel('inc-12')
    world.channels.splice(world.channels.indexOf(room), 1)
    const error = await failure(post({ to: { channel: room.id } }))
    expect(error).toMatchObject({ gone: true })
    expect(error.message).toContain('does not exist')
  })

  test.each([
    ['that cannot be missing, in a list of channels,', 'GET', /guilds\/\d+\/channels$/],
    ['that is to be made, of direct messages,', 'POST', /users\/@me\/channels$/],
  ])('%s says that Discord is ill: it is worth another try', async (_, method, path) => {
    const room = setup.discord.channel('inc-12')
    setup.discord.fallIll('POST', /messages$/, unknown)
    setup.discord.fallIll(method, path, unknown)
    const to = method === 'GET' ? { channel: room.id } : { account: setup.discord.person('ada').id }
    expect(await failure(post({ to }))).toMatchObject({ isRefusal: true })
  })

  test('is asked for anew when it is that of direct messages', async () => {
    const ada = setup.discord.person('ada')
    const to = { account: ada.id }
    setup.discord.fallIll('POST', /channels\/\d+\/messages$/, unknown)
    expect(await failure(post({ to }))).toMatchObject({ isRefusal: true })
    await post({ to })
    expect(setup.discord.direct(ada).messages).toHaveLength(1)
    expect(setup.discord.requests.filter((one) => one === 'POST /users/@me/channels')).toHaveLength(2)
  })
})

describe('what goes wrong for good says how to mend it', () => {
  test.each<[string, Illness, RegExp]>([
    [
      'missing permissions',
      { how: 'refuse', status: 403, code: 50013, message: 'Missing Permissions' },
      /Send Messages, Embed Links/,
    ],
    [
      'missing access',
      { how: 'refuse', status: 403, code: 50001, message: 'Missing Access' },
      /may not see it; give its role View Channel/,
    ],
    ['a body it refuses', { how: 'refuse', status: 400, code: 50035, message: 'Invalid Form Body' }, /invalid/],
  ])('%s', async (_, illness, reason) => {
    setup.discord.channel('alerts')
    setup.discord.fallIll('POST', /messages$/, illness)
    const error = await failure(post())
    expect(error).toBeInstanceOf(PermanentError)
    expect(error.message).toMatch(reason)
  })

  test('a person who takes no direct messages', async () => {
    const ada = setup.discord.person('ada')
    ada.acceptsDirectMessages = false
    const error = await failure(post({ to: { account: ada.id } }))
    expect(error).toBeInstanceOf(PermanentError)
    expect(error.message).toContain('accepts no direct messages')
  })

  test('an account that is no Discord id', async () => {
    const error = await failure(post({ to: { account: 'ada#1234' } }))
    expect(error).toBeInstanceOf(PermanentError)
    expect(error.message).toContain('`discord` under `people`')
  })

  test('a channel that is not there, until somebody makes it', async () => {
    const error = await failure(post({ to: { channel: 'ops' } }))
    expect(error).toBeInstanceOf(PermanentError)
    expect(error.message).toContain('no text channel #ops')
    const made = setup.discord.channel('ops')
    expect((await post({ to: { channel: 'ops' } })).channel).toBe(made.id)
  })

  test('a wrong token, which is never shown', async () => {
    const other = await unconnected({ botToken: 'a-wrong-token-of-somebody' })
    const error = await failure(
      other.platform.post({
        to: { account: '123456789012345678' },
        key: 'k',
        message: card,
        resumed: false,
        accounts: {},
      }),
    )
    await other.stop()
    expect(error.message).toContain('DISCORD_BOT_TOKEN')
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('a-wrong-token')
  })

  test('a bot in several servers of which none is named', async () => {
    const other = await unconnected({}, (discord) => discord.world.addGuild('Second'))
    const error = await failure(
      other.platform.post({ to: { channel: 'alerts' }, key: 'k', message: card, resumed: false, accounts: {} }),
    )
    await other.stop()
    expect(error.message).toMatch(/set discord.guild to one of \d+ \(Example\), \d+ \(Second\)/)
  })
})
