// Pins and 📌 in Discord, heard without any privileged intent, and the messages behind them as far as Discord shows them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Touch } from '../../src/chat/platform.ts'
import { platformAt, soon } from './bot.ts'
import { messageJson, snowflake } from './stand-in/world.ts'
import { type Channel, DiscordStandIn, type Message, type Person } from './stand-in.ts'

let discord: DiscordStandIn
let bot: ReturnType<typeof platformAt>
let touches: Touch[]
let ada: Person
let room: Channel
beforeEach(async () => {
  discord = await new DiscordStandIn().listen()
  bot = platformAt(discord.apiUrl, discord.token)
  touches = []
  const touched = async (touch: Touch) => void touches.push(touch)
  await bot.platform.start({ dispatch: async () => null, standing: () => {}, touched })
  await discord.gateway.untilConnected()
  ada = discord.person('ada')
  room = discord.channel('inc-1-checkout')
})
afterEach(async () => {
  await bot.platform.stop()
  await discord.stop()
})

function write(author: Person, content: string, more: Partial<Message> = {}): Message {
  const message: Message = {
    ...{ id: snowflake(), channel: room.id, author: author.id, content, embeds: [], rows: [], attachments: [] },
    ...{ nonce: null, ephemeral: false, mentions: [], mentionsEverybody: false, edited: 0, ...more },
  }
  room.messages.push(message)
  return message
}
const read = (message: Message) => bot.platform.messages?.read(room.id, message.id)

test('reactions with 📌, pins, edits and deletions in the server are heard; other reactions and servers are not', async () => {
  const message = write(ada, 'rolled back')
  const about = { channel_id: room.id, message_id: message.id, guild_id: discord.guild.id }
  const pin = { id: null, name: '📌' }
  discord.gateway.dispatch('MESSAGE_REACTION_ADD', { ...about, user_id: ada.id, emoji: { id: null, name: '👀' } })
  discord.gateway.dispatch('MESSAGE_REACTION_ADD', {
    ...about,
    guild_id: '99999999999999999',
    user_id: ada.id,
    emoji: pin,
  })
  discord.gateway.dispatch('MESSAGE_REACTION_ADD', { ...about, user_id: ada.id, emoji: pin })
  discord.gateway.dispatch('MESSAGE_REACTION_REMOVE', { ...about, user_id: ada.id, emoji: pin })
  discord.gateway.dispatch('MESSAGE_REACTION_REMOVE_ALL', about)
  const told = { ...messageJson(message, discord.world), guild_id: discord.guild.id }
  discord.gateway.dispatch('MESSAGE_UPDATE', { ...told, pinned: true })
  discord.gateway.dispatch('MESSAGE_UPDATE', told)
  discord.gateway.dispatch('MESSAGE_DELETE', { id: message.id, channel_id: room.id, guild_id: discord.guild.id })
  discord.gateway.dispatch('MESSAGE_DELETE_BULK', {
    ids: [message.id],
    channel_id: room.id,
    guild_id: discord.guild.id,
  })
  await soon(() => expect(touches).toHaveLength(7))
  const touch = { platform: 'discord', channel: room.id, message: message.id }
  expect(touches).toEqual([
    { ...touch, account: ada.id, what: 'mark' },
    { ...touch, account: ada.id, what: 'mark' },
    { ...touch, account: null, what: 'mark' },
    { ...touch, account: null, what: 'mark' },
    { ...touch, account: null, what: 'change' },
    { ...touch, account: null, what: 'change' },
    { ...touch, account: null, what: 'change' },
  ])
})

test('the bot’s own edits and pins are not heard of: it makes them all the time', async () => {
  const own = { ...messageJson(write(discord.world.bot, 'the card'), discord.world), guild_id: discord.guild.id }
  discord.gateway.dispatch('MESSAGE_UPDATE', { ...own, pinned: true })
  discord.gateway.dispatch('MESSAGE_UPDATE', own)
  const hers = { ...messageJson(write(ada, 'rolled back'), discord.world), guild_id: discord.guild.id }
  discord.gateway.dispatch('MESSAGE_UPDATE', hers)
  await soon(() => expect(touches).toHaveLength(1))
  expect(touches).toMatchObject([{ message: hers.id, what: 'change' }])
})

test('a message is read as it is, with its files, where the bot may read it', async () => {
  discord.world.messageContent = true
  const bytes = new TextEncoder().encode('héllo')
  const attachments = [{ id: snowflake(), filename: 'log.txt', description: null, size: bytes.length, bytes }]
  const message = write(ada, `see <@!${ada.id}>`, { attachments })
  expect(await read(message)).toMatchObject({
    ...{ account: ada.id, accountName: 'ada', text: `see <@${ada.id}>`, isMarked: false, isOwn: false },
    files: [{ name: 'log.txt', size: bytes.length }],
  })
  message.reactions = new Map([['📌', new Set([ada.id])]])
  const silent = await read(write(ada, '', { attachments }))
  expect(silent).toMatchObject({ text: '', files: [{ name: 'log.txt' }] })
  expect(silent).not.toHaveProperty('unread')
  const marked = await read(message)
  expect(marked).toMatchObject({ isMarked: true })
  const [file] = marked?.files ?? []
  if (file === undefined) throw new Error('no file')
  expect(await bot.platform.messages?.download(file, 100)).toEqual(bytes)
  await expect(bot.platform.messages?.download(file, 2)).rejects.toThrow('too much data')
  const elsewhere = { ...file, address: 'http://localhost:1/x' }
  await expect(bot.platform.messages?.download(elsewhere, 100)).rejects.toThrow('not stored in Discord')
  room.messages.splice(0)
  expect(await read(message)).toBeNull()
})

test('without the Message Content intent the author and the time are kept, and why the words are not', async () => {
  const message = write(ada, 'rolled back', { pinned: true })
  expect(await read(message)).toMatchObject({
    ...{ account: ada.id, text: '', isMarked: true, unread: expect.stringContaining('Message Content intent') },
  })
})

test('a forwarded message is read as what was forwarded, with its files', async () => {
  const bytes = new TextEncoder().encode('héllo')
  const attachments = [{ id: snowflake(), filename: 'log.txt', description: null, size: bytes.length, bytes }]
  const forwarded = write(ada, '', { forwarded: { content: 'the pool is full', attachments } })
  expect(await read(forwarded)).toMatchObject({ unread: expect.stringContaining('Message Content intent') })
  discord.world.messageContent = true
  const message = await read(forwarded)
  expect(message).toMatchObject({ text: '(forwarded) the pool is full', files: [{ name: 'log.txt' }] })
  expect(message).not.toHaveProperty('unread')
})

test('a message of components is read by what it says, and an embed without a title by its words', async () => {
  const words = { type: 17, components: [{ type: 9, components: [{ type: 10, content: 'the pool is full' }] }] }
  const deploys = discord.person('deploys')
  const laidOut = write(deploys, '', { laidOut: [words] })
  expect(await read(laidOut)).toMatchObject({ unread: expect.stringContaining('Message Content intent') })
  discord.world.messageContent = true
  const message = await read(laidOut)
  expect(message).toMatchObject({ text: 'the pool is full' })
  expect(message).not.toHaveProperty('unread')
  const embeds = [{ description: 'deployed 4.2.1' }]
  expect(await read(write(deploys, '', { embeds }))).toMatchObject({ text: 'deployed 4.2.1' })
})

test('a message of Discord’s own has no words that anything could keep from the bot', async () => {
  expect(await read(write(ada, '', { type: 7 }))).not.toHaveProperty('unread')
})

test('what the bot pins of its own, such as its link to the console, is nobody’s pin; 📌 on it is', async () => {
  const own = write(discord.world.bot, 'the console', { pinned: true })
  expect(await read(own)).toMatchObject({ isOwn: true, isMarked: false })
  own.reactions = new Map([['📌', new Set([ada.id])]])
  expect(await read(own)).toMatchObject({ isOwn: true, isMarked: true, text: 'the console' })
})
