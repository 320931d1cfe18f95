// The connection to Discord: down at the start, cut, refused; the bot starts all the same and is there again by itself.
import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Gateway } from '../../src/chat/discord/gateway.ts'
import { ManualClock } from '../../src/clock.ts'
import { freePort } from '../port.ts'
import { connected, platformAt, soon, unconnected } from './bot.ts'
import { DiscordStandIn } from './stand-in.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop()
})

test('a Discord that is down at the start keeps nobody from starting, and is joined when it is up', async () => {
  const port = await freePort()
  const discord = new DiscordStandIn()
  const bot = platformAt(`http://127.0.0.1:${port}/api`, discord.token)
  cleanUp.push(() => bot.platform.stop())
  await bot.start()
  await soon(() =>
    expect(bot.log).toContainEqual(
      expect.objectContaining({ level: 40, reason: expect.stringContaining('ECONNREFUSED') }),
    ),
  )
  await discord.listen(port)
  cleanUp.push(() => discord.stop())
  await discord.gateway.untilConnected()
  await soon(() => expect(discord.commands).not.toEqual([]))
  await discord.say(discord.person('ada'), '/incident ack 12', discord.channel('alerts'))
  expect(bot.said).toHaveLength(1)
  // One warning for the outage, not one for each attempt.
  expect(bot.log.filter((line) => line.level === 40)).toHaveLength(1)
})

test('a gateway that does not answer at the start keeps no page waiting', async () => {
  const setup = await unconnected({}, (discord) => discord.fallIll('GET', /^\/gateway/, { how: 'hang' }))
  cleanUp.push(() => setup.stop())
  await setup.start()
  // It is still waited for, though not by the start.
  expect(setup.log).toEqual([])
  expect(setup.discord.gateway.connected).toBe(false)
})

test('a gateway that refuses connections for a while leaves one session behind, not one for each attempt', async () => {
  const setup = await unconnected({}, (discord) => discord.gateway.refusals.push(502, 502))
  cleanUp.push(() => setup.stop())
  await setup.start()
  await setup.discord.gateway.untilConnected()
  await soon(() => expect(setup.discord.commands).not.toEqual([]))
  // Were one left behind, it would identify itself within its half second between two attempts.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(setup.discord.gateway.identifies).toBe(1)
  await setup.discord.say(setup.discord.person('ada'), '/incident ack', setup.discord.channel('alerts'))
  expect(setup.said).toHaveLength(1)
})

test('a connection that breaks is taken up again, and both are in the log', async () => {
  const setup = await connected()
  cleanUp.push(() => setup.stop())
  setup.discord.gateway.drop()
  await soon(() => expect(setup.discord.gateway.resumes).toBe(1))
  await soon(() =>
    expect(setup.log).toContainEqual(
      expect.objectContaining({ msg: expect.stringContaining('connected to Discord again') }),
    ),
  )
  await setup.discord.say(setup.discord.person('ada'), '/incident ack', setup.discord.channel('alerts'))
  expect(setup.said).toHaveLength(1)
})

/** A gateway of ours that gives a session up after `backWithin` milliseconds, connected to a stand-in. */
async function gatewayWith(backWithin: number) {
  const discord = await new DiscordStandIn().listen()
  const standings: (string | null)[] = []
  const heard: string[] = []
  const gateway = new Gateway({
    ...{ token: discord.token, apiUrl: discord.apiUrl, backWithin },
    ...{ log: pino({ enabled: false }), clock: new ManualClock('2026-03-02T03:00:00Z') },
    ...{ standing: (problem) => void standings.push(problem), onConnected: () => {}, onClient: () => {} },
    onInteraction: ({ id }) => void heard.push(id),
  })
  cleanUp.push(
    () => gateway.stop(),
    () => discord.stop(),
  )
  gateway.start(() => {})
  await soon(() => expect(standings).toEqual([null]))
  return { discord, standings, heard }
}

test('a gateway that says nothing to a session that is taken up again is given another', async () => {
  const { discord, standings, heard } = await gatewayWith(3_000)
  discord.gateway.ignoresResume = true
  discord.gateway.drop()
  await soon(() => expect(standings).toEqual([null, 'the connection broke', null]))
  expect(discord.gateway.identifies).toBe(2)
  discord.gateway.dispatch('INTERACTION_CREATE', { id: '12' })
  await soon(() => expect(heard).toEqual(['12']))
})

test('a session that was taken up again in time is kept', async () => {
  const patience = 4_000
  const { discord, standings, heard } = await gatewayWith(patience)
  discord.gateway.drop()
  await soon(() => expect(standings).toEqual([null, 'the connection broke', null]))
  await new Promise((resolve) => setTimeout(resolve, patience))
  expect(discord.gateway.identifies).toBe(1)
  discord.gateway.dispatch('INTERACTION_CREATE', { id: '12' })
  await soon(() => expect(heard).toEqual(['12']))
})

test('a client that could not be made is told of, and another is made', async () => {
  const discord = await new DiscordStandIn().listen()
  const standings: (string | null)[] = []
  const onClient = vi.fn().mockImplementationOnce(() => {
    throw new TypeError('half of the library is missing')
  })
  const gateway = new Gateway({
    ...{ token: discord.token, apiUrl: discord.apiUrl, log: pino({ enabled: false }) },
    ...{ clock: new ManualClock('2026-03-02T03:00:00Z'), standing: (problem) => void standings.push(problem) },
    ...{ onConnected: () => {}, onInteraction: () => {}, onClient },
  })
  cleanUp.push(
    () => gateway.stop(),
    () => discord.stop(),
  )
  gateway.start(() => {})
  await soon(() => expect(standings).toEqual(['half of the library is missing', null]))
})

const registrations = ({ requests }: DiscordStandIn) => requests.filter((one) => /^PUT .*commands$/.test(one)).length

test.each([
  ['while it is connected', ({ gateway, guild }: DiscordStandIn) => gateway.dispatch('GUILD_DELETE', { id: guild.id })],
  ['while it is not connected', ({ gateway }: DiscordStandIn) => gateway.drop(4007)],
])('a bot that is removed from its server %s says so until it is invited again', async (_when, remove) => {
  const { discord, standings, stop } = await connected()
  cleanUp.push(stop)
  await soon(() => expect(standings.at(-1)).toBeNull())
  const [guild] = discord.world.guilds.splice(0)
  discord.world.bot.guilds.clear()
  remove(discord)
  await soon(() => expect(standings.at(-1)).toMatch(/removed from its server.*invite it again/))
  if (guild === undefined) throw new Error('there is no server')
  discord.world.guilds.push(guild)
  discord.world.bot.guilds.add(guild.id)
  const before = registrations(discord)
  discord.gateway.dispatch('GUILD_CREATE', { id: guild.id, name: guild.name, channels: [], roles: [] })
  await soon(() => expect(standings.at(-1)).toBeNull())
  expect(registrations(discord)).toBeGreaterThan(before)
})

test('a server that Discord itself has lost for a while, or another one that is left, removes nobody', async () => {
  const { discord, standings, stop } = await connected()
  cleanUp.push(stop)
  await soon(() => expect(standings.at(-1)).toBeNull())
  discord.gateway.dispatch('GUILD_DELETE', { id: discord.guild.id, unavailable: true })
  discord.gateway.dispatch('GUILD_DELETE', { id: '999999999999999999' })
  discord.gateway.dispatch('GUILD_CREATE', { id: discord.guild.id, name: 'Example', channels: [], roles: [] })
  await discord.say(discord.person('ada'), '/incident ack 12', discord.channel('alerts'))
  expect(standings.at(-1)).toBeNull()
  expect(registrations(discord)).toBe(1)
})

test('messages go out while the gateway is away', async () => {
  const setup = await unconnected({}, (discord) => discord.gateway.refusals.push(...Array(1000).fill(502)))
  cleanUp.push(() => setup.stop())
  void setup.start()
  const message = { title: 'Error rate', tone: 'critical' as const }
  const channel = setup.discord.channel('alerts')
  await setup.platform.post({ to: { channel: 'alerts' }, key: 'k', message, resumed: false, accounts: {} })
  expect(channel.messages).toHaveLength(1)
})

test('a bot that is stopped while Discord is away does not come back', async () => {
  const setup = await connected()
  cleanUp.push(() => setup.discord.stop())
  setup.discord.gateway.refusals.push(...Array(2).fill(502))
  setup.discord.gateway.drop()
  await soon(() => expect(setup.log).toContainEqual(expect.objectContaining({ level: 40 })))
  await setup.platform.stop()
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect(setup.discord.gateway.connected).toBe(false)
})

test('a token that Discord does not know is said once, with where it comes from, and never shown', async () => {
  const setup = await unconnected({ botToken: 'a-wrong-token-of-somebody' })
  cleanUp.push(() => setup.stop())
  await setup.start()
  const said = expect.objectContaining({ reason: expect.stringContaining('DISCORD_BOT_TOKEN') })
  await soon(() => expect(setup.log).toContainEqual(said))
  expect(JSON.stringify(setup.log)).not.toContain('a-wrong-token')
})

test('a token that is taken away while connected is said, and tried again more slowly', async () => {
  const setup = await connected()
  cleanUp.push(() => setup.stop())
  setup.discord.gateway.drop(4004)
  await soon(() => expect(setup.log).toContainEqual(expect.objectContaining({ level: 50, code: 4004 })))
  await soon(() => expect(setup.discord.gateway.identifies).toBe(2))
})

describe('which server', () => {
  test('is asked for when the bot is in several and none is configured', async () => {
    const setup = await unconnected({}, (discord) => discord.world.addGuild('Second'))
    cleanUp.push(() => setup.stop())
    await setup.start()
    await soon(() =>
      expect(setup.log).toContainEqual(
        expect.objectContaining({ level: 50, msg: expect.stringContaining('discord.guild') }),
      ),
    )
  })

  test('is the configured one', async () => {
    const setup = await unconnected()
    await setup.stop()
    const discord = await new DiscordStandIn().listen()
    const second = discord.world.addGuild('Second')
    cleanUp.push(() => discord.stop())
    const bot = platformAt(discord.apiUrl, discord.token, { guild: discord.guild.id })
    cleanUp.unshift(() => bot.platform.stop())
    await bot.start()
    await soon(() => expect(discord.commands).not.toEqual([]))
    const channel = discord.world.addChannel({ name: 'general', guild: second.id })
    const exchange = await discord.say(discord.world.addPerson('mallory', second.id), '/incident ack', channel)
    expect(exchange.answer?.content).toContain('another server')
  })
})
