// What the Discord platform says about itself to those who operate the bot: that it can work, or why not.
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../port.ts'
import { connected, platformAt, soon, unconnected } from './bot.ts'
import { DiscordStandIn } from './stand-in.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop()
})

test('all is well once the gateway is there and the server has the commands', async () => {
  const setup = await connected()
  cleanUp.push(() => setup.stop())
  await soon(() => expect(setup.standings).toEqual([null]))
  expect(setup.discord.commands).not.toEqual([])
})

test('a token that Discord does not know is told, with the fix and without the token', async () => {
  const setup = await unconnected({ botToken: 'a-wrong-token-of-somebody' })
  cleanUp.push(() => setup.stop())
  await setup.start()
  await soon(() => expect(setup.standings.at(-1)).toContain('DISCORD_BOT_TOKEN'))
  expect(JSON.stringify(setup.standings)).not.toContain('a-wrong-token')
})

test('a Discord that is down at the start is told until it is up', async () => {
  const port = await freePort()
  const discord = new DiscordStandIn()
  const bot = platformAt(`http://127.0.0.1:${port}/api`, discord.token)
  cleanUp.push(() => bot.platform.stop())
  await bot.start()
  await soon(() => expect(bot.standings.at(-1)).toContain('ECONNREFUSED'))
  await discord.listen(port)
  cleanUp.push(() => discord.stop())
  await soon(() => expect(bot.standings.at(-1)).toBeNull())
})

test('a connection that breaks is told until it is there again', async () => {
  const setup = await connected()
  cleanUp.push(() => setup.stop())
  await soon(() => expect(setup.standings).toEqual([null]))
  setup.discord.gateway.refusals.push(502)
  setup.discord.gateway.drop()
  await soon(() => expect(setup.standings.length).toBeGreaterThan(2))
  expect(setup.standings[1]).toBe('the connection broke')
  await soon(() => expect(setup.standings.at(-1)).toBeNull())
})

test('a token that is taken away while connected is told', async () => {
  const setup = await connected()
  cleanUp.push(() => setup.stop())
  await soon(() => expect(setup.standings).toEqual([null]))
  setup.discord.gateway.drop(4004)
  await soon(() => expect(setup.standings[1]).toContain('DISCORD_BOT_TOKEN'))
})

test('several servers and none configured is told, although the gateway is there', async () => {
  const setup = await unconnected({}, (discord) => discord.world.addGuild('Second'))
  cleanUp.push(() => setup.stop())
  await setup.start()
  await soon(() => expect(setup.standings.at(-1)).toContain('discord.guild'))
  expect(setup.discord.gateway.connected).toBe(true)
})
