// Rooms in Discord: opened once, told apart, and never more than best effort in everything else.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RoomOperations } from '../../src/chat/platform.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { connected, type Setup, unconnected } from './bot.ts'

let setup: Setup
let rooms: RoomOperations
beforeEach(async () => {
  setup = await connected()
  if (setup.platform.rooms === null) throw new Error('Discord has rooms')
  rooms = setup.platform.rooms
})
afterEach(() => setup.stop())

const request = { name: 'inc-12-checkout', topic: 'P1 · checkout · open', key: 'inc-12/room' }
const all = () => setup.discord.world.channels.filter((channel) => channel.type === 0)

describe('a room', () => {
  test('is a channel in the category of incidents, with an address people can follow', async () => {
    const room = await rooms.open(request)
    const { guild } = setup.discord
    expect(room).toEqual({
      channel: all()[0]?.id,
      name: '#inc-12-checkout',
      url: `https://discord.com/channels/${guild.id}/${room.channel}`,
    })
    const category = setup.discord.world.channels.find((channel) => channel.type === 4)
    expect(category?.name).toBe('Incidents')
    expect(all()[0]).toMatchObject({ name: 'inc-12-checkout', parent: category?.id })
  })

  test('that was opened before a crash is adopted', async () => {
    setup.discord.fallIll('POST', /channels$/, { how: 'drop' }, 2)
    await expect(rooms.open(request)).rejects.toThrow('could not open the room')
    const room = await rooms.open(request)
    expect(all().map((channel) => channel.id)).toEqual([room.channel])
  })

  test('that was opened before a crash is adopted by its own incident, and by none that has its number now', async () => {
    const opened = new Date()
    const before = await rooms.open({ ...request, opened })
    expect(await rooms.open({ ...request, opened })).toEqual(before)
    const anew = await rooms.open({ ...request, opened: new Date(Date.now() + 3_600_000) })
    expect(all().map((channel) => channel.id)).toEqual([before.channel, anew.channel])
  })

  test('does not take over what somebody else called so', async () => {
    const theirs = setup.discord.channel('inc-12-checkout')
    const room = await rooms.open(request)
    expect(room.name).toBe('#inc-12-checkout-2')
    expect(room.channel).not.toBe(theirs.id)
  })

  test('opens without a category when there is none to be had', async () => {
    setup.discord.fallIll('POST', /channels$/, {
      how: 'refuse',
      status: 403,
      code: 50013,
      message: 'Missing Permissions',
    })
    const room = await rooms.open(request)
    expect(setup.discord.world.channel(room.channel)?.parent).toBeNull()
    expect(setup.log).toContainEqual(
      expect.objectContaining({ level: 40, reason: expect.stringContaining('Manage Channels') }),
    )
  })

  test('goes into a further category when the first is full', async () => {
    const { world, guild } = setup.discord
    const full = world.addChannel({ name: 'Incidents', type: 4, guild: guild.id })
    for (let i = 0; i < 50; i++) world.addChannel({ name: `inc-${i}`, guild: guild.id, parent: full.id })
    const room = await rooms.open(request)
    const parent = world.channel(world.channel(room.channel)?.parent ?? '')
    expect(parent?.name).toBe('Incidents 2')
  })

  test.each([
    ['GET', /users\/@me\/guilds$/, 1],
    ['POST', /guilds\/\d+\/channels$/, 2],
  ])('waits while Discord is ill, and answers %s %s as if there were no such channel', async (method, path, times) => {
    const unknown = { how: 'refuse', status: 404, code: 10003, message: 'Unknown Channel' } as const
    await setup.stop()
    setup = await unconnected()
    rooms = setup.platform.rooms as RoomOperations
    setup.discord.fallIll(method, path, unknown, times)
    await expect(rooms.open(request)).rejects.toMatchObject({ isRefusal: true })
    expect((await rooms.open(request)).name).toBe('#inc-12-checkout')
  })

  test('that the bot may not open says which permission is missing', async () => {
    setup.discord.fallIll(
      'POST',
      /channels$/,
      { how: 'refuse', status: 403, code: 50013, message: 'Missing Permissions' },
      2,
    )
    const opening = rooms.open(request)
    await expect(opening).rejects.toBeInstanceOf(PermanentError)
    await expect(opening).rejects.toThrow('Manage Channels')
  })
})

describe('its topic', () => {
  test('is what it was opened with, until it changes', async () => {
    const room = await rooms.open(request)
    await rooms.setTopic(room.channel, request.topic)
    expect(setup.discord.requests.filter((one) => one.startsWith('PATCH'))).toEqual([])
    await rooms.setTopic(room.channel, `P1 · ${'x'.repeat(2000)}`)
    expect(setup.discord.world.channel(room.channel)?.topic).toHaveLength(1024)
  })

  test('becomes again what it was, after another replica had changed it', async () => {
    const room = await rooms.open(request)
    await rooms.setTopic(room.channel, request.topic)
    const channel = setup.discord.world.channel(room.channel)
    if (channel === undefined) throw new Error('no room')
    for (const topic of [request.topic, 'P2 · acknowledged']) {
      channel.topic = 'P2 · resolved'
      await rooms.setTopic(room.channel, topic)
      expect(channel.topic).toBe(topic)
    }
    channel.topic = 'P2 · resolved'
    await rooms.setTopic(room.channel, 'P2 · acknowledged')
    expect(channel.topic).toBe('P2 · acknowledged')
  })

  test('of one change too many says when it can be set, and does not set it then: it may be another by that time', async () => {
    const room = await rooms.open(request)
    const changes = () => setup.discord.requests.filter((one) => one.startsWith('PATCH'))
    setup.discord.fallIll('PATCH', /^\/channels\/\d+$/, { how: 'rate limit', retryAfter: 8 })
    for (const topic of ['acknowledged', 'resolved']) {
      const refused = await rooms.setTopic(room.channel, topic).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(TransientError)
      expect((refused as TransientError).retryAfter).toBeGreaterThan(100)
      expect(changes()).toHaveLength(1)
    }
    await new Promise((resolve) => setTimeout(resolve, 8_500))
    expect(setup.discord.world.channel(room.channel)?.topic).toContain('open')
    await rooms.setTopic(room.channel, 'resolved')
    expect(setup.discord.world.channel(room.channel)?.topic).toBe('resolved')
  })
})

describe('many rooms at once', () => {
  const open = (n: number) => rooms.open({ ...request, name: `inc-${n}-checkout`, key: `inc-${n}/room` })
  const numbers = (from: number, many: number) => Array.from({ length: many }, (_, i) => from + i)
  const categories = () => setup.discord.world.channels.filter((channel) => channel.type === 4)
  const parents = () => all().map(({ parent }) => categories().find(({ id }) => id === parent)?.name)

  test('share a category, and one look at what there is', async () => {
    await Promise.all(numbers(1, 10).map(open))
    expect(new Set(parents())).toEqual(new Set(['Incidents']))
    expect(categories()).toHaveLength(1)
    expect(setup.discord.requests.filter((one) => /^GET .*channels$/.test(one)).length).toBeLessThanOrEqual(2)
  })

  test('go on in another category where the last places of one are taken', async () => {
    const { guild, world } = setup.discord
    const category = world.addChannel({ guild: guild.id, name: 'Incidents', type: 4 })
    for (const n of numbers(100, 47)) world.addChannel({ guild: guild.id, name: `old-${n}`, parent: category.id })
    await Promise.all(numbers(1, 6).map(open))
    expect(new Set(parents())).toEqual(new Set(['Incidents', 'Incidents 2']))
    expect(all().filter(({ name }) => name.startsWith('inc-'))).toHaveLength(6)
    expect(categories()).toHaveLength(2)
  })

  test('open outside when the category that was just made is deleted', async () => {
    await open(1)
    const { world } = setup.discord
    world.channels.splice(
      world.channels.findIndex(({ type }) => type === 4),
      1,
    )
    setup.discord.fallIll('POST', /channels$/, {
      how: 'refuse',
      status: 400,
      code: 50035,
      message: 'Invalid Form Body parent_id[CHANNEL_PARENT_INVALID]: Category does not exist',
    })
    await open(2)
    expect(parents()).toEqual([undefined, 'Incidents'])
  })
})

describe('around it', () => {
  test('a bookmark is a pinned link', async () => {
    const room = await rooms.open(request)
    await rooms.bookmark(room.channel, 'Timeline', 'http://127.0.0.1:8420/incidents/12', false)
    const channel = setup.discord.world.channel(room.channel)
    expect(channel?.messages[0]?.content).toBe('📌 **Timeline**: <http://127.0.0.1:8420/incidents/12>')
    expect(channel?.pins).toEqual([channel?.messages[0]?.id])
  })

  test.each([
    ['the link was posted and the answer lost', 'POST', /messages$/, { how: 'drop' }],
    ['the link was posted and the pin was to wait', 'PUT', /pins/, { how: 'rate limit', retryAfter: 0.1 }],
    ['both were done and the answer lost', 'PUT', /pins/, { how: 'drop' }],
  ] as const)('is there once, when %s', async (_, method, path, illness) => {
    const { discord } = setup
    const room = await rooms.open(request)
    const bookmark = (resumed: boolean) =>
      rooms.bookmark(room.channel, 'Timeline_and more', 'http://127.0.0.1:8420/incidents/12', resumed)
    const channel = discord.world.channel(room.channel)
    discord.fallIll(method, path, illness)
    await expect(bookmark(false)).rejects.toThrow(TransientError)
    // Discord remembers for a few minutes what it was told last; a night is longer.
    for (const message of channel?.messages ?? []) message.nonce = null
    await new Promise((resolve) => setTimeout(resolve, 200))
    await bookmark(true)
    expect(channel?.messages).toHaveLength(1)
    expect(new Set(channel?.pins)).toEqual(new Set([channel?.messages[0]?.id]))
  })

  test('nobody has to be let into a public room', async () => {
    const room = await rooms.open(request)
    await rooms.invite(room.channel, setup.discord.person('ada').id)
    expect(setup.discord.world.channel(room.channel)?.overwrites).toEqual([])
  })

  test('it is asked once who sees a room, however many people are brought into it, and again when that failed', async () => {
    const room = await rooms.open(request)
    const people = ['ada', 'grace', 'alan'].map((name) => setup.discord.person(name).id)
    const looks = () => setup.discord.requests.filter((one) => one === `GET /channels/${room.channel}`).length
    setup.discord.fallIll('GET', /channels\/\d+$/, { how: 'error', status: 502 })
    await expect(rooms.invite(room.channel, people[0] ?? '')).rejects.toThrow('502')
    for (const id of people) await rooms.invite(room.channel, id)
    expect(looks()).toBe(2)
  })

  test.each(['the room', 'the server'])('a person is let in where %s is closed', async (closed) => {
    const { world, guild } = setup.discord
    const room = await rooms.open(request)
    const channel = world.channel(room.channel)
    if (closed === 'the server') guild.everyonePermissions = 0n
    else channel?.overwrites.push({ id: guild.id, type: 0, allow: '0', deny: '1024' })
    const ada = setup.discord.person('ada')
    await rooms.invite(room.channel, ada.id)
    expect(channel?.overwrites.at(-1)).toEqual({ id: ada.id, type: 1, allow: String(1024 + 2048 + 65536), deny: '0' })
  })
})
