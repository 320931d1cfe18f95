// Commands and buttons, from the person's hand to the reply, and who is not obeyed.
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Destination } from '../../src/chat/platform.ts'
import type { Message } from '../../src/core/message.ts'
import { TransientError } from '../../src/errors.ts'
import { connected, platformAt, type Setup, soon, specs } from './bot.ts'

let setup: Setup
beforeEach(async () => {
  setup = await connected()
  await soon(() => expect(setup.discord.commands).not.toEqual([]))
})
afterEach(() => setup.stop())

const has = { visibility: 'private', message: { title: 'Ada has #12', tone: 'good' } } as const

async function card() {
  const { discord, platform } = setup
  const channel = discord.channel('alerts')
  const message = {
    title: 'Error rate',
    tone: 'critical',
    buttons: [{ label: 'Acknowledge', command: 'incident ack 12', style: 'primary' }],
  } as const
  const ref = await platform.post({
    to: { channel: 'alerts' },
    key: 'inc-12/card',
    message: { ...message, buttons: [...message.buttons] },
    resumed: false,
    accounts: {},
  })
  const posted = discord.messages(channel).find((one) => one.id === ref.id)
  if (posted === undefined) throw new Error('not posted')
  return { channel, posted }
}

describe('a command', () => {
  test('reaches the bot as the line that would have been typed, and is answered to the person alone', async () => {
    const { discord, said, answer } = setup
    answer(has)
    const channel = discord.channel('alerts')
    const ada = discord.person('ada')
    const exchange = await discord.say(ada, '/incident ack 12', channel)
    expect(said).toEqual([
      {
        platform: 'discord',
        account: ada.id,
        accountName: 'ada',
        channel: channel.id,
        text: 'incident ack --incident 12',
      },
    ])
    expect(exchange.answer?.ephemeral).toBe(true)
    expect(exchange.answer?.embeds[0]?.title).toBe('Ada has #12')
    expect(channel.messages).toEqual([])
  })

  /** Says a command that runs until `finish`. */
  function sayAndWait() {
    const { discord, answer } = setup
    let finish = () => {}
    const running = new Promise<void>((resolve) => {
      finish = resolve
    })
    answer(async () => {
      await running
      return has
    })
    const exchange = discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    return { exchange, finish: () => finish() }
  }

  test('is told that it is coming before the command has run', async () => {
    const { discord } = setup
    const { exchange, finish } = sayAndWait()
    await soon(() => expect(discord.requests.some((request) => request.endsWith('/callback'))).toBe(true))
    finish()
    expect((await exchange).first).toBe(5)
  })

  test('that still runs when the bot stops is answered first', async () => {
    const { discord, platform } = setup
    const { exchange, finish } = sayAndWait()
    await soon(() => expect(setup.said).toHaveLength(1))
    let isStopped = false
    const stopped = platform.stop().then(() => {
      isStopped = true
    })
    await soon(() => expect(discord.gateway.connected).toBe(false))
    expect(isStopped).toBe(false)
    finish()
    expect((await exchange).answer?.embeds[0]?.title).toBe('Ada has #12')
    await stopped
  })

  test('that the room answers by itself leaves a tick, so that nothing goes on thinking', async () => {
    const { discord, answer } = setup
    answer(null)
    const exchange = await discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    expect(exchange.answer?.content).toBe('✓ `/incident ack`')
  })

  test('can answer the whole channel', async () => {
    const { discord, answer } = setup
    answer({ visibility: 'channel', message: { title: 'On call: Ada', tone: 'info' } })
    const channel = discord.channel('alerts')
    const exchange = await discord.say(discord.person('ada'), '/oncall show primary', channel)
    expect((await discord.followUp(exchange)).ephemeral).toBe(false)
    expect(channel.messages.map((message) => message.embeds[0]?.title)).toEqual(['On call: Ada'])
    expect(setup.said[0]?.text).toBe('oncall --schedule primary')
  })

  test('keeps a text that begins with a number a text, and a person a person', async () => {
    const { discord, said } = setup
    const [ada, channel] = [discord.person('ada'), discord.channel('alerts')]
    await discord.say(ada, '/incident note note:500 errors again', channel)
    await discord.say(ada, '/incident note note:she said "no"', channel)
    await discord.say(ada, `/incident page <@${ada.id}> incident:3`, channel)
    await discord.say(ada, '/incident sev P1', channel)
    expect(said.map((one) => one.text)).toEqual([
      'incident note --note "500 errors again"',
      'incident note she said "no"',
      `incident page --incident 3 --person <@${ada.id}>`,
      'incident sev --severity P1',
    ])
  })

  test('whose run breaks tells the person so, and the log why', async () => {
    const { discord, answer, log } = setup
    answer(() => Promise.reject(new TransientError('the database is away')))
    const exchange = await discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    expect(exchange.answer?.embeds[0]?.title).toContain('did not work')
    expect(log).toContainEqual(expect.objectContaining({ level: 50, reason: 'the database is away' }))
  })
})

describe('a button', () => {
  test('runs its command for the one who pressed it, and says nothing when the room does', async () => {
    const { posted, channel } = await card()
    const { discord, said, answer } = setup
    answer(null)
    const grace = discord.person('grace')
    const exchange = await discord.press(grace, posted, 'Acknowledge')
    expect(exchange.first).toBe(6)
    await soon(() =>
      expect(said).toEqual([
        { platform: 'discord', account: grace.id, accountName: 'grace', channel: channel.id, text: 'incident ack 12' },
      ]),
    )
    expect(exchange.followUps).toEqual([])
  })

  test('answers the one who pressed it alone, and leaves the message as it is', async () => {
    const { posted, channel } = await card()
    const { discord, answer } = setup
    answer(has)
    const exchange = await discord.press(discord.person('grace'), posted, 'Acknowledge')
    expect(await discord.followUp(exchange)).toMatchObject({ ephemeral: true, embeds: [{ title: 'Ada has #12' }] })
    expect(channel.messages).toHaveLength(1)
    expect(posted.edited).toBe(0)
  })

  test('works in direct messages for a member of the server, and for nobody else', async () => {
    const { discord, platform, said } = setup
    const ada = discord.person('ada')
    const page = {
      title: 'Wake up',
      tone: 'critical' as const,
      buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }],
    }
    await platform.post({ to: { account: ada.id }, key: 'page-1', message: page, resumed: false, accounts: {} })
    const [message] = discord.direct(ada).messages
    if (message === undefined) throw new Error('no page')
    await discord.press(ada, message, 'Acknowledge')
    await soon(() => expect(said).toHaveLength(1))
    ada.guilds.clear()
    const exchange = await discord.press(ada, message, 'Acknowledge')
    expect((await discord.followUp(exchange)).embeds[0]?.title).toContain('Only members')
    expect(said).toHaveLength(1)
  })
})

describe('a Discord that asks to wait, or is ill for a moment', () => {
  const ills = [
    ['is rate limited', { how: 'rate limit', retryAfter: 0.3 }],
    ['answers 502', { how: 'error', status: 502 }],
    ['drops the connection', { how: 'drop' }],
  ] as const

  test.each(ills)('still answers a command, when it %s', async (_, illness) => {
    const { discord, answer } = setup
    answer(has)
    discord.fallIll('PATCH', /@original$/, illness, 2)
    const exchange = await discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    expect(exchange.answer?.embeds[0]?.title).toBe('Ada has #12')
  })

  test.each(ills)(
    'loses no acknowledgement in direct messages, when the look-up of the member %s',
    async (_, illness) => {
      const { discord, platform, said, answer } = setup
      answer(null)
      const ada = discord.person('ada')
      const buttons = [{ label: 'Acknowledge', command: 'incident ack 12' }]
      const message = { title: 'Wake up', tone: 'critical' as const, buttons }
      await platform.post({ to: { account: ada.id }, key: 'page-1', message, resumed: false, accounts: {} })
      const [page] = discord.direct(ada).messages
      if (page === undefined) throw new Error('no page')
      discord.fallIll('GET', /members/, illness, 2)
      await discord.press(ada, page, 'Acknowledge')
      await soon(() => expect(said).toHaveLength(1))
      expect(log()).toEqual([])
    },
  )

  test('says what everybody reads again when it was refused, and not when nobody knows', async () => {
    const { discord, answer } = setup
    answer({ visibility: 'channel', message: { title: 'On call: Ada', tone: 'info' } })
    const channel = discord.channel('alerts')
    discord.fallIll('POST', /webhooks/, { how: 'rate limit', retryAfter: 0.1 })
    const exchange = await discord.say(discord.person('ada'), '/oncall show', channel)
    await discord.followUp(exchange)
    expect(channel.messages).toHaveLength(1)
    discord.fallIll('POST', /webhooks/, { how: 'drop' })
    const grace = discord.person('grace')
    await discord.say(grace, '/oncall show', channel)
    await soon(() => expect(discord.direct(grace).messages).toHaveLength(1))
    expect(channel.messages).toHaveLength(2)
  })

  test('answers directly when the answer’s own address takes nothing', async () => {
    const { discord, answer } = setup
    answer(has)
    const grace = discord.person('grace')
    discord.fallIll('PATCH', /@original$/, { how: 'refuse', status: 404, code: 10015, message: 'Unknown Webhook' })
    void discord.say(grace, '/incident ack', discord.channel('alerts')).catch(() => undefined)
    await soon(() => expect(discord.direct(grace).messages[0]?.embeds[0]?.title).toBe('Ada has #12'))
  })

  test('answers people in a storm of rooms', async () => {
    const { discord, platform, answer } = setup
    answer(has)
    const rooms = Array.from({ length: 200 }, (_, n) =>
      platform
        .post({
          to: { channel: discord.channel(`inc-${n}`).id },
          key: `k${n}`,
          message: has.message,
          resumed: false,
          accounts: {},
        })
        .catch(() => undefined),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const exchange = await discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    expect(exchange.answer?.embeds[0]?.title).toBe('Ada has #12')
    expect(log()).toEqual([])
    await Promise.all(rooms)
  })

  test('wakes people in a storm of rooms, and shows them on their page that they have it', async () => {
    const { discord, platform } = setup
    const send = (to: Destination, key: string, message: Message = has.message) =>
      platform.post({ to, key, message, resumed: false, accounts: {} })
    const rooms = Array.from({ length: 200 }, (_, n) =>
      send({ channel: discord.channel(`inc-${n}`).id }, `k${n}`).catch(() => undefined),
    )
    const grace = discord.person('grace')
    const sre = discord.channel('sre')
    const page = await send({ account: grace.id }, 'page-1')
    await platform.update(page, { title: 'You have this', tone: 'good' }, {})
    expect(discord.direct(grace).messages).toMatchObject([{ edited: 1, embeds: [{ title: 'You have this' }] }])
    await send({ channel: sre.id }, 'page-2', { ...has.message, mentions: 'channel' })
    expect([discord.direct(grace), sre].map(({ messages }) => messages.length)).toEqual([1, 1])
    expect((await Promise.all(rooms)).includes(undefined)).toBe(true)
  })

  /** Errors. */
  const log = () => setup.log.filter((line) => Number(line.level) >= 50)
})

describe('nobody else is obeyed', () => {
  test('people of another server are told so', async () => {
    const { discord, said, log } = setup
    const other = discord.world.addGuild('Strangers')
    const channel = discord.world.addChannel({ name: 'general', guild: other.id })
    const mallory = discord.world.addPerson('mallory', other.id)
    const exchange = await discord.say(mallory, '/incident ack 12', channel)
    expect(exchange.answer).toMatchObject({ ephemeral: true, content: expect.stringContaining('another server') })
    expect(said).toEqual([])
    expect(log).toContainEqual(expect.objectContaining({ level: 40, guild: other.id }))
  })

  test('two replicas tell it once, and neither complains', async () => {
    const { discord, log } = setup
    const other = platformAt(discord.apiUrl, discord.token)
    await other.start()
    onTestFinished(() => other.platform.stop())
    await soon(() => expect(other.standings.at(-1)).toBeNull())
    const channel = discord.world.addChannel({ name: 'general', guild: discord.world.addGuild('Strangers').id })
    const mallory = discord.world.addPerson('mallory', channel.guild)
    const exchange = await discord.say(mallory, '/incident ack 12', channel)
    expect(exchange.answer?.content).toContain('another server')
    const asked = () => discord.requests.filter((request) => request.endsWith('/callback')).length
    await soon(() => expect(asked()).toBe(2))
    const lines = () => [...log, ...other.log]
    await soon(() => expect(lines().some(({ msg }) => String(msg).includes('another replica'))).toBe(true))
    expect(lines().filter(({ level }) => Number(level) >= 50)).toEqual([])
  })

  test('bots are told so', async () => {
    const { discord, said } = setup
    const bot = discord.world.addPerson('other-bot', discord.guild.id, true)
    const exchange = await discord.say(bot, '/incident ack 12', discord.channel('alerts'))
    expect(exchange.answer?.content).toContain('Bots')
    expect(said).toEqual([])
  })
})

test('every command is registered, one that has others below it by a word of its own', () => {
  const names = setup.discord.commands.flatMap((command) => {
    const subs = command.options?.filter((option) => option.type === 1) ?? []
    return subs.length === 0 ? [command.name] : subs.map((sub) => `${command.name} ${sub.name}`)
  })
  expect(names).toEqual([
    'incident ack',
    'incident note',
    'incident page',
    'incident sev',
    'oncall show',
    'oncall override',
    'slo',
  ])
  expect(names).toHaveLength(specs.length)
})
